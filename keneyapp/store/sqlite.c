/* SPDX-License-Identifier: Apache-2.0
 *
 * The store in one SQLite file, WAL mode: readers never wait for the writer. Writers of this
 * process queue on a mutex, because SQLite's own waiting is a sleep that polls. Statements are
 * prepared once per session.
 */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "keneyapp/store/sqlite_schema.h"
#include "keneyapp/store/store.h"

enum {
    LOCK_WAIT_MS = 10000, /* for another process; this one's writers use the mutex */
    SQL_MAX_BYTES = 4096,
};

enum statement_kind {
    ENTITY_LIST,
    ENTITY_GET,
    ENTITY_INSERT,
    ENTITY_STATEMENTS,
};

enum fixed_statement {
    FIXED_BEGIN,
    FIXED_COMMIT,
    FIXED_ROW_COUNT,
    FIXED_USER,
    FIXED_SET_PASSWORD,
    FIXED_STATS,
    FIXED_AUDIT,
    FIXED_SIGNED_IN,
    FIXED_STATEMENTS,
};

static const char *const FIXED_SQL[FIXED_STATEMENTS] = {
    [FIXED_BEGIN] = "BEGIN IMMEDIATE",
    [FIXED_COMMIT] = "COMMIT",
    [FIXED_ROW_COUNT] = "SELECT row_count FROM row_counts WHERE table_name = ?1",
    [FIXED_USER] = "SELECT id, username, hashed_password, role, is_active, is_locked"
                   " FROM users WHERE username = ?1",
    [FIXED_SET_PASSWORD] = "UPDATE users SET hashed_password = ?2, password_changed_at = ?3,"
                           " updated_at = ?3 WHERE id = ?1",
    [FIXED_STATS] = "SELECT (SELECT row_count FROM row_counts WHERE table_name = 'patients'),"
                    " (SELECT row_count FROM row_counts WHERE table_name = 'appointments'),"
                    " (SELECT row_count FROM row_counts WHERE table_name = 'prescriptions'),"
                    " (SELECT count(*) FROM users WHERE role = 'doctor'),"
                    " (SELECT count(*) FROM patients WHERE created_at > ?4),"
                    " (SELECT count(*) FROM appointments WHERE appointment_date >= ?1"
                    "    AND appointment_date < ?2),"
                    " (SELECT count(*) FROM appointments WHERE status = 'scheduled'),"
                    " (SELECT count(*) FROM appointments WHERE status = 'completed'),"
                    " (SELECT count(*) FROM appointments WHERE status = 'cancelled'),"
                    " (SELECT count(*) FROM patients WHERE created_at > ?3),"
                    " (SELECT count(*) FROM appointments WHERE created_at > ?3),"
                    " (SELECT count(*) FROM prescriptions WHERE created_at > ?3)",
    [FIXED_AUDIT] = "INSERT INTO audit_logs (timestamp, user_id, username, action, resource_type,"
                    " resource_id, ip_address, user_agent, details, status)"
                    " VALUES (?1, nullif(?2, 0), nullif(?3, ''), ?4, ?5, nullif(?6, 0), ?7, ?8,"
                    " nullif(?9, ''), ?10)",
    [FIXED_SIGNED_IN] = "UPDATE users SET last_login = ?2 WHERE id = ?1",
};

struct sqlite_store {
    struct store store;
    char *path;
    pthread_mutex_t writing;
};

struct sqlite_session {
    struct session session;
    struct sqlite_store *store;
    sqlite3 *db;
    bool in_transaction; /* holds store->writing */
    sqlite3_stmt *entity[ENTITY_COUNT][ENTITY_STATEMENTS];
    sqlite3_stmt *fixed[FIXED_STATEMENTS];
};

static struct sqlite_session *of(struct session *session)
{
    return CONTAINER_OF(session, struct sqlite_session, session);
}

static enum store_result failed(struct sqlite_session *s)
{
    snprintf(s->session.problem, sizeof(s->session.problem), "%s: %s", s->store->path,
             sqlite3_errmsg(s->db));
    switch (sqlite3_extended_errcode(s->db)) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
        return STORE_DUPLICATE;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return STORE_BAD_REFERENCE;
    default:
        return STORE_FAILED;
    }
}

static sqlite3_stmt *prepare(struct sqlite_session *s, const char *sql, sqlite3_stmt **slot)
{
    if (!*slot && sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, slot, NULL) != 0) {
        failed(s);
        return NULL;
    }
    return *slot;
}

static sqlite3_stmt *fixed(struct sqlite_session *s, enum fixed_statement which)
{
    return prepare(s, FIXED_SQL[which], &s->fixed[which]);
}

