/* SPDX-License-Identifier: Apache-2.0
 *
 * Single rows of any entity: read, made, changed, removed. The field tables do the rest.
 */
#include "keneyapp/routes/entities.h"

#include <stdio.h>

#include "keneyapp/app.h"
#include "keneyapp/http/call.h"
#include "keneyapp/model/appointment.h"
#include "keneyapp/model/json.h"
#include "keneyapp/model/moment.h"
#include "keneyapp/routes/family.h"
#include "keneyapp/routes/routes.h"

struct validation entities_validation(struct call *call, struct complaints *complaints)
{
    char *now = arena_alloc(call->arena, MOMENT_BYTES);
    complaints_init(complaints);
    return (struct validation){
        .now = span_cstr(store_time_text(call->app->wall(), now)),
        .arena = call->arena,
        .complaints = complaints,
    };
}

bool entities_read_query(const struct request *request, struct response *response,
                         struct call *call, struct parameters *ret)
{
    AUTO(complaints_done) struct complaints complaints;
    struct validation validation = entities_validation(call, &complaints);
    if (query_read(&validation, call->route->query, entity_get(call->entity), request->query,
                   ret) == 0)
        return true;
    response_invalid(response, &complaints);
    return false;
}

bool entities_may_include(const struct call *call, unsigned members, struct response *response)
{
    if (!(members & FAMILY_PRESCRIPTIONS) ||
        role_of(call->user.role) & (ROLES_CLINICAL | ROLE_SUPER_ADMIN))
        return true;
    response_problem(response, 403, "Not enough permissions");
    return false;
}

void entities_refuse(struct response *response, enum entity_id entity, enum store_result result)
{
    char sentence[64];
    if (result == STORE_NOT_FOUND) {
        snprintf(sentence, sizeof(sentence), "%s not found", entity_get(entity)->label);
        response_problem(response, 404, sentence);
    } else if (result == STORE_DUPLICATE && entity == ENTITY_PATIENTS) {
        response_problem(response, 400, "A patient with this email exists already");
    } else {
        response_store_problem(response, result);
    }
}

static enum entity_id entity_of_table(const char *table)
{
    int id = 0;
    while (id < ENTITY_COUNT - 1 && strcmp(entity_get((enum entity_id)id)->table, table) != 0)
        id++;
    return (enum entity_id)id;
}

/* STORE_BAD_REFERENCE for a user of this clinic who is no doctor, or is not active. */
static enum store_result find_doctor(struct session *session, int64_t id)
{
    struct store_user user;
    enum store_result result = session_user_by_id(session, id, &user);
    if (result != STORE_OK)
        return result;
    if (user.tenant_id != session->tenant_id)
        return STORE_NOT_FOUND;
    return user.is_active && role_of(user.role) == ROLE_DOCTOR ? STORE_OK : STORE_BAD_REFERENCE;
}

/* STORE_OK also when the row has no doctor. */
static enum store_result find_doctor_of(struct session *session, const struct entity *entity,
                                        const struct value *row)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        if (!(entity->fields[i].flags & FIELD_DOCTOR))
            continue;
        enum store_result result = find_doctor(session, row[i].number);
        return result == STORE_NOT_FOUND ? STORE_BAD_REFERENCE : result;
    }
    return STORE_OK;
}

static void complain_of_reference(struct session *session, const struct field *field, int64_t id,
                                  struct complaints *complaints)
{
    enum entity_id other = entity_of_table(field->references);
    enum store_result result =
        field->flags & FIELD_DOCTOR ? find_doctor(session, id) : session_find(session, other, id);
    if (result == STORE_NOT_FOUND)
        complaints_addf(complaints, "body", field->name, "value_error",
                        "Value error, %s %lld does not exist", entity_get(other)->label,
                        (long long)id);
    else if (result == STORE_BAD_REFERENCE)
        complaints_addf(complaints, "body", field->name, "value_error",
                        "Value error, user %lld is not an active doctor", (long long)id);
}

