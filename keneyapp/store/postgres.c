/* SPDX-License-Identifier: Apache-2.0
 *
 * The store in PostgreSQL: sessions, transactions and reading. A transaction that the caller
 * begins goes out with its first statement, and never when there is none.
 */
#include "keneyapp/store/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keneyapp/store/postgres_private.h"
#include "keneyapp/store/postgres_rows.h"

enum {
    FIXED_MAX_BYTES = 4096
};

/* The texts of enum sql_fixed, made once per store. */
struct postgres_fixed {
    struct span texts[SQL_FIXED_COUNT];
    char *memory[SQL_FIXED_COUNT];
};

struct postgres_session *postgres_of(struct session *session)
{
    return CONTAINER_OF(session, struct postgres_session, session);
}

static void queue_begin(struct postgres_session *s)
{
    if (s->in_transaction && !s->begun)
        postgres_link_queue(&s->link, SPAN("BEGIN"), NULL, 0);
    s->begun = s->in_transaction;
}

size_t postgres_queue(struct postgres_session *s)
{
    queue_begin(s);
    return postgres_link_queue(&s->link, strbuf_span(&s->sql.text), s->sql.params,
                               s->sql.param_count);
}

size_t postgres_queue_fixed(struct postgres_session *s, enum sql_fixed which,
                            const struct value *params, size_t count)
{
    queue_begin(s);
    return postgres_link_queue(&s->link, s->store->fixed->texts[which], params, count);
}

size_t postgres_queue_text(struct postgres_session *s, const char *sql, const struct value *params,
                           size_t count)
{
    queue_begin(s);
    return postgres_link_queue(&s->link, span_cstr(sql), params, count);
}

bool postgres_blocked(struct postgres_session *s)
{
    if (!s->failed || !s->in_transaction)
        return false;
    snprintf(s->session.problem, sizeof(s->session.problem),
             "the transaction has failed before and has to be rolled back");
    postgres_link_drop(&s->link);
    return true;
}

enum store_result postgres_run_for(struct postgres_session *s, nsec_t limit_ns)
{
    if (postgres_blocked(s))
        return STORE_FAILED;
    enum store_result result = postgres_link_run(&s->link, limit_ns);
    s->failed = result != STORE_OK;
    s->session.broken = s->link.broken;
    return result;
}

enum store_result postgres_run(struct postgres_session *s)
{
    return postgres_run_for(s, POSTGRES_REPLY_NS);
}

const PGresult *postgres_result(const struct postgres_session *s, size_t index)
{
    return postgres_link_result(&s->link, index);
}

enum store_result postgres_change(struct postgres_session *s, enum sql_fixed which,
                                  const struct value *params, size_t count)
{
    size_t index = postgres_queue_fixed(s, which, params, count);
    enum store_result result = postgres_run(s);
    if (result == STORE_OK && !postgres_link_affected(&s->link, index))
        return STORE_NOT_FOUND;
    return result;
}

enum store_result postgres_begin(struct session *session)
{
    struct postgres_session *s = postgres_of(session);
    s->in_transaction = true;
    s->begun = s->failed = false;
    return s->link.broken ? STORE_UNAVAILABLE : STORE_OK;
}

void postgres_rollback(struct session *session)
{
    struct postgres_session *s = postgres_of(session);
    postgres_link_rollback(&s->link);
    s->in_transaction = s->begun = s->failed = false;
}

enum store_result postgres_commit(struct session *session)
{
    struct postgres_session *s = postgres_of(session);
    enum store_result result = s->link.broken ? STORE_UNAVAILABLE : STORE_OK;
    if (s->begun) {
        postgres_queue_text(s, "COMMIT", NULL, 0);
        result = postgres_run(s);
    }
    if (result != STORE_OK)
        postgres_rollback(session);
    s->in_transaction = s->begun = false;
    return result;
}

static enum store_result postgres_ping(struct session *session, nsec_t idle_ns)
{
    struct postgres_session *s = postgres_of(session);
    bool fresh = idle_ns < NSEC_PER_SEC && postgres_link_is_quiet(&s->link);
    enum store_result result = fresh ? STORE_OK : postgres_link_ping(&s->link);
    session->broken = s->link.broken;
    return result;
}

static unsigned postgres_max_sessions(const struct store *store)
{
    return CONTAINER_OF(store, struct postgres_store, store)->max_sessions;
}

