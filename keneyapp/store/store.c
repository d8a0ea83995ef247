/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of a store that no database is needed for: dispatch and times.
 */
#include "keneyapp/store/store.h"

#include <stdio.h>
#include <time.h>

#define NSEC_PER_DAY (86400 * NSEC_PER_SEC)

void store_free(struct store **store)
{
    if (*store)
        (*store)->ops->close(*store);
    *store = NULL;
}

void session_free(struct session **session)
{
    if (*session)
        (*session)->store->ops->session_free(*session);
    *session = NULL;
}

struct session *session_new(struct store *store, struct error *err)
{
    return store->ops->session_new(store, err);
}

enum store_result session_ping(struct session *session, nsec_t idle_ns)
{
    const struct store_ops *ops = session->store->ops;
    return ops->ping ? ops->ping(session, idle_ns) : STORE_OK;
}

unsigned store_max_sessions(const struct store *store)
{
    return store->ops->max_sessions ? store->ops->max_sessions(store) : 0;
}

enum store_result session_begin(struct session *session)
{
    return session->store->ops->begin(session);
}

enum store_result session_commit(struct session *session)
{
    return session->store->ops->commit(session);
}

void session_rollback(struct session *session)
{
    session->store->ops->rollback(session);
}

enum store_result session_list(struct session *session, enum entity_id entity, int64_t skip,
                               int64_t limit, on_row_fn *on_row, void *context)
{
    return session->store->ops->list(session, entity, skip, limit, on_row, context);
}

enum store_result session_get(struct session *session, enum entity_id entity, int64_t id,
                              on_row_fn *on_row, void *context)
{
    return session->store->ops->get(session, entity, id, on_row, context);
}

enum store_result session_count(struct session *session, enum entity_id entity, int64_t *ret_count)
{
    return session->store->ops->count(session, entity, ret_count);
}

enum store_result session_insert(struct session *session, enum entity_id entity,
                                 const struct value *row, int64_t *ret_id)
{
    return session->store->ops->insert(session, entity, row, ret_id);
}

enum store_result session_user(struct session *session, struct span username,
                               struct store_user *ret_user)
{
    return session->store->ops->user_by_name(session, username, ret_user);
}

enum store_result session_set_password(struct session *session, int64_t user_id, struct span hash,
                                       struct span now)
{
    return session->store->ops->user_set_password(session, user_id, hash, now);
}

enum store_result session_stats(struct session *session, const struct stats_times *times,
                                struct clinic_stats *ret_stats)
{
    return session->store->ops->stats(session, times, ret_stats);
}

enum store_result session_audit(struct session *session, const struct audit_row *rows, size_t count)
{
    return session->store->ops->audit(session, rows, count);
}

const char *session_problem(const struct session *session)
{
    return session->problem;
}

const char *store_time_text(nsec_t wall_ns, char *buf)
{
    time_t seconds = (time_t)(wall_ns / NSEC_PER_SEC);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return buf;
}

void stats_times_at(nsec_t wall_ns, struct stats_times *ret_times)
{
    nsec_t day_start = wall_ns - wall_ns % NSEC_PER_DAY;
    store_time_text(day_start, ret_times->day_start);
    store_time_text(day_start + NSEC_PER_DAY, ret_times->day_end);
    store_time_text(wall_ns - 7 * NSEC_PER_DAY, ret_times->week_ago);
    store_time_text(wall_ns - 30 * NSEC_PER_DAY, ret_times->month_ago);
}