static void complain_of_references(struct session *session, const struct entity *entity,
                                   const struct value *row, uint64_t mask,
                                   struct complaints *complaints)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct field *field = &entity->fields[i];
        if (field->references && !(field->flags & FIELD_SERVER) && mask >> i & 1)
            complain_of_reference(session, field, row[i].number, complaints);
    }
}

/* entities_refuse() for a row that was not written; tells which of the rows that `row` refers to
 * does not exist. `mask` has a bit per field that `row` brings. */
static void refuse_row(struct session *session, struct response *response, enum entity_id entity,
                       enum store_result result, const struct value *row, uint64_t mask)
{
    AUTO(complaints_done) struct complaints complaints;
    complaints_init(&complaints);
    if (result == STORE_BAD_REFERENCE)
        complain_of_references(session, entity_get(entity), row, mask, &complaints);
    if (complaints.count)
        response_invalid(response, &complaints);
    else
        entities_refuse(response, entity, result);
}

static void add_row(void *context, const struct entity *entity, const struct value *row)
{
    json_add_row(context, entity, row);
}

static void answer_row(struct response *response, struct call *call, struct session *session,
                       int64_t id)
{
    enum store_result result = session_get(session, call->entity, id, add_row, &response->body);
    if (result != STORE_OK)
        entities_refuse(response, call->entity, result);
}

static void answer_family(struct response *response, struct call *call, struct session *session,
                          unsigned members)
{
    AUTO(family_free) struct family *family = family_new();
    enum store_result result =
        session_get(session, call->entity, call->path_id, family_add, family);
    if (result == STORE_OK)
        result = family_read(family, session, members, call->app->without_eager);
    if (result == STORE_OK)
        family_write(family, &response->body);
    else
        entities_refuse(response, call->entity, result);
}

enum handled route_get(const struct request *request, struct response *response, struct call *call)
{
    unsigned members = 0;
    struct parameters parameters;
    if (call->route->query) {
        if (!entities_read_query(request, response, call, &parameters))
            return HANDLED;
        members = (unsigned)parameters_value(&parameters, "include")->number;
    }
    struct session *session = NULL;
    if (entities_may_include(call, members, response))
        session = call_session(call, response);
    if (!session)
        return HANDLED;
    if (members)
        answer_family(response, call, session, members);
    else
        answer_row(response, call, session, call->path_id);
    return HANDLED;
}

/* The doctor is looked at before, outside of a transaction: if they leave at this very moment, it
 * is as if the row had been made just before that, and rows stay when their doctor leaves. */
static enum store_result insert(struct session *session, enum entity_id id, const struct value *row,
                                int64_t *ret_id)
{
    enum store_result result = find_doctor_of(session, entity_get(id), row);
    return result == STORE_OK ? session_insert(session, id, row, 1, ret_id) : result;
}

enum handled route_create(const struct request *request, struct response *response,
                          struct call *call)
{
    AUTO(complaints_done) struct complaints complaints;
    struct value row[ENTITY_FIELDS_MAX];
    int64_t id;
    struct validation validation = entities_validation(call, &complaints);
    if (validate_new_row(&validation, entity_get(call->entity), strbuf_span(&request->body), row) !=
        0) {
        response_invalid(response, &complaints);
        return HANDLED;
    }
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result result = insert(session, call->entity, row, &id);
    if (result != STORE_OK) {
        refuse_row(session, response, call->entity, result, row, UINT64_MAX);
        return HANDLED;
    }
    call->audit.resource_id = id;
    response->status = 201;
    response->location = arena_printf(call->arena, "%s/%lld", call->route->pattern, (long long)id);
    answer_row(response, call, session, id);
    return HANDLED;
}

/* The changes of one row, and what they are checked against. */
struct change {
    const struct entity *entity;
    struct value row[ENTITY_FIELDS_MAX];
    uint64_t mask;
    struct complaints *complaints;
    const char *conflict; /* in the call's arena; NULL: none */
    struct arena *arena;
};

static bool same(const struct value *a, const struct value *b)
{
    return a->kind == b->kind &&
           (a->kind == VALUE_TEXT ? span_equal(a->text, b->text) : a->number == b->number);
}

