/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections, transactions and prepared statements. The file is in WAL mode: readers never wait
 * for the writer. Writers of this process wait in line (store/turn.h); those of another process by
 * SQLite's busy timeout.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/store/sqlite_private.h"

enum {
    LOCK_WAIT_MS = 10000, /* for another process */
};

/* An error of the file system that is really a full disk. */
static bool is_full(const struct sqlite_session *s, int code)
{
    return code == SQLITE_FULL || (code == SQLITE_IOERR && sqlite3_system_errno(s->db) == ENOSPC);
}

enum store_result sqlite_failed(struct sqlite_session *s)
{
    int extended = sqlite3_extended_errcode(s->db);
    int code = extended & 0xff;
    snprintf(s->session.problem, sizeof(s->session.problem), "%s: %s", s->store->path,
             sqlite3_errmsg(s->db));
    if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY)
        return STORE_DUPLICATE;
    if (extended == SQLITE_CONSTRAINT_FOREIGNKEY)
        return STORE_BAD_REFERENCE;
    if (is_full(s, code))
        return STORE_FULL;
    return code == SQLITE_BUSY || code == SQLITE_LOCKED ? STORE_UNAVAILABLE : STORE_FAILED;
}

static struct kept_statement *slot_for(struct sqlite_session *s)
{
    if (s->kept_count < STATEMENTS_MAX)
        return &s->kept[s->kept_count++];
    struct kept_statement *oldest = &s->kept[0];
    for (size_t i = 1; i < s->kept_count; i++)
        if (s->kept[i].used_at < oldest->used_at)
            oldest = &s->kept[i];
    sqlite3_finalize(oldest->statement);
    return oldest;
}

sqlite3_stmt *sqlite_statement(struct sqlite_session *s, struct span text)
{
    uint64_t hash = span_hash(text);
    s->uses++;
    for (size_t i = 0; i < s->kept_count; i++) {
        struct kept_statement *kept = &s->kept[i];
        if (kept->hash == hash && span_equal(span_cstr(sqlite3_sql(kept->statement)), text)) {
            kept->used_at = s->uses;
            return kept->statement;
        }
    }
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(s->db, text.ptr, (int)text.len, SQLITE_PREPARE_PERSISTENT, &statement,
                           NULL) != SQLITE_OK) {
        sqlite_failed(s);
        return NULL;
    }
    *slot_for(s) = (struct kept_statement){statement, hash, s->uses};
    return statement;
}

sqlite3_stmt *sqlite_fixed(struct sqlite_session *s, enum sql_fixed which)
{
    strbuf_reset(&s->sql.text);
    sql_add_fixed(&s->sql.text, &DIALECT_SQLITE, which);
    return sqlite_statement(s, strbuf_span(&s->sql.text));
}

void sqlite_bind_params(struct sqlite_session *s, sqlite3_stmt *statement)
{
    for (size_t i = 0; i < s->sql.param_count; i++)
        sqlite_bind(statement, (int)i + 1, &s->sql.params[i]);
}

sqlite3_stmt *sqlite_built(struct sqlite_session *s)
{
    sqlite3_stmt *statement = sqlite_statement(s, strbuf_span(&s->sql.text));
    sqlite_bind_params(s, statement);
    return statement;
}

void sqlite_bind_int(sqlite3_stmt *statement, int at, int64_t number)
{
    if (statement)
        sqlite3_bind_int64(statement, at, number);
}

void sqlite_bind_span(sqlite3_stmt *statement, int at, struct span text)
{
    if (statement)
        sqlite3_bind_text64(statement, at, text.ptr ? text.ptr : "", text.len, SQLITE_STATIC,
                            SQLITE_UTF8);
}

void sqlite_bind_cstr(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite_bind_span(statement, at, span_cstr(text));
}

void sqlite_bind(sqlite3_stmt *statement, int at, const struct value *value)
{
    if (!statement)
        return;
    if (value->kind == VALUE_INT)
        sqlite3_bind_int64(statement, at, value->number);
    else if (value->kind == VALUE_TEXT)
        sqlite_bind_span(statement, at, value->text);
    else
        sqlite3_bind_null(statement, at);
}

struct value sqlite_column(sqlite3_stmt *statement, int at)
{
    switch (sqlite3_column_type(statement, at)) {
    case SQLITE_NULL:
        return (struct value){0};
    case SQLITE_INTEGER:
        return value_int(sqlite3_column_int64(statement, at));
    default: {
        const char *text = (const char *)sqlite3_column_text(statement, at);
        return value_text(span_of(text, (size_t)sqlite3_column_bytes(statement, at)));
    }
    }
}

void sqlite_copy_column(sqlite3_stmt *statement, int at, char *buf, size_t size)
{
    const char *text = (const char *)sqlite3_column_text(statement, at);
    snprintf(buf, size, "%s", text ? text : "");
}

