/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log: many rows, one transaction. SQLite's triggers run per row, so the log's counter is
 * moved here instead, once per batch.
 */
#include "keneyapp/store/sqlite_private.h"

static enum store_result insert_rows(struct sqlite_session *s, const struct audit_row *rows,
                                     size_t count)
{
    enum store_result result = STORE_OK;
    struct value row[ENTITY_FIELDS_MAX];
    size_t width = entity_get(ENTITY_AUDIT)->field_count;
    sql_insert_text(&s->sql, ENTITY_AUDIT, 1);
    sqlite3_stmt *statement = sqlite_statement(s, strbuf_span(&s->sql.text));
    for (size_t i = 0; i < count && result == STORE_OK; i++) {
        sql_audit_row(&rows[i], row);
        for (size_t field = 1; field < width; field++)
            sqlite_bind(statement, (int)field, &row[field]);
        result = sqlite_run(s, statement);
    }
    return result;
}

static int64_t tenant_of(const struct audit_row *row)
{
    return row->tenant_id ? row->tenant_id : TENANT_DEFAULT;
}

static enum store_result add_to_counter(struct sqlite_session *s, int64_t tenant, int64_t rows)
{
    sqlite3_stmt *statement =
        sqlite_statement(s, SPAN("UPDATE row_counts SET row_count = row_count + ?1"
                                 " WHERE tenant_id = ?2 AND table_name = 'audit_logs'"));
    sqlite_bind_int(statement, 1, rows);
    sqlite_bind_int(statement, 2, tenant);
    return sqlite_run(s, statement);
}

/* Rows of a tenant come in runs: most of the time there is one. */
static enum store_result count_rows(struct sqlite_session *s, const struct audit_row *rows,
                                    size_t count)
{
    enum store_result result = STORE_OK;
    size_t first = 0;
    for (size_t i = 1; i <= count && result == STORE_OK; i++) {
        if (i < count && tenant_of(&rows[i]) == tenant_of(&rows[first]))
            continue;
        result = add_to_counter(s, tenant_of(&rows[first]), (int64_t)(i - first));
        first = i;
    }
    return result;
}

/* A shared load-test user signs in many times per batch; its row is written for the last only. */
static bool is_last_sign_in(const struct audit_row *rows, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count; i++)
        if (rows[i].signed_in && rows[i].user_id == rows[at].user_id)
            return false;
    return true;
}

static enum store_result mark_signed_in(struct sqlite_session *s, const struct audit_row *rows,
                                        size_t count)
{
    enum store_result result = STORE_OK;
    for (size_t i = 0; i < count && result == STORE_OK; i++) {
        if (!rows[i].signed_in || !is_last_sign_in(rows, count, i))
            continue;
        sqlite3_stmt *statement = sqlite_fixed(s, SQL_SIGNED_IN);
        sqlite_bind_int(statement, 1, rows[i].user_id);
        sqlite_bind_cstr(statement, 2, rows[i].timestamp);
        result = sqlite_run(s, statement);
    }
    return result;
}

static enum store_result write_rows(struct sqlite_session *s, const struct audit_row *rows,
                                    size_t count)
{
    enum store_result result = insert_rows(s, rows, count);
    if (result == STORE_OK)
        result = count_rows(s, rows, count);
    return result == STORE_OK ? mark_signed_in(s, rows, count) : result;
}

enum store_result sqlite_audit(struct session *session, const struct audit_row *rows, size_t count)
{
    struct sqlite_session *s = sqlite_of(session);
    bool entered;
    if (!count)
        return STORE_OK;
    enum store_result result = sqlite_enter(s, &entered);
    if (result == STORE_OK)
        result = write_rows(s, rows, count);
    return sqlite_leave(s, entered, result);
}
