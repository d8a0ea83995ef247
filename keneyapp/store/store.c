/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of a store that no database is needed for: which one a URL means, dispatch, and how
 * long each operation takes.
 */
#include "keneyapp/store/store.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "keneyapp/config.h"
#include "keneyapp/model/fold.h"
#include "keneyapp/store/migrations.h"
#include "keneyapp/store/postgres.h"
#include "keneyapp/store/sealing.h"
#include "keneyapp/store/sqlite.h"

enum {
    URL_MAX_BYTES = 4096,
    ARENA_CHUNK_BYTES = 16 * 1024,
    NAME_CHUNK_BYTES = 512,
    RESULT_MAX_BYTES = 8 * 1024 * 1024, /* a job's, sealed */
};

int store_open(const char *url, const struct store_options *options, struct store **ret_store,
               struct error *err)
{
    AUTO(strbuf_done) struct strbuf shown = STRBUF_INIT(URL_MAX_BYTES);
    struct store *store = NULL;
    int newest;
    config_mask(&shown, url);
    if (strstr(url, "://") && !postgres_store_is_url(url))
        return error_set(err, EXIT_INVALID_CONFIG,
                         "there is no database for \"%s\": give a path (SQLite), or "
                         "postgres://USER:PASSWORD@HOST:5432/DATABASE",
                         strbuf_cstr(&shown));
    int rc = postgres_store_is_url(url) ? postgres_store_open(url, &store, err)
                                        : sqlite_store_open(url, &store, err);
    if (rc != 0)
        return -1;
    if (options)
        store->options = *options;
    int version;
    if (store_version(store, &version, &newest, err) != 0) {
        store_free(&store);
        return -1;
    }
    if (version > newest) {
        error_set(err, EXIT_INVALID_CONFIG,
                  "the database %s has version %d, this program knows %d: use the newer keneyapp, "
                  "or another database",
                  strbuf_cstr(&shown), version, newest);
        store_free(&store);
        return -1;
    }
    *ret_store = store;
    return 0;
}

void store_free(struct store **store)
{
    if (*store)
        (*store)->ops->close(*store);
    *store = NULL;
}

int store_migrate(struct store *store, struct error *err)
{
    return store->ops->migrate(store, err);
}

int store_version(struct store *store, int *ret_version, int *ret_newest, struct error *err)
{
    *ret_newest = migrations_newest();
    return store->ops->version(store, ret_version, err);
}

unsigned store_max_sessions(const struct store *store)
{
    return store->ops->max_sessions ? store->ops->max_sessions(store) : 0;
}

int store_backup(struct store *store, const char *path, struct error *err)
{
    return store->ops->backup(store, path, err);
}

void session_free(struct session **session)
{
    if (*session)
        (*session)->store->ops->session_free(*session);
    *session = NULL;
}

struct session *session_new(struct store *store, struct error *err)
{
    struct session *session = store->ops->session_new(store, err);
    if (session)
        session->tenant_id = TENANT_DEFAULT;
    return session;
}

enum store_result session_ping(struct session *session, nsec_t idle_ns)
{
    const struct store_ops *ops = session->store->ops;
    return ops->ping ? ops->ping(session, idle_ns) : STORE_OK;
}

void session_for(struct session *session, int64_t tenant_id)
{
    session->tenant_id = tenant_id;
}

/* Evaluates the operation, and tells the observer how long it took. */
#define OBSERVED(session, class, operation)                                                        \
    ({                                                                                             \
        nsec_t start_ = clock_now(clock_monotonic());                                              \
        enum store_result result_ = (session)->store->ops->operation;                              \
        observe((session)->store, (class), start_);                                                \
        result_;                                                                                   \
    })

static void observe(const struct store *store, enum query_class class, nsec_t start_ns)
{
    if (store->options.observe)
        store->options.observe(store->options.observe_context, class,
                               clock_now(clock_monotonic()) - start_ns);
}

enum store_result session_begin(struct session *session)
{
    return session->store->ops->begin(session);
}

enum store_result session_commit(struct session *session)
{
    return OBSERVED(session, QUERY_WRITE, commit(session));
}

void session_rollback(struct session *session)
{
    session->store->ops->rollback(session);
}

enum store_result session_tidy(struct session *session)
{
    const struct store_ops *ops = session->store->ops;
    return ops->tidy ? ops->tidy(session) : STORE_OK;
}

