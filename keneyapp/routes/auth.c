/* SPDX-License-Identifier: Apache-2.0
 *
 * Signing in, and one's own password. The user's row is read on the handler thread; a login that
 * was verified a moment ago is answered there, any other goes on to the hashing threads and is
 * answered from one of them. What a wrong password leaves in the database is written after the
 * answer: neither words nor time tell which names exist.
 */
#include <stdio.h>

#include "keneyapp/app.h"
#include "keneyapp/auth/access.h"
#include "keneyapp/auth/lockout.h"
#include "keneyapp/auth/login_gate.h"
#include "keneyapp/auth/sign_in.h"
#include "keneyapp/auth/users_cache.h"
#include "keneyapp/http/call.h"
#include "keneyapp/http/query.h"
#include "keneyapp/model/json.h"
#include "keneyapp/model/validate.h"
#include "keneyapp/routes/new_password.h"
#include "keneyapp/routes/openapi.h"
#include "keneyapp/routes/routes.h"

/* Fields of the shapes "Login" and "PasswordChange" (answers.c). */
enum {
    LOGIN_USERNAME,
    LOGIN_PASSWORD,
    CHANGE_CURRENT = 0,
    CHANGE_NEW,
    VALUES_MAX,
};

/* Lives in the call's arena. */
struct login {
    struct login_attempt attempt;
    struct call *call;
    struct response *response;
    struct store_user user;
    bool user_exists;
};

static void answer_locked(struct response *response, unsigned wait_s)
{
    response_problem(response, 403, "Too many wrong passwords for this name: try again later");
    response->retry_after_s = wait_s;
}

/* The form that OAuth 2 asks for (RFC 6749 4.3.2). */
static int read_form(const struct validation *v, const struct shape *shape, struct span body,
                     struct value *values)
{
    int rc = 0;
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct field *field = &shape->fields[i];
        struct span text = query_value(body, span_cstr(field->name), v->arena);
        if (!text.ptr)
            complaints_add(v->complaints, "body", field->name, "missing", "Field required");
        if (!text.ptr || validate_text(v, "body", field, text, &values[i]) != 0)
            rc = -1;
    }
    return rc;
}

