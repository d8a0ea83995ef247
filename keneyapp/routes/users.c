/* SPDX-License-Identifier: Apache-2.0
 *
 * People of the clinic, for its administrators: who may sign in, and as what. Everything is within
 * the administrator's own tenant, and every change counts for the next request. Lists and single
 * users are entities.c's.
 */
#include "keneyapp/data/users.h"

#include <stdio.h>

#include "keneyapp/app.h"
#include "keneyapp/auth/lockout.h"
#include "keneyapp/auth/users_cache.h"
#include "keneyapp/http/call.h"
#include "keneyapp/model/json.h"
#include "keneyapp/model/validate.h"
#include "keneyapp/routes/new_password.h"
#include "keneyapp/routes/openapi.h"
#include "keneyapp/routes/routes.h"

enum {
    BODY_VALUES_MAX = 8,
};

/* Fields of the shapes "NewUser" and "UserStatus" (answers.c). */
enum {
    NEW_EMAIL,
    NEW_USERNAME,
    NEW_FULL_NAME,
    NEW_ROLE,
    NEW_PASSWORD,
    STATUS_IS_ACTIVE = 0,
    STATUS_IS_LOCKED,
};

/* What is to be changed in one user's row. */
struct user_change {
    struct store_user user; /* as they are within the transaction that changes them */
    struct value row[ENTITY_FIELDS_MAX];
    uint64_t mask;
    bool ends_admin; /* if they are an administrator who can act, they would be none afterwards */
};

static int read_body(const char *shape, const struct request *request, struct response *response,
                     struct call *call, struct value *values)
{
    AUTO(complaints_done) struct complaints complaints;
    struct validation v = {.arena = call->arena, .complaints = &complaints};
    complaints_init(&complaints);
    if (validate_shape(&v, body_shape(shape), strbuf_span(&request->body), values) == 0)
        return 0;
    response_invalid(response, &complaints);
    return -1;
}

static bool is_super(const char *role)
{
    return role_of(role) == ROLE_SUPER_ADMIN;
}

/* False, with the answer, when only a super_admin may make or change somebody of that role. */
static bool may_touch(const struct call *call, const char *role, struct response *response)
{
    if (!is_super(role) || is_super(call->user.role))
        return true;
    response_problem(response, 403, "Only a super_admin may do that with a super_admin");
    return false;
}

/* The user that the path names. Users of other tenants do not exist here. */
static bool find_target(struct call *call, struct session *session, struct response *response,
                        struct store_user *ret_user)
{
    enum store_result result = session_user_by_id(session, call->path_id, ret_user);
    if (result == STORE_NOT_FOUND ||
        (result == STORE_OK && ret_user->tenant_id != call->user.tenant_id))
        response_problem(response, 404, "User not found");
    else if (result != STORE_OK)
        response_store_problem(response, result);
    else
        return may_touch(call, ret_user->role, response);
    return false;
}

/* Begins a transaction in which nobody else changes who may do what in the tenant, and finds the
 * user in it. They take the tenant's row first, one after the other: whoever ends an administrator,
 * or is about to touch somebody who becomes a super_admin, sees what the one before has done. False
 * with the answer, and no transaction. */
static bool begin_with_target(struct call *call, struct session *session, struct response *response,
                              struct store_user *ret_user)
{
    enum store_result result = session_begin(session);
    if (result == STORE_OK)
        result = session_find(session, ENTITY_TENANTS, call->user.tenant_id);
    if (result != STORE_OK)
        response_store_problem(response, result);
    else if (find_target(call, session, response, ret_user))
        return true;
    session_rollback(session);
    return false;
}

static void add_row(void *context, const struct entity *entity, const struct value *row)
{
    json_add_row(context, entity, row);
}

static void answer_user(struct response *response, struct session *session, int64_t id,
                        unsigned status)
{
    enum store_result result = session_get(session, ENTITY_USERS, id, add_row, &response->body);
    if (result == STORE_OK)
        response->status = status;
    else
        response_store_problem(response, result);
}

static int user_field(const char *name)
{
    return entity_field(entity_get(ENTITY_USERS), span_cstr(name));
}