enum store_result session_bulk(struct session *session, bool begins)
{
    if (!session->store->ops->bulk)
        return STORE_OK;
    return OBSERVED(session, QUERY_WRITE, bulk(session, begins));
}

static enum query_class class_of(const struct list_query *query)
{
    if (query->limit < 0)
        return QUERY_REPORT;
    return query->search.len || query->filter_count ? QUERY_COMPLEX : QUERY_SIMPLE;
}

/* The rows that a store delivers, opened on the way. */
static enum store_result opened(struct session *session, const struct opening *opening,
                                enum store_result result)
{
    if (!opening->problem[0])
        return result;
    snprintf(session->problem, sizeof(session->problem), "%s", opening->problem);
    return STORE_FAILED;
}

enum store_result session_list(struct session *session, enum entity_id id,
                               const struct list_query *query, on_row_fn *on_row, void *context,
                               int64_t *ret_total)
{
    const struct vault *vault = session->store->options.vault;
    if (!sealing_needed(vault, entity_get(id)))
        return OBSERVED(session, class_of(query),
                        list(session, id, query, on_row, context, ret_total));
    AUTO(opening_done) struct opening opening;
    opening_init(&opening, vault, on_row, context);
    return opened(session, &opening,
                  OBSERVED(session, class_of(query),
                           list(session, id, query, opening_on_row, &opening, ret_total)));
}

enum store_result session_get(struct session *session, enum entity_id id, int64_t row_id,
                              on_row_fn *on_row, void *context)
{
    const struct vault *vault = session->store->options.vault;
    if (!sealing_needed(vault, entity_get(id)))
        return OBSERVED(session, QUERY_SIMPLE, get(session, id, row_id, on_row, context));
    AUTO(opening_done) struct opening opening;
    opening_init(&opening, vault, on_row, context);
    return opened(
        session, &opening,
        OBSERVED(session, QUERY_SIMPLE, get(session, id, row_id, opening_on_row, &opening)));
}

static void ignore_row(void *context, const struct entity *entity, const struct value *row)
{
}

enum store_result session_find(struct session *session, enum entity_id id, int64_t row_id)
{
    return session_get(session, id, row_id, ignore_row, NULL);
}

enum store_result session_count(struct session *session, enum entity_id id, int64_t *ret_count)
{
    return OBSERVED(session, QUERY_SIMPLE, count(session, id, ret_count));
}

/* The log is only ever added to, and tenants have their own way in. */
static void assert_writable(enum entity_id id)
{
    assert(id != ENTITY_AUDIT && id != ENTITY_TENANTS);
}

enum store_result session_insert(struct session *session, enum entity_id id,
                                 const struct value *rows, size_t count, int64_t *ret_ids)
{
    const struct vault *vault = session->store->options.vault;
    AUTO(arena_done) struct arena arena;
    assert_writable(id);
    arena_init(&arena, ARENA_CHUNK_BYTES);
    if (sealing_needed(vault, entity_get(id)))
        rows = sealing_rows(vault, entity_get(id), rows, NULL, count, &arena);
    return OBSERVED(session, QUERY_WRITE, insert(session, id, rows, count, ret_ids));
}

enum store_result session_update(struct session *session, enum entity_id id, const int64_t *ids,
                                 const struct value *rows, const uint64_t *masks, size_t count)
{
    const struct vault *vault = session->store->options.vault;
    AUTO(arena_done) struct arena arena;
    assert(id != ENTITY_AUDIT);
    arena_init(&arena, ARENA_CHUNK_BYTES);
    if (sealing_needed(vault, entity_get(id)))
        rows = sealing_rows(vault, entity_get(id), rows, masks, count, &arena);
    return OBSERVED(session, QUERY_WRITE, update(session, id, ids, rows, masks, count));
}

enum store_result session_remove(struct session *session, enum entity_id id, const int64_t *ids,
                                 size_t count, size_t *ret_removed)
{
    size_t removed = 0;
    assert_writable(id);
    enum store_result result =
        OBSERVED(session, QUERY_WRITE, remove(session, id, ids, count, &removed));
    if (ret_removed && result == STORE_OK)
        *ret_removed = removed;
    return result;
}

enum store_result session_user(struct session *session, struct span username,
                               struct store_user *ret_user)
{
    AUTO(arena_done) struct arena arena;
    arena_init(&arena, NAME_CHUNK_BYTES);
    char *folded = arena_dup(&arena, username);
    fold_ascii(username, folded);
    return OBSERVED(session, QUERY_SIMPLE,
                    user_by_name(session, span_of(folded, username.len), ret_user));
}

