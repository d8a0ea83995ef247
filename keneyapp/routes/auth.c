/* SPDX-License-Identifier: Apache-2.0
 *
 * Signing in. The user's row is read on the handler thread; a login that was verified a moment ago
 * is answered there, any other goes on to the hashing threads and is answered from one of them.
 */
#include <jansson.h>
#include <stdio.h>

#include "keneyapp/app.h"
#include "keneyapp/auth/access.h"
#include "keneyapp/auth/lockout.h"
#include "keneyapp/auth/login_gate.h"
#include "keneyapp/auth/password.h"
#include "keneyapp/auth/users_cache.h"
#include "keneyapp/http/call.h"
#include "keneyapp/http/query.h"
#include "keneyapp/model/json.h"
#include "keneyapp/routes/routes.h"

/* Lives in the call's arena. */
struct login {
    struct login_attempt attempt;
    struct call *call;
    struct response *response;
    struct store_user user;
    bool user_exists;
};

static struct span json_member(const json_t *object, const char *name, struct arena *arena,
                               struct complaints *complaints)
{
    const json_t *text = json_object_get(object, name);
    if (text && !json_is_string(text))
        complaints_add(complaints, "body", name, "string_type", "Input should be a valid string");
    if (!json_is_string(text))
        return SPAN_EMPTY;
    return arena_dup_span(arena, span_of(json_string_value(text), json_string_length(text)));
}

static void read_json(const struct request *request, struct call *call, struct login *login,
                      struct complaints *complaints)
{
    struct span body = strbuf_span(&request->body);
    json_t *object = json_loadb(body.ptr ? body.ptr : "", body.len, 0, NULL);
    if (!json_is_object(object))
        complaints_add(complaints, "body", NULL, "json_invalid", "JSON decode error");
    login->attempt.username = json_member(object, "username", call->arena, complaints);
    login->attempt.password = json_member(object, "password", call->arena, complaints);
    json_decref(object);
}

static void require(const char *name, struct span text, struct complaints *complaints)
{
    if (!text.ptr)
        complaints_add(complaints, "body", name, "missing", "Field required");
    else if (!text.len)
        complaints_add(complaints, "body", name, "string_too_short", "String is too short");
}

/* JSON, as the guide's scripts send it, or the form that OAuth 2 asks for. */
static int read_login(const struct request *request, struct call *call, struct login *login,
                      struct complaints *complaints)
{
    struct span body = strbuf_span(&request->body);
    struct span type = span_trim(span_cut(request->content_type, ';', &(struct span){0}));
    if (span_equal_nocase(type, SPAN("application/x-www-form-urlencoded"))) {
        login->attempt.username = query_value(body, SPAN("username"), call->arena);
        login->attempt.password = query_value(body, SPAN("password"), call->arena);
    } else {
        read_json(request, call, login, complaints);
    }
    if (!complaints->count) {
        require("username", login->attempt.username, complaints);
        require("password", login->attempt.password, complaints);
    }
    return complaints->count ? -1 : 0;
}

static void answer_token(struct login *login)
{
    const struct app *app = login->call->app;
    struct strbuf *out = &login->response->body;
    strbuf_adds(out, "{\"access_token\":\"");
    access_token(out, app->token_keys, &login->user, app->wall(), app->token_ns);
    strbuf_adds(out, "\",\"token_type\":\"bearer\",\"expires_in\":");
    json_add_int(out, app->token_ns / NSEC_PER_SEC);
    strbuf_addc(out, '}');
    login->call->audit.signed_in = true;
}

static void answer_locked(struct response *response, unsigned wait_s)
{
    response_problem(response, 403, "Too many wrong passwords for this name: try again later");
    response->retry_after_s = wait_s;
}

/* Wrong passwords count by name before anything else is told. */
static void answer(struct login *login, bool verified)
{
    struct response *response = login->response;
    bool right = verified && login->user_exists;
    unsigned wait_s = lockouts_count(login->call->app->lockouts, login->attempt.username, right);
    if (wait_s)
        answer_locked(response, wait_s);
    else if (!right)
        response_unauthorized(response, "Incorrect username or password");
    else if (!login->user.is_active)
        response_problem(response, 403, "The account is not active");
    else if (login->user.is_locked)
        response_problem(response, 403, "The account is locked");
    else
        answer_token(login);
}

static void on_verdict(struct login_attempt *attempt, bool verified)
{
    struct login *login = CONTAINER_OF(attempt, struct login, attempt);
    answer(login, verified);
    login->call->finish(login->call);
}

/* An unknown name, or one without a password, costs a hash too, so that the time of an answer does
 * not tell who exists. */
static enum store_result find_user(struct session *session, struct call *call, struct login *login)
{
    enum store_result result =
        users_cache_read(call->app->users, session, login->attempt.username, &login->user);
    login->user_exists =
        result == STORE_OK && strcmp(login->user.hashed_password, PASSWORD_NONE) != 0;
    login->attempt.stored_hash =
        login->user_exists ? login->user.hashed_password : call->app->unused_hash;
    snprintf(call->audit.username, sizeof(call->audit.username), "%.*s",
             SPAN_ARG(span_head(login->attempt.username, sizeof(call->audit.username) - 1)));
    call->audit.user_id = login->user_exists ? login->user.id : 0;
    return result;
}

enum handled route_login(const struct request *request, struct response *response,
                         struct call *call)
{
    AUTO(complaints_done) struct complaints complaints;
    struct login *login = ARENA_NEW(call->arena, struct login);
    login->call = call;
    login->response = response;
    login->attempt.on_verdict = on_verdict;
    complaints_init(&complaints);
    if (read_login(request, call, login, &complaints) != 0) {
        response_invalid(response, &complaints);
        return HANDLED;
    }
    unsigned wait_s = lockouts_wait_s(call->app->lockouts, login->attempt.username);
    if (wait_s) {
        answer_locked(response, wait_s);
        return HANDLED;
    }
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result result = find_user(session, call, login);
    if (result != STORE_OK && result != STORE_NOT_FOUND) {
        response_store_problem(response, result);
        return HANDLED;
    }
    call_release(call);
    if (login_gate_remembers(call->app->gate, &login->attempt)) {
        answer(login, true);
        return HANDLED;
    }
    if (login_gate_submit(call->app->gate, &login->attempt))
        return HANDLED_LATER;
    response_busy(response, "Too many people are signing in");
    return HANDLED;
}

enum handled route_me(const struct request *request, struct response *response, struct call *call)
{
    call->path_id = call->user.id;
    return route_get(request, response, call);
}