/* Names that are searched lie together in the order of names, maybe at its end, which statistics do
 * not tell: that order is not walked, what matches is looked up and sorted. */
static bool lies_together(enum entity_id id, const struct list_query *query)
{
    return query->search.len && entity_get(id)->fields[query->sort_field].flags & FIELD_SEARCHED;
}

static size_t queue_count(struct postgres_session *s, enum entity_id id)
{
    const struct value params[] = {value_int(s->session.tenant_id),
                                   value_text(span_cstr(entity_get(id)->table))};
    return postgres_queue_fixed(s, SQL_ROW_COUNT, params, COUNT_OF(params));
}

static void queue_list(struct postgres_session *s, enum entity_id id,
                       const struct list_query *query, size_t *ret_rows, size_t *ret_count)
{
    if (ret_count && sql_counts_all(query) && id != ENTITY_TENANTS) {
        *ret_count = queue_count(s, id);
    } else if (ret_count) {
        sql_count(&s->sql, id, s->session.tenant_id, query);
        *ret_count = postgres_queue(s);
    }
    sql_list(&s->sql, id, s->session.tenant_id, query, false);
    *ret_rows = postgres_queue(s);
}

/* Which rows match, and how many they are, decides on the plan: it is made for these values. A
 * failure undoes the settings, too. */
static void queue_planned(struct postgres_session *s, enum entity_id id,
                          const struct list_query *query, size_t *ret_rows, size_t *ret_count)
{
    const struct value walk = value_text(lies_together(id, query) ? SPAN("off") : SPAN("on"));
    postgres_queue_text(s,
                        "SELECT set_config('plan_cache_mode', 'force_custom_plan', false),"
                        " set_config('enable_indexscan', $1, false)",
                        &walk, 1);
    queue_list(s, id, query, ret_rows, ret_count);
    postgres_queue_text(s,
                        "SELECT set_config('plan_cache_mode', 'force_generic_plan', false),"
                        " set_config('enable_indexscan', 'on', false)",
                        NULL, 0);
}

/* Where everything matches, and where an index has the order asked for, every plan is the same. */
static bool has_one_plan(enum entity_id id, const struct list_query *query)
{
    return (sql_counts_all(query) && id != ENTITY_TENANTS) || sql_has_ordered_index(id, query);
}

/* A statement sees what was committed before it began: for a total that belongs to the rows, both
 * are read in a transaction that looks once. One of the caller's goes on looking anew. */
static enum store_result run_list(struct postgres_session *s, enum entity_id id,
                                  const struct list_query *query, size_t *ret_rows,
                                  size_t *ret_count)
{
    bool looks_once = ret_count && !s->in_transaction;
    if (looks_once)
        postgres_queue_text(s, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, 0);
    (has_one_plan(id, query) ? queue_list : queue_planned)(s, id, query, ret_rows, ret_count);
    if (looks_once)
        postgres_queue_text(s, "COMMIT", NULL, 0);
    return postgres_run(s);
}

/* No text in the database has a NUL byte. */
static bool asks_for_nul(const struct list_query *query)
{
    bool found = query->search.len && memchr(query->search.ptr, '\0', query->search.len);
    for (size_t i = 0; i < query->filter_count; i++) {
        struct span text = query->filters[i].value.text;
        found = found || (text.len && memchr(text.ptr, '\0', text.len));
    }
    return found;
}

static enum store_result postgres_list(struct session *session, enum entity_id id,
                                       const struct list_query *query, on_row_fn *on_row,
                                       void *context, int64_t *ret_total)
{
    struct postgres_session *s = postgres_of(session);
    size_t rows, count;
    if (asks_for_nul(query)) {
        if (ret_total)
            *ret_total = 0;
        return STORE_OK;
    }
    enum store_result result = run_list(s, id, query, &rows, ret_total ? &count : NULL);
    if (result != STORE_OK)
        return result;
    if (ret_total)
        *ret_total = postgres_rows_int(postgres_result(s, count), 0, 0);
    postgres_rows_deliver(postgres_result(s, rows), id, on_row, context);
    return STORE_OK;
}

