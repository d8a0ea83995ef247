/* SPDX-License-Identifier: Apache-2.0
 *
 * Who signs in, and whose clinic it is.
 */
#include "keneyapp/store/sqlite_private.h"

static enum store_result read_user(struct sqlite_session *s, sqlite3_stmt *statement,
                                   struct store_user *ret)
{
    enum store_result result = sqlite_first(s, statement);
    if (result == STORE_OK) {
        ret->id = sqlite3_column_int64(statement, 0);
        ret->tenant_id = sqlite3_column_int64(statement, 1);
        sqlite_copy_column(statement, 2, ret->username, sizeof(ret->username));
        sqlite_copy_column(statement, 3, ret->hashed_password, sizeof(ret->hashed_password));
        sqlite_copy_column(statement, 4, ret->role, sizeof(ret->role));
        ret->is_active = sqlite3_column_int(statement, 5);
        ret->is_locked = sqlite3_column_int(statement, 6);
        sqlite_copy_column(statement, 7, ret->locked_until, sizeof(ret->locked_until));
        ret->failed_attempts = sqlite3_column_int(statement, 8);
    }
    if (statement)
        sqlite_end(statement);
    return result;
}

enum store_result sqlite_user_by_name(struct session *session, struct span username,
                                      struct store_user *ret_user)
{
    struct sqlite_session *s = sqlite_of(session);
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_USER_BY_NAME);
    sqlite_bind_span(statement, 1, username);
    return read_user(s, statement, ret_user);
}

enum store_result sqlite_user_by_id(struct session *session, int64_t user_id,
                                    struct store_user *ret_user)
{
    struct sqlite_session *s = sqlite_of(session);
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_USER_BY_ID);
    sqlite_bind_int(statement, 1, user_id);
    return read_user(s, statement, ret_user);
}

static enum store_result set_password(struct sqlite_session *s, int64_t user_id, struct span was,
                                      struct span hash, struct span now)
{
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_SET_PASSWORD);
    sqlite_bind_int(statement, 1, user_id);
    sqlite_bind_span(statement, 2, hash);
    sqlite_bind_span(statement, 3, now);
    sqlite_bind_span(statement, 4, was);
    enum store_result result = sqlite_run(s, statement);
    return result == STORE_OK && !sqlite3_changes(s->db) ? STORE_NOT_FOUND : result;
}

enum store_result sqlite_set_password(struct session *session, int64_t user_id, struct span was,
                                      struct span hash, struct span now)
{
    struct sqlite_session *s = sqlite_of(session);
    bool entered;
    enum store_result result = sqlite_enter(s, &entered);
    if (result == STORE_OK)
        result = set_password(s, user_id, was, hash, now);
    return sqlite_leave(s, entered, result);
}

/* An account that is locked gives no row: it stays as it is. */
static enum store_result count_failure(struct sqlite_session *s, int64_t user_id, int max_failures,
                                       struct span now, struct span locked_until, bool *ret_locked)
{
    int64_t locked = 1;
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_SIGN_IN_FAILED);
    sqlite_bind_int(statement, 1, user_id);
    sqlite_bind_int(statement, 2, max_failures);
    sqlite_bind_span(statement, 3, locked_until);
    sqlite_bind_span(statement, 4, now);
    enum store_result result = sqlite_number(s, statement, &locked);
    *ret_locked = locked;
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

enum store_result sqlite_sign_in_failed(struct session *session, int64_t user_id, int max_failures,
                                        struct span now, struct span locked_until, bool *ret_locked)
{
    struct sqlite_session *s = sqlite_of(session);
    bool entered;
    enum store_result result = sqlite_enter(s, &entered);
    if (result == STORE_OK)
        result = count_failure(s, user_id, max_failures, now, locked_until, ret_locked);
    return sqlite_leave(s, entered, result);
}

enum store_result sqlite_sign_in_reset(struct session *session, int64_t user_id, struct span now)
{
    struct sqlite_session *s = sqlite_of(session);
    bool entered;
    enum store_result result = sqlite_enter(s, &entered);
    if (result == STORE_OK) {
        sqlite3_stmt *statement = sqlite_fixed(s, SQL_SIGN_IN_RESET);
        sqlite_bind_int(statement, 1, user_id);
        sqlite_bind_span(statement, 2, now);
        result = sqlite_run(s, statement);
    }
    return sqlite_leave(s, entered, result);
}

enum store_result sqlite_tenant_add(struct session *session, struct span name, struct span slug,
                                    struct span now, int64_t *ret_id)
{
    struct sqlite_session *s = sqlite_of(session);
    bool entered;
    enum store_result result = sqlite_enter(s, &entered);
    if (result == STORE_OK) {
        sqlite3_stmt *statement = sqlite_fixed(s, SQL_TENANT_ADD);
        sqlite_bind_span(statement, 1, name);
        sqlite_bind_span(statement, 2, slug);
        sqlite_bind_span(statement, 3, now);
        result = sqlite_number(s, statement, ret_id);
    }
    return sqlite_leave(s, entered, result);
}

enum store_result sqlite_tenant_by_slug(struct session *session, struct span slug, int64_t *ret_id)
{
    struct sqlite_session *s = sqlite_of(session);
    sqlite3_stmt *statement = sqlite_fixed(s, SQL_TENANT_BY_SLUG);
    sqlite_bind_span(statement, 1, slug);
    return sqlite_number(s, statement, ret_id);
}