enum store_result session_user_by_id(struct session *session, int64_t user_id,
                                     struct store_user *ret_user)
{
    return OBSERVED(session, QUERY_SIMPLE, user_by_id(session, user_id, ret_user));
}

enum store_result session_set_password(struct session *session, int64_t user_id, struct span was,
                                       struct span hash, struct span now)
{
    return OBSERVED(session, QUERY_WRITE, set_password(session, user_id, was, hash, now));
}

enum store_result session_sign_in_failed(struct session *session, int64_t user_id, int max_failures,
                                         struct span now, struct span locked_until,
                                         bool *ret_locked)
{
    return OBSERVED(session, QUERY_WRITE,
                    sign_in_failed(session, user_id, max_failures, now, locked_until, ret_locked));
}

enum store_result session_sign_in_reset(struct session *session, int64_t user_id, struct span now)
{
    return OBSERVED(session, QUERY_WRITE, sign_in_reset(session, user_id, now));
}

enum store_result session_tenant_add(struct session *session, struct span name, struct span slug,
                                     struct span now, int64_t *ret_id)
{
    return OBSERVED(session, QUERY_WRITE, tenant_add(session, name, slug, now, ret_id));
}

enum store_result session_tenant_by_slug(struct session *session, struct span slug, int64_t *ret_id)
{
    return OBSERVED(session, QUERY_SIMPLE, tenant_by_slug(session, slug, ret_id));
}

enum store_result session_stats(struct session *session, const struct stats_times *times,
                                struct clinic_stats *ret_stats)
{
    return OBSERVED(session, QUERY_COMPLEX, stats(session, times, ret_stats));
}

enum store_result session_refresh_stats(struct session *session, const struct stats_times *times)
{
    return OBSERVED(session, QUERY_REPORT, refresh_stats(session, times));
}

enum store_result session_audit(struct session *session, const struct audit_row *rows, size_t count)
{
    return OBSERVED(session, QUERY_WRITE, audit(session, rows, count));
}

enum store_result session_job_add(struct session *session, const struct job_row *job,
                                  int64_t *ret_id)
{
    return OBSERVED(session, QUERY_WRITE, job_add(session, job, ret_id));
}

enum store_result session_job_take(struct session *session, struct span now,
                                   struct span lease_until, struct job_row *ret_job)
{
    return OBSERVED(session, QUERY_WRITE, job_take(session, now, lease_until, ret_job));
}

enum store_result session_job_finish(struct session *session, const struct job_row *job, bool good,
                                     struct span now, struct span text)
{
    const struct vault *vault = session->store->options.vault;
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(RESULT_MAX_BYTES);
    if (vault) {
        vault_seal(vault, "jobs", "result", text, &sealed);
        text = strbuf_span(&sealed);
    }
    return OBSERVED(session, QUERY_WRITE, job_finish(session, job, good, now, text));
}

enum store_result session_job_retry(struct session *session, const struct job_row *job,
                                    struct span due)
{
    return OBSERVED(session, QUERY_WRITE, job_retry(session, job, due));
}

static enum store_result open_result(struct session *session, struct span sealed,
                                     struct strbuf *ret_text)
{
    const struct vault *vault = session->store->options.vault;
    enum vault_result result = VAULT_UNSEALED;
    if (vault && sealed.len)
        result = vault_open(vault, "jobs", "result", sealed, ret_text);
    if (result == VAULT_UNSEALED)
        strbuf_add_span(ret_text, sealed);
    if (result == VAULT_UNSEALED || result == VAULT_OPENED)
        return STORE_OK;
    snprintf(session->problem, sizeof(session->problem),
             "the result of the job %s; give the key that sealed it", vault_result_text(result));
    return STORE_FAILED;
}

enum store_result session_job_get(struct session *session, int64_t job_id, struct job_row *ret_job,
                                  struct strbuf *ret_text)
{
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(RESULT_MAX_BYTES);
    struct strbuf *wanted = ret_text ? &sealed : NULL;
    enum store_result result =
        OBSERVED(session, QUERY_SIMPLE, job_get(session, job_id, ret_job, wanted));
    if (result != STORE_OK || !ret_text)
        return result;
    return open_result(session, strbuf_span(&sealed), ret_text);
}

const char *session_problem(const struct session *session)
{
    return session->problem;
}
