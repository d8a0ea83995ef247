/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists: {items, total, skip, limit}, and all prescriptions of a patient as a plain array.
 */
#include <stdio.h>

#include "keneyapp/app.h"
#include "keneyapp/http/call.h"
#include "keneyapp/model/json.h"
#include "keneyapp/routes/entities.h"
#include "keneyapp/routes/family.h"
#include "keneyapp/routes/listing.h"
#include "keneyapp/routes/routes.h"

enum {
    ROW_BYTES_EXPECTED = 640, /* for the first allocation of a list */
};

/* Rows, or rows with their children. */
static enum store_result write_items(struct call *call, struct session *session,
                                     const struct list_query *query, unsigned members,
                                     struct strbuf *out, int64_t *ret_total)
{
    struct listing listing = {.out = out};
    AUTO(family_free) struct family *family = NULL;
    if (!members)
        return session_list(session, call->entity, query, listing_add, &listing, ret_total);
    family = family_new();
    enum store_result result =
        session_list(session, call->entity, query, family_add, family, ret_total);
    if (result == STORE_OK)
        result = family_read(family, session, members, call->app->without_eager);
    if (result == STORE_OK)
        family_write(family, out);
    return result;
}

static void add_number(struct strbuf *out, const char *name, int64_t number)
{
    strbuf_addf(out, ",\"%s\":", name);
    json_add_int(out, number);
}

static void write_page(struct call *call, struct response *response,
                       const struct parameters *parameters, unsigned members)
{
    struct strbuf *out = &response->body;
    struct list_query query;
    int64_t total;
    struct session *session = call_session(call, response);
    if (!session)
        return;
    listing_query(entity_get(call->entity), parameters, &query);
    int64_t limit = query.limit;
    strbuf_reserve(out, 128 + (size_t)MIN_OF(limit, PAGE_LIMIT_DEFAULT) * ROW_BYTES_EXPECTED);
    if (call->app->without_pagination) {
        query.skip = 0;
        query.limit = -1;
    }
    strbuf_adds(out, "{\"items\":[");
    enum store_result result = write_items(call, session, &query, members, out, &total);
    strbuf_adds(out, "]");
    add_number(out, "total", total);
    add_number(out, "skip", query.skip);
    add_number(out, "limit", limit);
    strbuf_addc(out, '}');
    if (result != STORE_OK)
        response_store_problem(response, result);
}

enum handled route_list(const struct request *request, struct response *response, struct call *call)
{
    struct parameters parameters;
    if (!entities_read_query(request, response, call, &parameters))
        return HANDLED;
    unsigned members = (unsigned)parameters_value(&parameters, "include")->number;
    if (!entities_may_include(call, members, response))
        return HANDLED;
    call->audit.details = span_cstr(
        arena_printf(call->arena, "{\"skip\":%lld,\"limit\":%lld%s}",
                     (long long)parameters_value(&parameters, "skip")->number,
                     (long long)parameters_value(&parameters, "limit")->number,
                     parameters_value(&parameters, "search")->text.len ? ",\"search\":true" : ""));
    write_page(call, response, &parameters, members);
    return HANDLED;
}

/* The path's id is a patient's; the route's entity what is listed. */
enum handled route_list_of_patient(const struct request *request, struct response *response,
                                   struct call *call)
{
    struct listing listing = {.out = &response->body};
    struct list_query query = {
        .limit = -1,
        .filters = {{.field = entity_field(entity_get(call->entity), SPAN("patient_id")),
                     .kind = FILTER_EQUAL,
                     .value = value_int(call->path_id)}},
        .filter_count = 1,
    };
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result result = session_find(session, ENTITY_PATIENTS, call->path_id);
    strbuf_addc(&response->body, '[');
    if (result == STORE_OK)
        result = session_list(session, call->entity, &query, listing_add, &listing, NULL);
    strbuf_addc(&response->body, ']');
    if (result != STORE_OK)
        entities_refuse(response, ENTITY_PATIENTS, result);
    return HANDLED;
}