static sqlite3_stmt *on_entity(struct sqlite_session *s, enum entity_id id,
                               enum statement_kind kind)
{
    static void (*const SQL[])(struct strbuf *, const struct entity *) = {
        [ENTITY_LIST] = sqlite_schema_list,
        [ENTITY_GET] = sqlite_schema_get,
        [ENTITY_INSERT] = sqlite_schema_insert,
    };
    if (s->entity[id][kind])
        return s->entity[id][kind];
    AUTO(strbuf_done) struct strbuf sql = STRBUF_INIT(SQL_MAX_BYTES);
    SQL[kind](&sql, entity_get(id));
    return prepare(s, strbuf_cstr(&sql), &s->entity[id][kind]);
}

static void bind_span(sqlite3_stmt *statement, int at, struct span text)
{
    sqlite3_bind_text64(statement, at, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

static void bind_cstr(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

/* Steps a statement that returns no rows. */
static enum store_result run(struct sqlite_session *s, sqlite3_stmt *statement)
{
    if (!statement)
        return STORE_FAILED;
    enum store_result result = sqlite3_step(statement) == SQLITE_DONE ? STORE_OK : failed(s);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return result;
}

static enum store_result sqlite_begin(struct session *session)
{
    struct sqlite_session *s = of(session);
    pthread_mutex_lock(&s->store->writing);
    enum store_result result = run(s, fixed(s, FIXED_BEGIN));
    s->in_transaction = result == STORE_OK;
    if (result != STORE_OK)
        pthread_mutex_unlock(&s->store->writing);
    return result;
}

static void sqlite_rollback(struct session *session)
{
    struct sqlite_session *s = of(session);
    if (!s->in_transaction)
        return;
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->in_transaction = false;
    pthread_mutex_unlock(&s->store->writing);
}

static enum store_result sqlite_commit(struct session *session)
{
    struct sqlite_session *s = of(session);
    enum store_result result = run(s, fixed(s, FIXED_COMMIT));
    if (result != STORE_OK) {
        sqlite_rollback(session);
        return result;
    }
    s->in_transaction = false;
    pthread_mutex_unlock(&s->store->writing);
    return STORE_OK;
}

static struct value column(sqlite3_stmt *statement, int at)
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

/* Delivers every row of a prepared and bound statement. */
static enum store_result deliver(struct sqlite_session *s, sqlite3_stmt *statement,
                                 enum entity_id id, on_row_fn *on_row, void *context)
{
    const struct entity *entity = entity_get(id);
    struct value row[ENTITY_FIELDS_MAX];
    enum store_result result = STORE_NOT_FOUND;
    int step;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        for (size_t i = 0; i < entity->field_count; i++)
            row[i] = column(statement, (int)i);
        on_row(context, entity, row);
        result = STORE_OK;
    }
    if (step != SQLITE_DONE)
        result = failed(s);
    sqlite3_reset(statement);
    return result;
}

static enum store_result sqlite_list(struct session *session, enum entity_id id, int64_t skip,
                                     int64_t limit, on_row_fn *on_row, void *context)
{
    sqlite3_stmt *statement = on_entity(of(session), id, ENTITY_LIST);
    if (!statement)
        return STORE_FAILED;
    sqlite3_bind_int64(statement, 1, limit);
    sqlite3_bind_int64(statement, 2, skip);
    enum store_result result = deliver(of(session), statement, id, on_row, context);
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

static enum store_result sqlite_get(struct session *session, enum entity_id id, int64_t row_id,
                                    on_row_fn *on_row, void *context)
{
    sqlite3_stmt *statement = on_entity(of(session), id, ENTITY_GET);
    if (!statement)
        return STORE_FAILED;
    sqlite3_bind_int64(statement, 1, row_id);
    return deliver(of(session), statement, id, on_row, context);
}

static enum store_result sqlite_count(struct session *session, enum entity_id id,
                                      int64_t *ret_count)
{
    struct sqlite_session *s = of(session);
    sqlite3_stmt *statement = fixed(s, FIXED_ROW_COUNT);
    if (!statement)
        return STORE_FAILED;
    bind_cstr(statement, 1, entity_get(id)->table);
    enum store_result result = sqlite3_step(statement) == SQLITE_ROW ? STORE_OK : failed(s);
    if (result == STORE_OK)
        *ret_count = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return result;
}

static void bind_value(sqlite3_stmt *statement, int at, const struct value *value)
{
    if (value->kind == VALUE_INT)
        sqlite3_bind_int64(statement, at, value->number);
    else if (value->kind == VALUE_TEXT)
        bind_span(statement, at, value->text);
    else
        sqlite3_bind_null(statement, at);
}

static enum store_result insert_row(struct sqlite_session *s, enum entity_id id,
                                    const struct value *row, int64_t *ret_id)
{
    sqlite3_stmt *statement = on_entity(s, id, ENTITY_INSERT);
    if (!statement)
        return STORE_FAILED;
    for (size_t i = 0; i < entity_get(id)->field_count; i++)
        bind_value(statement, (int)i + 1, &row[i]);
    enum store_result result = run(s, statement);
    if (result == STORE_OK)
        *ret_id = sqlite3_last_insert_rowid(s->db);
    return result;
}

static enum store_result sqlite_insert(struct session *session, enum entity_id id,
                                       const struct value *row, int64_t *ret_id)
{
    struct sqlite_session *s = of(session);
    if (s->in_transaction)
        return insert_row(s, id, row, ret_id);
    enum store_result result = sqlite_begin(session);
    if (result != STORE_OK)
        return result;
    result = insert_row(s, id, row, ret_id);
    if (result == STORE_OK)
        return sqlite_commit(session);
    sqlite_rollback(session);
    return result;
}

static void copy_column(sqlite3_stmt *statement, int at, char *buf, size_t size)
{
    const char *text = (const char *)sqlite3_column_text(statement, at);
    snprintf(buf, size, "%s", text ? text : "");
}

static enum store_result sqlite_user(struct session *session, struct span username,
                                     struct store_user *ret_user)
{
    struct sqlite_session *s = of(session);
    sqlite3_stmt *statement = fixed(s, FIXED_USER);
    if (!statement)
        return STORE_FAILED;
    bind_span(statement, 1, username);
    int step = sqlite3_step(statement);
    enum store_result result = step == SQLITE_ROW    ? STORE_OK
                               : step == SQLITE_DONE ? STORE_NOT_FOUND
                                                     : failed(s);
    if (result == STORE_OK) {
        ret_user->id = sqlite3_column_int64(statement, 0);
        copy_column(statement, 1, ret_user->username, sizeof(ret_user->username));
        copy_column(statement, 2, ret_user->hashed_password, sizeof(ret_user->hashed_password));
        copy_column(statement, 3, ret_user->role, sizeof(ret_user->role));
        ret_user->is_active = sqlite3_column_int(statement, 4);
        ret_user->is_locked = sqlite3_column_int(statement, 5);
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return result;
}

static enum store_result sqlite_set_password(struct session *session, int64_t user_id,
                                             struct span hash, struct span now)
{
    struct sqlite_session *s = of(session);
    enum store_result result = sqlite_begin(session);
    if (result != STORE_OK)
        return result;
    sqlite3_stmt *statement = fixed(s, FIXED_SET_PASSWORD);
    if (statement) {
        sqlite3_bind_int64(statement, 1, user_id);
        bind_span(statement, 2, hash);
        bind_span(statement, 3, now);
    }
    result = run(s, statement);
    if (result == STORE_OK)
        return sqlite_commit(session);
    sqlite_rollback(session);
    return result;
}

static enum store_result sqlite_stats(struct session *session, const struct stats_times *times,
                                      struct clinic_stats *ret)
{
    struct sqlite_session *s = of(session);
    sqlite3_stmt *statement = fixed(s, FIXED_STATS);
    if (!statement)
        return STORE_FAILED;
    bind_cstr(statement, 1, times->day_start);
    bind_cstr(statement, 2, times->day_end);
    bind_cstr(statement, 3, times->week_ago);
    bind_cstr(statement, 4, times->month_ago);
    enum store_result result = sqlite3_step(statement) == SQLITE_ROW ? STORE_OK : failed(s);
    int64_t *const columns[] = {
        &ret->patients,        &ret->appointments,        &ret->prescriptions,
        &ret->doctors,         &ret->new_patients,        &ret->appointments_today,
        &ret->scheduled,       &ret->completed,           &ret->cancelled,
        &ret->recent_patients, &ret->recent_appointments, &ret->recent_prescriptions,
    };
    for (size_t i = 0; result == STORE_OK && i < COUNT_OF(columns); i++)
        *columns[i] = sqlite3_column_int64(statement, (int)i);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return result;
}

static enum store_result insert_audit(struct sqlite_session *s, const struct audit_row *row)
{
    sqlite3_stmt *statement = fixed(s, FIXED_AUDIT);
    if (!statement)
        return STORE_FAILED;
    bind_cstr(statement, 1, row->timestamp);
    sqlite3_bind_int64(statement, 2, row->user_id);
    bind_cstr(statement, 3, row->username);
    bind_cstr(statement, 4, row->action);
    bind_cstr(statement, 5, row->resource_type);
    sqlite3_bind_int64(statement, 6, row->resource_id);
    bind_cstr(statement, 7, row->ip_address);
    bind_cstr(statement, 8, row->user_agent);
    bind_cstr(statement, 9, row->details);
    bind_cstr(statement, 10, row->success ? "success" : "failure");
    return run(s, statement);
}

static enum store_result mark_signed_in(struct sqlite_session *s, const struct audit_row *row)
{
    sqlite3_stmt *statement = fixed(s, FIXED_SIGNED_IN);
    if (!statement)
        return STORE_FAILED;
    sqlite3_bind_int64(statement, 1, row->user_id);
    bind_cstr(statement, 2, row->timestamp);
    return run(s, statement);
}

/* A shared load-test user signs in many times per batch; its row is written for the last only. */
static bool is_last_sign_in(const struct audit_row *rows, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count; i++)
        if (rows[i].signed_in && rows[i].user_id == rows[at].user_id)
            return false;
    return rows[at].signed_in;
}

static enum store_result sqlite_audit(struct session *session, const struct audit_row *rows,
                                      size_t count)
{
    struct sqlite_session *s = of(session);
    enum store_result result = sqlite_begin(session);
    if (result != STORE_OK)
        return result;
    for (size_t i = 0; i < count && result == STORE_OK; i++) {
        result = insert_audit(s, &rows[i]);
        if (result == STORE_OK && is_last_sign_in(rows, count, i))
            result = mark_signed_in(s, &rows[i]);
    }
    if (result == STORE_OK)
        return sqlite_commit(session);
    sqlite_rollback(session);
    return result;
}

static void sqlite_session_free(struct session *session)
{
    struct sqlite_session *s = of(session);
    sqlite_rollback(session);
    for (int id = 0; id < ENTITY_COUNT; id++)
        for (int kind = 0; kind < ENTITY_STATEMENTS; kind++)
            sqlite3_finalize(s->entity[id][kind]);
    for (int i = 0; i < FIXED_STATEMENTS; i++)
        sqlite3_finalize(s->fixed[i]);
    sqlite3_close(s->db);
    free(s);
}

static struct session *sqlite_session_new(struct store *store, struct error *err)
{
    struct sqlite_session *s = NEW(struct sqlite_session);
    s->store = CONTAINER_OF(store, struct sqlite_store, store);
    s->session.store = store;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(s->store->path, &s->db, flags, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(s->db, LOCK_WAIT_MS);
        rc = sqlite3_exec(s->db,
                          "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                          "PRAGMA foreign_keys = ON; PRAGMA mmap_size = 268435456;",
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
    pthread_mutex_destroy(&s->writing);
    free(s->path);
    free(s);
}

static const struct store_ops sqlite_ops = {
    .close = sqlite_close,
    .session_new = sqlite_session_new,
    .session_free = sqlite_session_free,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .list = sqlite_list,
    .get = sqlite_get,
    .count = sqlite_count,
    .insert = sqlite_insert,
    .user_by_name = sqlite_user,
    .user_set_password = sqlite_set_password,
    .stats = sqlite_stats,
    .audit = sqlite_audit,
};

static int read_version(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        version = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return version;
}

/* Two programs may start on an empty folder at once: look and tables are one transaction. */
static int make_tables(struct sqlite_session *s, struct error *err)
{
    enum store_result result = sqlite_begin(&s->session);
    if (result != STORE_OK)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "cannot write to the database: %s; stop the program that holds it",
                         session_problem(&s->session));
    int version = read_version(s->db);
    AUTO(strbuf_done) struct strbuf script = STRBUF_INIT(SCHEMA_MAX_BYTES);
    sqlite_schema_script(&script);
    if (version == 0 && sqlite3_exec(s->db, strbuf_cstr(&script), NULL, NULL, NULL) != SQLITE_OK)
        result = failed(s);
    else if (version > SCHEMA_VERSION)
        result = STORE_FAILED;
    if (result == STORE_OK && sqlite_commit(&s->session) == STORE_OK)
        return 0;
    sqlite_rollback(&s->session);
    if (version > SCHEMA_VERSION)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "%s has schema version %d, this program knows %d; use the newer keneyapp, "
                         "or another folder with --data",
                         s->store->path, version, SCHEMA_VERSION);
    return error_set(err, EXIT_INVALID_CONFIG,
                     "cannot make the tables: %s; choose another folder with --data",
                     session_problem(&s->session));
}

int store_sqlite_open(const char *path, struct store **ret_store, struct error *err)
{
    /* Without its allocation statistics SQLite takes no process-wide lock per allocation. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    struct sqlite_store *s = NEW(struct sqlite_store);
    s->store.ops = &sqlite_ops;
    s->path = mem_strdup(path);
    pthread_mutex_init(&s->writing, NULL);
    struct store *store = &s->store;
    AUTO(session_free) struct session *session = session_new(store, err);
    if (!session || make_tables(of(session), err) != 0) {
        session_free(&session);
        store_free(&store);
        return -1;
    }
    *ret_store = store;
    return 0;
}
