/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens of users.
 */
#include "keneyapp/auth/access.h"

#include <stdio.h>

#include "keneyapp/app.h"
#include "keneyapp/auth/users_cache.h"
#include "keneyapp/http/call.h"

static const char NO_CREDENTIALS[] = "Could not validate credentials";

void access_token(struct strbuf *out, const struct token_keys *keys, const struct store_user *user,
                  nsec_t now_ns, nsec_t life_ns)
{
    struct jwt_claims claims = {
        .tenant_id = user->tenant_id,
        .issued_s = now_ns / NSEC_PER_SEC,
        .expires_s = (now_ns + life_ns) / NSEC_PER_SEC,
    };
    snprintf(claims.subject, sizeof(claims.subject), "%s", user->username);
    snprintf(claims.role, sizeof(claims.role), "%s", user->role);
    password_id(user->hashed_password, claims.password_id);
    jwt_sign(out, &claims, keys);
}

/* Whether the user that verified claims name may go on with them. */
static bool holds(const struct jwt_claims *claims, const struct store_user *user)
{
    char id[PASSWORD_ID_BYTES];
    password_id(user->hashed_password, id);
    bool locked_by_hand = user->is_locked && !user->locked_until[0];
    return user->is_active && !locked_by_hand && strcmp(id, claims->password_id) == 0;
}

/* NULL when the token is good, else why not. */
static const char *read_token(const struct app *app, struct span authorization,
                              struct jwt_claims *ret_claims)
{
    struct span token;
    struct span scheme = span_cut(authorization, ' ', &token);
    if (!span_equal_nocase(scheme, SPAN("Bearer")) || !token.len)
        return "Not authenticated";
    switch (users_cache_verify(app->users, span_trim(token), app->token_keys, app->wall(),
                               ret_claims)) {
    case JWT_VALID:
        return NULL;
    case JWT_EXPIRED:
        return "Token has expired";
    default:
        return NO_CREDENTIALS;
    }
}

static enum access peek(const struct app *app, struct span authorization,
                        struct jwt_claims *ret_claims, struct store_user *ret_user,
                        const char **ret_why)
{
    *ret_why = read_token(app, authorization, ret_claims);
    if (*ret_why)
        return ACCESS_REFUSED;
    return users_cache_get(app->users, span_cstr(ret_claims->subject), ret_user) &&
                   holds(ret_claims, ret_user)
               ? ACCESS_KNOWN
               : ACCESS_UNKNOWN;
}

enum access access_peek(const struct app *app, struct span authorization,
                        struct store_user *ret_user, const char **ret_why)
{
    struct jwt_claims claims;
    return peek(app, authorization, &claims, ret_user, ret_why);
}

static bool read_user(const struct jwt_claims *claims, struct response *response, struct call *call)
{
    struct session *session = call_session(call, response);
    if (!session)
        return false;
    enum store_result result =
        users_cache_read(call->app->users, session, span_cstr(claims->subject), &call->user);
    if (result == STORE_OK && holds(claims, &call->user))
        return true;
    if (result == STORE_OK || result == STORE_NOT_FOUND)
        response_unauthorized(response, NO_CREDENTIALS);
    else
        response_store_problem(response, result);
    return false;
}

bool access_check(const struct request *request, struct response *response, struct call *call)
{
    struct jwt_claims claims;
    const char *why;
    switch (peek(call->app, request->authorization, &claims, &call->user, &why)) {
    case ACCESS_KNOWN:
        return true;
    case ACCESS_REFUSED:
        response_unauthorized(response, why);
        return false;
    case ACCESS_UNKNOWN:
        break;
    }
    return read_user(&claims, response, call);
}
