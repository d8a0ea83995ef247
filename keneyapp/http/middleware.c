/* SPDX-License-Identifier: Apache-2.0
 *
 * Token, user, role, path, handler, audit: in this order.
 */
#include "keneyapp/http/middleware.h"

#include "keneyapp/app.h"
#include "keneyapp/auth/access.h"
#include "keneyapp/telemetry/audit.h"

/* The role is the user's of now, not the token's of then. */
static bool authorize(const struct route *route, struct response *response, struct call *call)
{
    if (role_of(call->user.role) & (route->roles | ROLE_SUPER_ADMIN))
        return true;
    response_problem(response, 403, "Not enough permissions");
    return false;
}

static bool read_path_id(const struct route *route, struct span id, struct response *response,
                         struct call *call)
{
    uint64_t number;
    if (!id.ptr || span_to_u64(id, INT64_MAX, &number) == 0) {
        call->path_id = id.ptr ? (int64_t)number : 0;
        return true;
    }
    AUTO(complaints_done) struct complaints complaints;
    complaints_init(&complaints);
    complaints_add(&complaints, "path", route->id_name, "int_parsing",
                   "Input should be a valid integer, unable to parse string as an integer");
    response_invalid(response, &complaints);
    return false;
}

enum handled middleware_run(const struct route *route, struct span id,
                            const struct request *request, struct response *response,
                            struct call *call)
{
    call->route = route;
    call->entity = route->entity;
    if (route->roles &&
        (!access_check(request, response, call) || !authorize(route, response, call)))
        return HANDLED;
    if (!read_path_id(route, id, response, call))
        return HANDLED;
    return route->handle(request, response, call);
}

void middleware_audit(const struct route *route, const struct request *request,
                      const struct response *response, struct call *call)
{
    const struct audit_row *row = &call->audit;
    /* Strangers leave no rows, or anyone could fill the disk; wrong passwords do. */
    bool stranger = route->roles && response->status == 401;
    bool named = row->username[0] != '\0';
    if (!route->action || stranger)
        return;
    const struct audit_entry entry = {
        .wall_ns = call->app->wall(),
        .user_id = named ? row->user_id : call->user.id,
        .resource_id = row->resource_id ? row->resource_id : call->path_id,
        .action = route->action,
        .resource_type = route->resource,
        .username = span_cstr(named ? row->username : call->user.username),
        .ip_address = span_cstr(request->peer),
        .user_agent = request->user_agent,
        .correlation_id = span_cstr(request->correlation_id),
        .details = span_cstr(row->details),
        .success = response->status < 400,
        .signed_in = row->signed_in,
    };
    audit_writer_add(call->app->audit, &entry, NULL);
}