static void change_field(struct user_change *change, const char *name, struct value value)
{
    int at = user_field(name);
    change->row[at] = value;
    change->mask |= UINT64_C(1) << at;
}

static bool is_acting_admin(const struct store_user *user)
{
    return role_of(user->role) == ROLE_ADMIN && user->is_active && !user->is_locked;
}

/* How many administrators of the tenant can act. */
static enum store_result count_admins(struct session *session, int64_t *ret_count)
{
    struct list_query query = {
        .limit = 1,
        .filters = {{.field = user_field("role"), .value = value_text(SPAN("admin"))},
                    {.field = user_field("is_active"), .value = value_int(1)},
                    {.field = user_field("is_locked"), .value = value_int(0)}},
        .filter_count = 3,
    };
    AUTO(strbuf_done) struct strbuf row = STRBUF_INIT(4096);
    return session_list(session, ENTITY_USERS, &query, add_row, &row, ret_count);
}

/* STORE_CONFLICT when nobody would be left to administer the clinic. */
static enum store_result change_row(struct session *session, const struct user_change *change)
{
    int64_t admins = 0;
    enum store_result result = STORE_OK;
    bool matters = change->ends_admin && is_acting_admin(&change->user);
    if (matters)
        result = count_admins(session, &admins);
    if (result != STORE_OK)
        return result;
    if (matters && admins < 2)
        return STORE_CONFLICT;
    return session_update(session, ENTITY_USERS, &change->user.id, change->row, &change->mask, 1);
}

/* Within a transaction, which it ends. */
static enum store_result change_user(struct call *call, struct session *session,
                                     struct user_change *change)
{
    char now[32];
    change_field(change, "updated_at",
                 value_text(span_cstr(store_time_text(call->app->wall(), now))));
    enum store_result result = change_row(session, change);
    if (result == STORE_OK)
        result = session_commit(session);
    if (result != STORE_OK)
        session_rollback(session);
    users_cache_drop(call->app->users, span_cstr(change->user.username));
    return result;
}

static enum handled apply_change(struct call *call, struct response *response,
                                 struct user_change *change)
{
    struct session *session = call_session(call, response);
    if (!session || !begin_with_target(call, session, response, &change->user))
        return HANDLED;
    enum store_result result = change_user(call, session, change);
    if (result == STORE_OK)
        answer_user(response, session, change->user.id, 200);
    else if (result == STORE_CONFLICT)
        response_problem(response, 409,
                         "Nobody would be left to administer the clinic: make "
                         "somebody else an admin first");
    else
        response_store_problem(response, result);
    return HANDLED;
}

static void change_lock(struct user_change *change, bool locked)
{
    change_field(change, "is_locked", value_int(locked));
    change_field(change, "locked_until", (struct value){0});
    change_field(change, "failed_login_attempts", value_int(0));
}

enum handled route_user_status(const struct request *request, struct response *response,
                               struct call *call)
{
    struct user_change *change = ARENA_NEW(call->arena, struct user_change);
    struct value values[BODY_VALUES_MAX];
    if (read_body("UserStatus", request, response, call, values) != 0)
        return HANDLED;
    const struct value *active = &values[STATUS_IS_ACTIVE], *locked = &values[STATUS_IS_LOCKED];
    bool sets_active = active->kind != VALUE_NULL, sets_locked = locked->kind != VALUE_NULL;
    change->ends_admin = (sets_active && !active->number) || (sets_locked && locked->number);
    if (sets_active)
        change_field(change, "is_active", *active);
    if (sets_locked)
        change_lock(change, locked->number);
    call->audit.details = span_cstr(
        arena_printf(call->arena, "{%s%s%s%s%s}", sets_active ? "\"is_active\":" : "",
                     sets_active ? (active->number ? "true" : "false") : "",
                     sets_active && sets_locked ? "," : "", sets_locked ? "\"is_locked\":" : "",
                     sets_locked ? (locked->number ? "true" : "false") : ""));
    apply_change(call, response, change);
    if (response->status == 200 && sets_locked && !locked->number)
        lockouts_forget(call->app->lockouts, span_cstr(change->user.username));
    return HANDLED;
}