static enum store_result postgres_get(struct session *session, enum entity_id id, int64_t row_id,
                                      on_row_fn *on_row, void *context)
{
    struct postgres_session *s = postgres_of(session);
    sql_get(&s->sql, id, session->tenant_id, row_id);
    if (s->in_transaction) /* what is decided by the row has to hold until the commit */
        strbuf_adds(&s->sql.text, " FOR NO KEY UPDATE");
    size_t row = postgres_queue(s);
    enum store_result result = postgres_run(s);
    if (result != STORE_OK)
        return result;
    postgres_rows_deliver(postgres_result(s, row), id, on_row, context);
    return PQntuples(postgres_result(s, row)) ? STORE_OK : STORE_NOT_FOUND;
}

static enum store_result postgres_count(struct session *session, enum entity_id id,
                                        int64_t *ret_count)
{
    struct postgres_session *s = postgres_of(session);
    const struct list_query everything = {.limit = -1};
    size_t count;
    if (id == ENTITY_TENANTS) {
        sql_count(&s->sql, id, session->tenant_id, &everything);
        count = postgres_queue(s);
    } else {
        count = queue_count(s, id);
    }
    enum store_result result = postgres_run(s);
    if (result == STORE_OK)
        *ret_count = postgres_rows_int(postgres_result(s, count), 0, 0);
    return result;
}

static void postgres_session_free(struct session *session)
{
    struct postgres_session *s = postgres_of(session);
    postgres_link_close(&s->link);
    sql_done(&s->sql);
    free(s);
}

static struct session *postgres_session_new(struct store *store, struct error *err)
{
    struct postgres_session *s = NEW(struct postgres_session);
    s->store = CONTAINER_OF(store, struct postgres_store, store);
    s->session.store = store;
    sql_init(&s->sql, &DIALECT_POSTGRES);
    if (postgres_link_open(&s->link, s->store->url, s->session.problem, sizeof(s->session.problem),
                           err) == 0)
        return &s->session;
    sql_done(&s->sql);
    free(s);
    return NULL;
}

static struct postgres_fixed *make_fixed(void)
{
    struct postgres_fixed *fixed = NEW(struct postgres_fixed);
    for (int i = 0; i < SQL_FIXED_COUNT; i++) {
        struct strbuf text = STRBUF_INIT(FIXED_MAX_BYTES);
        sql_add_fixed(&text, &DIALECT_POSTGRES, (enum sql_fixed)i);
        fixed->memory[i] = strbuf_take(&text);
        fixed->texts[i] = span_cstr(fixed->memory[i]);
    }
    return fixed;
}

static void postgres_close(struct store *store)
{
    struct postgres_store *s = CONTAINER_OF(store, struct postgres_store, store);
    for (int i = 0; i < SQL_FIXED_COUNT; i++)
        free(s->fixed->memory[i]);
    free(s->fixed);
    free(s->url);
    free(s);
}

static const struct store_ops postgres_ops = {
    .close = postgres_close,
    .migrate = postgres_migrate,
    .version = postgres_version,
    .max_sessions = postgres_max_sessions,
    .backup = postgres_backup,
    .session_new = postgres_session_new,
    .session_free = postgres_session_free,
    .ping = postgres_ping,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .tidy = postgres_tidy,
    .list = postgres_list,
    .get = postgres_get,
    .count = postgres_count,
    .insert = postgres_insert,
    .update = postgres_update,
    .remove = postgres_remove,
    .user_by_name = postgres_user_by_name,
    .user_by_id = postgres_user_by_id,
    .set_password = postgres_set_password,
    .sign_in_failed = postgres_sign_in_failed,
    .sign_in_reset = postgres_sign_in_reset,
    .tenant_add = postgres_tenant_add,
    .tenant_by_slug = postgres_tenant_by_slug,
    .stats = postgres_stats,
    .refresh_stats = postgres_refresh_stats,
    .audit = postgres_audit,
    .job_add = postgres_job_add,
    .job_take = postgres_job_take,
    .job_finish = postgres_job_finish,
    .job_retry = postgres_job_retry,
    .job_get = postgres_job_get,
};

bool postgres_store_is_url(const char *url)
{
    return strncmp(url, "postgres://", 11) == 0 || strncmp(url, "postgresql://", 13) == 0;
}

int postgres_store_open(const char *url, struct store **ret_store, struct error *err)
{
    struct postgres_store *s = NEW(struct postgres_store);
    s->store.ops = &postgres_ops;
    s->url = mem_strdup(url);
    s->fixed = make_fixed();
    if (postgres_count_free(&s->store, &s->max_sessions, err) == 0) {
        *ret_store = &s->store;
        return 0;
    }
    postgres_close(&s->store);
    return -1;
}
