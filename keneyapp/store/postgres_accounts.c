/* SPDX-License-Identifier: Apache-2.0
 *
 * Users as signing in sees them, and tenants. Of any tenant: names are unique over all.
 */
#include <string.h>

#include "keneyapp/store/postgres_private.h"
#include "keneyapp/store/postgres_rows.h"

static enum store_result run_fixed(struct postgres_session *s, enum sql_fixed which,
                                   const struct value *params, size_t count,
                                   const PGresult **ret_result)
{
    size_t index = postgres_queue_fixed(s, which, params, count);
    enum store_result result = postgres_run(s);
    if (result == STORE_OK)
        *ret_result = postgres_result(s, index);
    return result;
}

/* The columns of SQL_USER_BY_NAME. */
static enum store_result read_user(struct postgres_session *s, enum sql_fixed which,
                                   struct value key, struct store_user *ret)
{
    const PGresult *row;
    if (key.text.len && memchr(key.text.ptr, '\0', key.text.len))
        return STORE_NOT_FOUND; /* no text in the database has a NUL byte */
    enum store_result result = run_fixed(s, which, &key, 1, &row);
    if (result != STORE_OK)
        return result;
    if (!PQntuples(row))
        return STORE_NOT_FOUND;
    ret->id = postgres_rows_int(row, 0, 0);
    ret->tenant_id = postgres_rows_int(row, 0, 1);
    postgres_rows_text(row, 0, 2, ret->username, sizeof(ret->username));
    postgres_rows_text(row, 0, 3, ret->hashed_password, sizeof(ret->hashed_password));
    postgres_rows_text(row, 0, 4, ret->role, sizeof(ret->role));
    ret->is_active = postgres_rows_int(row, 0, 5);
    ret->is_locked = postgres_rows_int(row, 0, 6);
    postgres_rows_text(row, 0, 7, ret->locked_until, sizeof(ret->locked_until));
    ret->failed_attempts = (int)postgres_rows_int(row, 0, 8);
    return STORE_OK;
}

enum store_result postgres_user_by_name(struct session *session, struct span username,
                                        struct store_user *ret_user)
{
    return read_user(postgres_of(session), SQL_USER_BY_NAME, value_text(username), ret_user);
}

enum store_result postgres_user_by_id(struct session *session, int64_t user_id,
                                      struct store_user *ret_user)
{
    return read_user(postgres_of(session), SQL_USER_BY_ID, value_int(user_id), ret_user);
}

enum store_result postgres_set_password(struct session *session, int64_t user_id, struct span was,
                                        struct span hash, struct span now)
{
    const struct value params[] = {value_int(user_id), value_text(hash), value_text(now),
                                   value_text(was.len ? was : SPAN(""))};
    return postgres_change(postgres_of(session), SQL_SET_PASSWORD, params, COUNT_OF(params));
}

enum store_result postgres_sign_in_failed(struct session *session, int64_t user_id,
                                          int max_failures, struct span now,
                                          struct span locked_until, bool *ret_locked)
{
    const struct value params[] = {value_int(user_id), value_int(max_failures),
                                   value_text(locked_until), value_text(now)};
    const PGresult *row;
    enum store_result result =
        run_fixed(postgres_of(session), SQL_SIGN_IN_FAILED, params, COUNT_OF(params), &row);
    /* No row: the account was locked already. */
    if (result == STORE_OK)
        *ret_locked = !PQntuples(row) || postgres_rows_int(row, 0, 0);
    return result;
}

enum store_result postgres_sign_in_reset(struct session *session, int64_t user_id, struct span now)
{
    const struct value params[] = {value_int(user_id), value_text(now)};
    return postgres_change(postgres_of(session), SQL_SIGN_IN_RESET, params, COUNT_OF(params));
}

static enum store_result read_id(struct postgres_session *s, enum sql_fixed which,
                                 const struct value *params, size_t count, int64_t *ret_id)
{
    const PGresult *row;
    enum store_result result = run_fixed(s, which, params, count, &row);
    if (result == STORE_OK && !PQntuples(row))
        return STORE_NOT_FOUND;
    if (result == STORE_OK)
        *ret_id = postgres_rows_int(row, 0, 0);
    return result;
}

enum store_result postgres_tenant_add(struct session *session, struct span name, struct span slug,
                                      struct span now, int64_t *ret_id)
{
    const struct value params[] = {value_text(name), value_text(slug), value_text(now)};
    return read_id(postgres_of(session), SQL_TENANT_ADD, params, COUNT_OF(params), ret_id);
}

enum store_result postgres_tenant_by_slug(struct session *session, struct span slug,
                                          int64_t *ret_id)
{
    const struct value key = value_text(slug);
    return read_id(postgres_of(session), SQL_TENANT_BY_SLUG, &key, 1, ret_id);
}