enum handled route_user_role(const struct request *request, struct response *response,
                             struct call *call)
{
    struct user_change *change = ARENA_NEW(call->arena, struct user_change);
    struct value role;
    if (read_body("UserRole", request, response, call, &role) != 0)
        return HANDLED;
    const char *name = arena_dup(call->arena, role.text);
    call->audit.details = span_cstr(arena_printf(call->arena, "{\"role\":\"%s\"}", name));
    if (!may_touch(call, name, response))
        return HANDLED;
    change->ends_admin = role_of(name) != ROLE_ADMIN;
    change_field(change, "role", role);
    return apply_change(call, response, change);
}

/* Lives in the call's arena. */
struct password_reset {
    struct new_password new_password;
    struct store_user user;
};

static void keep_reset(struct new_password *new_password, struct session *session)
{
    struct password_reset *reset = CONTAINER_OF(new_password, struct password_reset, new_password);
    struct response *response = new_password->response;
    if (!begin_with_target(new_password->call, session, response, &reset->user))
        return;
    enum store_result result = new_password_set(new_password, session, &reset->user, SPAN_EMPTY);
    if (result == STORE_OK)
        result = session_commit(session);
    if (result == STORE_OK) {
        new_password_counts(new_password, &reset->user);
        return;
    }
    response_store_problem(response, result);
    session_rollback(session);
}

enum handled route_user_reset_password(const struct request *request, struct response *response,
                                       struct call *call)
{
    struct password_reset *reset = ARENA_NEW(call->arena, struct password_reset);
    struct value password;
    call->audit.details = SPAN("{\"changed\":\"password\"}");
    if (read_body("PasswordReset", request, response, call, &password) != 0)
        return HANDLED;
    struct session *session = call_session(call, response);
    if (!session || !find_target(call, session, response, &reset->user))
        return HANDLED;
    reset->new_password = (struct new_password){
        .call = call, .response = response, .password = password.text, .keep = keep_reset};
    return new_password_start(&reset->new_password);
}

/* Lives in the call's arena. */
struct user_creation {
    struct new_password new_password;
    struct new_user user;
};

static void keep_user(struct new_password *new_password, struct session *session)
{
    struct user_creation *creation = CONTAINER_OF(new_password, struct user_creation, new_password);
    struct call *call = new_password->call;
    char now[32];
    int64_t id;
    creation->user.hash = new_password->hash;
    creation->user.now = span_cstr(store_time_text(call->app->wall(), now));
    enum store_result result = users_add(session, &creation->user, &id);
    if (result == STORE_DUPLICATE) {
        response_problem(new_password->response, 400,
                         "A user with this name or e-mail address exists already");
    } else if (result != STORE_OK) {
        response_store_problem(new_password->response, result);
    } else {
        call->audit.resource_id = id;
        answer_user(new_password->response, session, id, 201);
    }
}

enum handled route_user_create(const struct request *request, struct response *response,
                               struct call *call)
{
    struct user_creation *creation = ARENA_NEW(call->arena, struct user_creation);
    struct value values[BODY_VALUES_MAX];
    if (read_body("NewUser", request, response, call, values) != 0)
        return HANDLED;
    creation->user = (struct new_user){
        .username = arena_dup(call->arena, values[NEW_USERNAME].text),
        .email = arena_dup(call->arena, values[NEW_EMAIL].text),
        .full_name = arena_dup(call->arena, values[NEW_FULL_NAME].text),
        .role = arena_dup(call->arena, values[NEW_ROLE].text),
    };
    call->audit.details =
        span_cstr(arena_printf(call->arena, "{\"role\":\"%s\"}", creation->user.role));
    if (!may_touch(call, creation->user.role, response))
        return HANDLED;
    creation->new_password = (struct new_password){.call = call,
                                                   .response = response,
                                                   .password = values[NEW_PASSWORD].text,
                                                   .keep = keep_user};
    return new_password_start(&creation->new_password);
}