static void check_status(struct change *change, const struct value *now, const struct value *next)
{
    if (appointment_may_become(now->text, next->text))
        return;
    change->conflict = arena_printf(change->arena, "An appointment that is %.*s cannot become %.*s",
                                    SPAN_ARG(now->text), SPAN_ARG(next->text));
}

/* Against the row as it is. A fixed field may come along if it is what it was: clients send whole
 * rows back. */
static void check_change(void *context, const struct entity *entity, const struct value *row)
{
    struct change *change = context;
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct field *field = &entity->fields[i];
        if (!(change->mask >> i & 1))
            continue;
        if (field->flags & FIELD_FIXED && !same(&row[i], &change->row[i]))
            complaints_add(change->complaints, "body", field->name, "frozen_field",
                           "Field is frozen");
        if (field->flags & FIELD_FIXED)
            change->mask &= ~(UINT64_C(1) << i);
        else if (field->choices == APPOINTMENT_STATUSES)
            check_status(change, &row[i], &change->row[i]);
    }
}

/* Whether the row as it is has a say in this change. */
static bool depends_on_row(const struct change *change)
{
    for (size_t i = 0; i < change->entity->field_count; i++) {
        const struct field *field = &change->entity->fields[i];
        if (change->mask >> i & 1 &&
            (field->flags & FIELD_FIXED || field->choices == APPOINTMENT_STATUSES))
            return true;
    }
    return false;
}

/* `updated_at` changes with everything else, never alone. */
static void stamp(struct change *change, struct span now)
{
    int field = entity_field(change->entity, SPAN("updated_at"));
    if (!change->mask)
        return;
    change->row[field] = value_text(now);
    change->mask |= UINT64_C(1) << field;
}

/* Look and write are one transaction where the row as it is counts. STORE_OK also when nothing was
 * to be written, or must not be: then there are complaints or a conflict. */
static enum store_result apply(struct session *session, struct call *call, struct change *change,
                               struct span now)
{
    bool look = depends_on_row(change);
    enum store_result result = look ? session_begin(session) : STORE_OK;
    if (result == STORE_OK && look)
        result = session_get(session, call->entity, call->path_id, check_change, change);
    bool good = result == STORE_OK && !change->complaints->count && !change->conflict;
    stamp(change, now);
    if (good && change->mask)
        result =
            session_update(session, call->entity, &call->path_id, change->row, &change->mask, 1);
    if (look && good && result == STORE_OK)
        return session_commit(session);
    if (look)
        session_rollback(session);
    return result;
}

static void change_row(struct call *call, struct response *response, struct change *change,
                       struct span now)
{
    struct session *session = call_session(call, response);
    if (!session)
        return;
    enum store_result result = apply(session, call, change, now);
    if (result != STORE_OK)
        refuse_row(session, response, call->entity, result, change->row, change->mask);
    else if (change->complaints->count)
        response_invalid(response, change->complaints);
    else if (change->conflict)
        response_problem(response, 409, change->conflict);
    else
        answer_row(response, call, session, call->path_id);
}

enum handled route_update(const struct request *request, struct response *response,
                          struct call *call)
{
    AUTO(complaints_done) struct complaints complaints;
    struct validation validation = entities_validation(call, &complaints);
    struct change change = {
        .entity = entity_get(call->entity), .complaints = &complaints, .arena = call->arena};
    if (validate_changes(&validation, change.entity, strbuf_span(&request->body), change.row,
                         &change.mask) != 0)
        response_invalid(response, &complaints);
    else
        change_row(call, response, &change, validation.now);
    return HANDLED;
}

enum handled route_remove(const struct request *request, struct response *response,
                          struct call *call)
{
    size_t removed = 0;
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result result = session_remove(session, call->entity, &call->path_id, 1, &removed);
    if (result == STORE_OK && !removed)
        result = STORE_NOT_FOUND;
    if (result == STORE_OK)
        response->status = 204;
    else
        entities_refuse(response, call->entity, result);
    return HANDLED;
}
