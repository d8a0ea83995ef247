/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the SQLite store share.
 */
#ifndef KENEYAPP_STORE_SQLITE_PRIVATE_H
#define KENEYAPP_STORE_SQLITE_PRIVATE_H

#include <sqlite3.h>

#include "keneyapp/store/sql.h"
#include "keneyapp/store/sqlite.h"
#include "keneyapp/store/turn.h"

enum {
    STATEMENTS_MAX = 64, /* prepared ones that a session keeps */
};

struct sqlite_store {
    struct store store;
    char *path;
    struct turn writing; /* SQLite has one writer, and waits for it by sleeping and looking again */
};

struct kept_statement {
    sqlite3_stmt *statement;
    uint64_t hash, used_at; /* of the text; the turn of sqlite_session.uses */
};

struct sqlite_session {
    struct session session;
    struct sqlite_store *store;
    sqlite3 *db;
    bool in_transaction; /* has store->writing */
    struct sql sql;
    struct kept_statement kept[STATEMENTS_MAX];
    size_t kept_count;
    uint64_t uses;
};

static inline struct sqlite_session *sqlite_of(struct session *session)
{
    return CONTAINER_OF(session, struct sqlite_session, session);
}

/* What the connection's last error means; the sentence goes to session.problem. */
enum store_result sqlite_failed(struct sqlite_session *s);

/* The prepared statement of a text, without bindings; NULL when it could not be made (the sentence
 * is in session.problem). Valid until STATEMENTS_MAX other texts were asked for. */
sqlite3_stmt *sqlite_statement(struct sqlite_session *s, struct span text);
sqlite3_stmt *sqlite_fixed(struct sqlite_session *s, enum sql_fixed which);

/* The statement and parameters of s->sql, bound. */
sqlite3_stmt *sqlite_built(struct sqlite_session *s);

/* Binding to NULL does nothing; texts are borrowed until sqlite_end(). */
void sqlite_bind_params(struct sqlite_session *s, sqlite3_stmt *statement); /* those of s->sql */
void sqlite_bind(sqlite3_stmt *statement, int at, const struct value *value);
void sqlite_bind_int(sqlite3_stmt *statement, int at, int64_t number);
void sqlite_bind_span(sqlite3_stmt *statement, int at, struct span text);
void sqlite_bind_cstr(sqlite3_stmt *statement, int at, const char *text);
struct value sqlite_column(sqlite3_stmt *statement, int at);
void sqlite_copy_column(sqlite3_stmt *statement, int at, char *buf, size_t size);

/* Steps a statement that gives no rows, and resets it. NULL: STORE_FAILED. */
enum store_result sqlite_run(struct sqlite_session *s, sqlite3_stmt *statement);

/* Steps to the first row: STORE_OK, STORE_NOT_FOUND, or what went wrong. Call sqlite_end() when its
 * columns are read. NULL: STORE_FAILED. */
enum store_result sqlite_first(struct sqlite_session *s, sqlite3_stmt *statement);
void sqlite_end(sqlite3_stmt *statement);

/* Steps a statement whose only row is a number. */
enum store_result sqlite_number(struct sqlite_session *s, sqlite3_stmt *statement, int64_t *ret);

enum store_result sqlite_begin(struct session *session);

/* A transaction unless the caller has one: sqlite_leave() commits it when `result` is STORE_OK,
 * else rolls back. */
enum store_result sqlite_enter(struct sqlite_session *s, bool *ret_entered);
enum store_result sqlite_leave(struct sqlite_session *s, bool entered, enum store_result result);

/* The operations of the other files. */
enum store_result sqlite_list(struct session *session, enum entity_id id,
                              const struct list_query *query, on_row_fn *on_row, void *context,
                              int64_t *ret_total);
enum store_result sqlite_get(struct session *session, enum entity_id id, int64_t row_id,
                             on_row_fn *on_row, void *context);
enum store_result sqlite_count(struct session *session, enum entity_id id, int64_t *ret_count);
enum store_result sqlite_insert(struct session *session, enum entity_id id,
                                const struct value *rows, size_t count, int64_t *ret_ids);
enum store_result sqlite_update(struct session *session, enum entity_id id, const int64_t *ids,
                                const struct value *rows, const uint64_t *masks, size_t count);
enum store_result sqlite_remove(struct session *session, enum entity_id id, const int64_t *ids,
                                size_t count, size_t *ret_removed);
enum store_result sqlite_user_by_name(struct session *session, struct span username,
                                      struct store_user *ret_user);
enum store_result sqlite_user_by_id(struct session *session, int64_t user_id,
                                    struct store_user *ret_user);
enum store_result sqlite_set_password(struct session *session, int64_t user_id, struct span was,
                                      struct span hash, struct span now);
enum store_result sqlite_sign_in_failed(struct session *session, int64_t user_id, int max_failures,
                                        struct span now, struct span locked_until,
                                        bool *ret_locked);
enum store_result sqlite_sign_in_reset(struct session *session, int64_t user_id, struct span now);
enum store_result sqlite_tenant_add(struct session *session, struct span name, struct span slug,
                                    struct span now, int64_t *ret_id);
enum store_result sqlite_tenant_by_slug(struct session *session, struct span slug, int64_t *ret_id);
enum store_result sqlite_stats(struct session *session, const struct stats_times *times,
                               struct clinic_stats *ret_stats);
enum store_result sqlite_refresh_stats(struct session *session, const struct stats_times *times);
enum store_result sqlite_audit(struct session *session, const struct audit_row *rows, size_t count);
enum store_result sqlite_job_add(struct session *session, const struct job_row *job,
                                 int64_t *ret_id);
enum store_result sqlite_job_take(struct session *session, struct span now, struct span lease_until,
                                  struct job_row *ret_job);
enum store_result sqlite_job_finish(struct session *session, const struct job_row *job, bool good,
                                    struct span now, struct span text);
enum store_result sqlite_job_retry(struct session *session, const struct job_row *job,
                                   struct span due);
enum store_result sqlite_job_get(struct session *session, int64_t job_id, struct job_row *ret_job,
                                 struct strbuf *result);
enum store_result sqlite_bulk(struct session *session, bool begins);
int sqlite_migrate(struct store *store, struct error *err);
int sqlite_version(struct store *store, int *ret_version, struct error *err);
int sqlite_backup(struct store *store, const char *path, struct error *err);

#endif