void sqlite_end(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

enum store_result sqlite_run(struct sqlite_session *s, sqlite3_stmt *statement)
{
    enum store_result result = sqlite_first(s, statement);
    if (statement)
        sqlite_end(statement);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

enum store_result sqlite_first(struct sqlite_session *s, sqlite3_stmt *statement)
{
    if (!statement)
        return STORE_FAILED;
    int step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        return STORE_OK;
    return step == SQLITE_DONE ? STORE_NOT_FOUND : sqlite_failed(s);
}

enum store_result sqlite_number(struct sqlite_session *s, sqlite3_stmt *statement, int64_t *ret)
{
    enum store_result result = sqlite_first(s, statement);
    if (result == STORE_OK)
        *ret = sqlite3_column_int64(statement, 0);
    if (statement)
        sqlite_end(statement);
    return result;
}

enum store_result sqlite_begin(struct session *session)
{
    struct sqlite_session *s = sqlite_of(session);
    turn_take(&s->store->writing);
    enum store_result result = sqlite_run(s, sqlite_statement(s, SPAN("BEGIN IMMEDIATE")));
    s->in_transaction = result == STORE_OK;
    if (result != STORE_OK)
        turn_give(&s->store->writing);
    return result;
}

/* Some errors, a full disk among them, end the transaction themselves; ROLLBACK fails then, which
 * is as well. */
static void sqlite_rollback(struct session *session)
{
    struct sqlite_session *s = sqlite_of(session);
    if (!s->in_transaction)
        return;
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->in_transaction = false;
    turn_give(&s->store->writing);
}

static enum store_result sqlite_commit(struct session *session)
{
    struct sqlite_session *s = sqlite_of(session);
    enum store_result result = sqlite_run(s, sqlite_statement(s, SPAN("COMMIT")));
    if (result != STORE_OK) {
        sqlite_rollback(session);
        return result;
    }
    s->in_transaction = false;
    turn_give(&s->store->writing);
    return STORE_OK;
}

enum store_result sqlite_enter(struct sqlite_session *s, bool *ret_entered)
{
    *ret_entered = !s->in_transaction;
    return s->in_transaction ? STORE_OK : sqlite_begin(&s->session);
}

enum store_result sqlite_leave(struct sqlite_session *s, bool entered, enum store_result result)
{
    if (!entered)
        return result;
    if (result == STORE_OK)
        return sqlite_commit(&s->session);
    sqlite_rollback(&s->session);
    return result;
}

int sqlite_limit_pages(struct session *session, int pages)
{
    char sql[64];
    snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d", pages);
    return sqlite3_exec(sqlite_of(session)->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : -1;
}

static void sqlite_session_free(struct session *session)
{
    struct sqlite_session *s = sqlite_of(session);
    sqlite_rollback(session);
    for (size_t i = 0; i < s->kept_count; i++)
        sqlite3_finalize(s->kept[i].statement);
    sqlite3_close(s->db);
    sql_done(&s->sql);
    free(s);
}

static struct session *sqlite_session_new(struct store *store, struct error *err)
{
    struct sqlite_session *s = NEW(struct sqlite_session);
    s->store = CONTAINER_OF(store, struct sqlite_store, store);
    s->session.store = store;
    sql_init(&s->sql, &DIALECT_SQLITE);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(s->store->path, &s->db, flags, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(s->db, LOCK_WAIT_MS);
        rc = sqlite3_exec(s->db,
                          "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                          "PRAGMA foreign_keys = ON; PRAGMA mmap_size = 1073741824;"
                          "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;",
                          NULL, NULL, NULL);
    }
    if (rc == SQLITE_OK)
        return &s->session;
    error_set(err, EXIT_INVALID_CONFIG,
              "cannot open the database %s: %s; check that the folder is writable and that the "
              "file is a KeneyApp database, or choose another folder with --data",
              s->store->path, s->db ? sqlite3_errmsg(s->db) : "out of memory");
    sqlite_session_free(&s->session);
    return NULL;
}

static void sqlite_close(struct store *store)
{
    struct sqlite_store *s = CONTAINER_OF(store, struct sqlite_store, store);
    turn_done(&s->writing);
    free(s->path);
    free(s);
}

static const struct store_ops OPS = {
    .close = sqlite_close,
    .migrate = sqlite_migrate,
    .version = sqlite_version,
    .backup = sqlite_backup,
    .session_new = sqlite_session_new,
    .session_free = sqlite_session_free,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .bulk = sqlite_bulk,
    .list = sqlite_list,
    .get = sqlite_get,
    .count = sqlite_count,
    .insert = sqlite_insert,
    .update = sqlite_update,
    .remove = sqlite_remove,
    .user_by_name = sqlite_user_by_name,
    .user_by_id = sqlite_user_by_id,
    .set_password = sqlite_set_password,
    .sign_in_failed = sqlite_sign_in_failed,
    .sign_in_reset = sqlite_sign_in_reset,
    .tenant_add = sqlite_tenant_add,
    .tenant_by_slug = sqlite_tenant_by_slug,
    .stats = sqlite_stats,
    .refresh_stats = sqlite_refresh_stats,
    .audit = sqlite_audit,
    .job_add = sqlite_job_add,
    .job_take = sqlite_job_take,
    .job_finish = sqlite_job_finish,
    .job_retry = sqlite_job_retry,
    .job_get = sqlite_job_get,
};

int sqlite_store_open(const char *path, struct store **ret_store, struct error *err)
{
    /* Without its allocation statistics SQLite takes no process-wide lock per allocation. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    struct sqlite_store *s = NEW(struct sqlite_store);
    s->store.ops = &OPS;
    s->path = mem_strdup(path);
    turn_init(&s->writing);
    struct store *store = &s->store;
    AUTO(session_free) struct session *session = session_new(store, err);
    if (!session) {
        store_free(&store);
        return -1;
    }
    *ret_store = store;
    return 0;
}