static int read_login(const struct request *request, const struct validation *v,
                      struct value *values)
{
    struct span body = strbuf_span(&request->body);
    struct span type = span_trim(span_cut(request->content_type, ';', &(struct span){0}));
    const struct shape *shape = body_shape("Login");
    if (span_equal_nocase(type, SPAN("application/x-www-form-urlencoded")))
        return read_form(v, shape, body, values);
    return validate_shape(v, shape, body, values);
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

/* Wrong passwords count by name before anything else is told. */
static void answer(struct login *login, bool right)
{
    const struct app *app = login->call->app;
    struct response *response = login->response;
    unsigned wait_s = lockouts_count(app->lockouts, login->attempt.username, right);
    if (wait_s)
        answer_locked(response, wait_s);
    else if (!right)
        response_unauthorized(response, "Incorrect username or password");
    else if (!login->user.is_active)
        response_problem(response, 403, "The account is not active");
    else if (sign_in_is_locked(&login->user, app->wall()))
        response_problem(response, 403, "The account is locked");
    else
        answer_token(login);
}

static void on_verdict(struct login_attempt *attempt, bool verified)
{
    struct login *login = CONTAINER_OF(attempt, struct login, attempt);
    const struct app *app = login->call->app;
    struct store_user user = login->user;
    bool exists = login->user_exists, right = verified && exists;
    answer(login, right);
    bool good = login->response->status == 200;
    login->call->finish(login->call);
    if (exists && right == good) /* a right one that was refused changes nothing */
        sign_in_note(app, &user, right);
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
    if (login->user_exists) {
        snprintf(call->audit.username, sizeof(call->audit.username), "%s", login->user.username);
        call->audit.user_id = login->user.id;
        call->audit.tenant_id = login->user.tenant_id;
    }
    return result;
}

/* Through the gate, or past it. */
static enum handled verify(struct login_attempt *attempt, struct call *call,
                           struct response *response)
{
    call_release(call);
    if (login_gate_remembers(call->app->gate, attempt)) {
        attempt->on_verdict(attempt, true);
        return HANDLED_LATER;
    }
    if (login_gate_submit(call->app->gate, attempt))
        return HANDLED_LATER;
    response_busy(response, "Too many people are signing in");
    return HANDLED;
}

/* True when the name is locked, or nobody can tell: that is the answer. */
static bool refuse_locked(struct span name, struct call *call, struct response *response)
{
    if (!lockouts_wait_s(call->app->lockouts, name))
        return false;
    struct session *session = call_session(call, response);
    if (!session)
        return true;
    unsigned wait_s = sign_in_wait_s(call->app, session, name);
    if (wait_s)
        answer_locked(response, wait_s);
    return wait_s > 0;
}

enum handled route_login(const struct request *request, struct response *response,
                         struct call *call)
{
    AUTO(complaints_done) struct complaints complaints;
    struct login *login = ARENA_NEW(call->arena, struct login);
    struct validation v = {.arena = call->arena, .complaints = &complaints};
    struct value values[VALUES_MAX];
    complaints_init(&complaints);
    if (read_login(request, &v, values) != 0) {
        response_invalid(response, &complaints);
        return HANDLED;
    }
    *login = (struct login){.call = call, .response = response};
    login->attempt.username = values[LOGIN_USERNAME].text;
    login->attempt.password = values[LOGIN_PASSWORD].text;
    login->attempt.on_verdict = on_verdict;
    snprintf(call->audit.username, sizeof(call->audit.username), "%.*s",
             SPAN_ARG(span_head(login->attempt.username, sizeof(call->audit.username) - 1)));
    if (refuse_locked(login->attempt.username, call, response))
        return HANDLED;
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result result = find_user(session, call, login);
    if (result == STORE_OK || result == STORE_NOT_FOUND)
        return verify(&login->attempt, call, response);
    response_store_problem(response, result);
    return HANDLED;
}

enum handled route_me(const struct request *request, struct response *response, struct call *call)
{
    call->path_id = call->user.id;
    return route_get(request, response, call);
}

/* Lives in the call's arena. */
struct password_change {
    struct login_attempt attempt;
    struct new_password new_password;
};

static const char NOT_CURRENT[] = "The current password is not right";

/* What was verified has to be current still: of several changes at once, one is made. */
static void keep_change(struct new_password *new_password, struct session *session)
{
    const struct store_user *user = &new_password->call->user;
    enum store_result result =
        new_password_set(new_password, session, user, span_cstr(user->hashed_password));
    if (result == STORE_OK)
        new_password_counts(new_password, user);
    else if (result == STORE_NOT_FOUND)
        response_problem(new_password->response, 400, NOT_CURRENT);
    else
        response_store_problem(new_password->response, result);
}

/* Guessing the current password counts like guessing at the door. */
static void on_current(struct login_attempt *attempt, bool verified)
{
    struct password_change *change = CONTAINER_OF(attempt, struct password_change, attempt);
    struct call *call = change->new_password.call;
    struct response *response = change->new_password.response;
    const struct app *app = call->app;
    struct store_user user = call->user;
    unsigned wait_s = lockouts_count(app->lockouts, attempt->username, verified);
    if (wait_s)
        answer_locked(response, wait_s);
    else if (!verified)
        response_problem(response, 400, NOT_CURRENT);
    else if (new_password_start(&change->new_password) == HANDLED_LATER)
        return;
    call->finish(call);
    if (!verified)
        sign_in_note(app, &user, false);
}

enum handled route_change_password(const struct request *request, struct response *response,
                                   struct call *call)
{
    AUTO(complaints_done) struct complaints complaints;
    struct password_change *change = ARENA_NEW(call->arena, struct password_change);
    struct validation v = {.arena = call->arena, .complaints = &complaints};
    struct value values[VALUES_MAX];
    complaints_init(&complaints);
    call->audit.resource_id = call->user.id;
    call->audit.details = SPAN("{\"changed\":\"password\"}");
    if (validate_shape(&v, body_shape("PasswordChange"), strbuf_span(&request->body), values) !=
        0) {
        response_invalid(response, &complaints);
        return HANDLED;
    }
    change->attempt = (struct login_attempt){.username = span_cstr(call->user.username),
                                             .password = values[CHANGE_CURRENT].text,
                                             .stored_hash = call->user.hashed_password,
                                             .on_verdict = on_current};
    change->new_password = (struct new_password){.call = call,
                                                 .response = response,
                                                 .password = values[CHANGE_NEW].text,
                                                 .keep = keep_change};
    if (refuse_locked(change->attempt.username, call, response))
        return HANDLED;
    return verify(&change->attempt, call, response);
}
