/* SPDX-License-Identifier: Apache-2.0
 *
 * Token, user, role, rate, path, kept answer, handler, audit: in this order, once from memory alone
 * and, when that is not enough, again with all that may wait.
 */
#include "keneyapp/http/middleware.h"

#include <assert.h>
#include <stdio.h>

#include "keneyapp/app.h"
#include "keneyapp/auth/access.h"
#include "keneyapp/http/answer.h"
#include "keneyapp/http/rate_limits.h"
#include "keneyapp/jobs/refresher.h"
#include "keneyapp/telemetry/audit.h"

/* The role is the user's of now, not the token's of then. */
static bool authorize(const struct route *route, struct response *response, struct call *call)
{
    if (role_of(call->user.role) & (route->roles | ROLE_SUPER_ADMIN))
        return true;
    response_problem(response, 403, "Not enough permissions");
    return false;
}

/* What cannot be audited is not done; that leaves no row either: the room is for those who asked
 * before. */
static bool can_audit(const struct route *route, struct response *response, struct call *call)
{
    if (!route->action || audit_writer_has_room(call->app->audit))
        return true;
    call->is_unaudited = true;
    response_busy(response, "The audit log cannot be written fast enough");
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

/* Counted once per request, whichever thread asks first. */
static bool within_rate(const struct route *route, const struct request *request,
                        struct response *response, struct call *call)
{
    if (call->is_counted || !route->rate_per_minute)
        return true;
    call->is_counted = true;
    unsigned wait_s = rate_limits_check(call->app->limits, request->peer, call->route_index,
                                        route->rate_per_minute);
    if (wait_s)
        rate_limits_refuse(response, route->rate_per_minute, wait_s);
    return !wait_s;
}

static bool is_kept(const struct route *route, const struct call *call)
{
    return route->ttl_s && route->method == HTTP_GET && call->app->cache;
}

/* The figures of the dashboard follow no write: they are of the last time that they were counted.
 */
static uint64_t edition_of(const struct route *route, const struct app *app)
{
    return route->of_figures && app->refresher ? refresher_edition(app->refresher) : 0;
}

static void describe(const struct route *route, const struct request *request,
                     const struct call *call, struct cache_request *ret)
{
    enum encoding encoding = answer_encoding(call->app, request);
    const char *coding = encoding_name(encoding);
    *ret = (struct cache_request){
        .route = call->route_index,
        .tenant = call->user.tenant_id,
        .role = call->user.role,
        .coding = coding ? coding : "identity",
        .path = request->path,
        .query = request->query,
        .entities = route_entities(route, request->query),
        .edition = edition_of(route, call->app),
        .ttl_ns = (nsec_t)route->ttl_s * NSEC_PER_SEC,
    };
}

static void use_kept(const struct request *request, struct response *response, struct call *call,
                     struct cached *cached)
{
    call->audit.details = SPAN("{\"cached\":true}");
    answer_from_cache(call->app, request, response, cached);
}

static bool peek_kept(const struct route *route, const struct request *request,
                      struct response *response, struct call *call)
{
    struct cache_request wanted;
    if (!is_kept(route, call))
        return false;
    describe(route, request, call, &wanted);
    struct cached *cached = cache_peek(call->app->cache, &wanted);
    call->timing.cache = cached ? TIMING_CACHE_MEMORY : TIMING_CACHE_MISS;
    if (cached)
        use_kept(request, response, call, cached);
    return cached != NULL;
}

static enum access peek_access(const struct request *request, struct call *call,
                               const char **ret_why)
{
    struct clock *clock = call->app->clock;
    nsec_t begun = clock_now(clock);
    enum access access = access_peek(call->app, request->authorization, &call->user, ret_why);
    call->timing.auth_ns = clock_now(clock) - begun;
    return access;
}

enum admission middleware_admit(const struct route *route, struct span id,
                                const struct request *request, struct response *response,
                                struct call *call)
{
    const char *why;
    enum access access = ACCESS_KNOWN;
    call->route = route;
    call->entity = route->entity;
    if (route->roles)
        access = peek_access(request, call, &why);
    if (access == ACCESS_REFUSED) {
        response_unauthorized(response, why);
        return ADMISSION_ANSWERED;
    }
    if (!can_audit(route, response, call))
        return ADMISSION_ANSWERED;
    if (access == ACCESS_UNKNOWN)
        return ADMISSION_WAIT;
    if ((route->roles && !authorize(route, response, call)) ||
        !within_rate(route, request, response, call) || !read_path_id(route, id, response, call) ||
        peek_kept(route, request, response, call))
        return ADMISSION_ANSWERED;
    if (!route->inlined)
        return ADMISSION_WAIT;
    route->handle(request, response, call);
    return ADMISSION_ANSWERED;
}

/* Handlers of kept answers are done when they return. */
static enum handled run_kept(const struct route *route, const struct request *request,
                             struct response *response, struct call *call)
{
    struct cache_request wanted;
    struct cached *cached;
    struct flight *flight;
    describe(route, request, call, &wanted);
    if (cache_begin(call->app->cache, &wanted, &cached, &flight) == CACHE_HIT) {
        call->timing.cache = TIMING_CACHE_SHARED;
        use_kept(request, response, call, cached);
        return HANDLED;
    }
    enum handled handled = route->handle(request, response, call);
    assert(handled == HANDLED);
    answer_keep(call->app, request, response, &flight);
    return handled;
}

enum handled middleware_run(const struct route *route, struct span id,
                            const struct request *request, struct response *response,
                            struct call *call)
{
    if (route->roles &&
        (!access_check(request, response, call) || !authorize(route, response, call)))
        return HANDLED;
    if (!within_rate(route, request, response, call) || !read_path_id(route, id, response, call))
        return HANDLED;
    return is_kept(route, call) ? run_kept(route, request, response, call)
                                : route->handle(request, response, call);
}

/* What failed on our side may have been written all the same: of a commit whose answer was lost
 * nobody knows. */
static bool may_have_written(const struct route *route, const struct response *response)
{
    return route->method != HTTP_GET && route->entities &&
           (response->status < 400 || response->status >= 500);
}

void middleware_finish(const struct route *route, const struct request *request,
                       struct response *response, struct call *call)
{
    const struct app *app = call->app;
    if (app->cache && may_have_written(route, response))
        cache_invalidate(app->cache, call->user.tenant_id, route->entities);
    nsec_t begun = clock_now(app->clock);
    answer_finish(app, request, response);
    call->timing.render_ns = clock_now(app->clock) - begun;
}

bool middleware_audit(const struct route *route, const struct request *request,
                      struct response *response, struct call *call, struct audit_waiter *waiter)
{
    struct audit_writer *audit = call->app->audit;
    const struct audit_row *row = &call->audit;
    /* Strangers leave no rows, or anyone could fill the disk; wrong passwords do. */
    bool stranger = route->roles && response->status == 401;
    bool named = row->username[0] != '\0';
    if (!route->action || stranger || call->is_unaudited)
        return false;
    const struct audit_entry entry = {
        .wall_ns = call->app->wall(),
        .tenant_id = named ? row->tenant_id : call->user.tenant_id,
        .user_id = named ? row->user_id : call->user.id,
        .resource_id = row->resource_id ? row->resource_id : call->path_id,
        .action = route->action,
        .resource_type = route->resource,
        .username = span_cstr(named ? row->username : call->user.username),
        .ip_address = span_cstr(request->peer),
        .user_agent = request->user_agent,
        .correlation_id = span_cstr(request->correlation_id),
        .details = row->details,
        .success = response->status < 400,
        .signed_in = row->signed_in,
    };
    bool waits = audit_writer_is_strict(audit);
    if (audit_writer_add(audit, &entry, waits ? waiter : NULL))
        return waits;
    if (waits)
        response_busy(response, "The audit log cannot be written");
    return false;
}
