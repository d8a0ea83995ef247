/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists, single rows and new rows of any entity: the field tables do the rest.
 */
#include <stdio.h>

#include "keneyapp/app.h"
#include "keneyapp/http/call.h"
#include "keneyapp/http/query.h"
#include "keneyapp/model/json.h"
#include "keneyapp/model/validate.h"
#include "keneyapp/routes/routes.h"

enum {
    ROW_BYTES_EXPECTED = 640, /* for the first allocation of a list */
};

struct listing {
    struct strbuf *out;
    bool begun;
};

static void add_item(void *context, const struct entity *entity, const struct value *row)
{
    struct listing *listing = context;
    if (listing->begun)
        strbuf_addc(listing->out, ',');
    listing->begun = true;
    json_add_row(listing->out, entity, row);
}

static enum store_result write_page(struct strbuf *out, struct session *session,
                                    enum entity_id entity, const struct page *page)
{
    struct listing listing = {.out = out};
    struct list_query query = {.skip = page->skip, .limit = page->limit};
    int64_t total;
    enum store_result result = session_count(session, entity, &total);
    if (result != STORE_OK)
        return result;
    int64_t rows = total > page->skip ? MIN_OF(total - page->skip, page->limit) : 0;
    strbuf_reserve(out, 128 + (size_t)rows * ROW_BYTES_EXPECTED);
    strbuf_adds(out, "{\"items\":[");
    result = session_list(session, entity, &query, add_item, &listing, NULL);
    strbuf_adds(out, "],\"total\":");
    json_add_int(out, total);
    strbuf_adds(out, ",\"skip\":");
    json_add_int(out, page->skip);
    strbuf_adds(out, ",\"limit\":");
    json_add_int(out, page->limit);
    strbuf_addc(out, '}');
    return result;
}

enum handled route_list(const struct request *request, struct response *response, struct call *call)
{
    AUTO(complaints_done) struct complaints complaints;
    struct page page;
    complaints_init(&complaints);
    if (query_page(request->query, call->arena, &page, &complaints) != 0) {
        response_invalid(response, &complaints);
        return HANDLED;
    }
    snprintf(call->audit.details, sizeof(call->audit.details), "{\"skip\":%lld,\"limit\":%lld}",
             (long long)page.skip, (long long)page.limit);
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result result = write_page(&response->body, session, call->entity, &page);
    if (result != STORE_OK)
        response_store_problem(response, result);
    return HANDLED;
}

static void add_row(void *context, const struct entity *entity, const struct value *row)
{
    json_add_row(context, entity, row);
}

static void write_row(struct response *response, struct call *call, int64_t id)
{
    char sentence[64];
    struct session *session = call_session(call, response);
    if (!session)
        return;
    enum store_result result = session_get(session, call->entity, id, add_row, &response->body);
    if (result == STORE_NOT_FOUND) {
        snprintf(sentence, sizeof(sentence), "%s not found", entity_get(call->entity)->label);
        response_problem(response, 404, sentence);
    } else if (result != STORE_OK) {
        response_store_problem(response, result);
    }
}

enum handled route_get(const struct request *request, struct response *response, struct call *call)
{
    write_row(response, call, call->path_id);
    return HANDLED;
}

static void refuse_insert(struct response *response, const struct call *call,
                          enum store_result result)
{
    if (result == STORE_DUPLICATE && call->entity == ENTITY_PATIENTS)
        response_problem(response, 400, "A patient with this email exists already");
    else
        response_store_problem(response, result);
}

enum handled route_create(const struct request *request, struct response *response,
                          struct call *call)
{
    AUTO(complaints_done) struct complaints complaints;
    struct value row[ENTITY_FIELDS_MAX];
    char now[32];
    int64_t id;
    complaints_init(&complaints);
    struct validation validation = {
        .now = span_cstr(store_time_text(call->app->wall(), now)),
        .arena = call->arena,
        .complaints = &complaints,
    };
    if (validate_new_row(&validation, entity_get(call->entity), strbuf_span(&request->body), row) !=
        0) {
        response_invalid(response, &complaints);
        return HANDLED;
    }
    struct session *session = call_session(call, response);
    if (!session)
        return HANDLED;
    enum store_result result = session_insert(session, call->entity, row, 1, &id);
    if (result != STORE_OK) {
        refuse_insert(response, call, result);
        return HANDLED;
    }
    call->audit.resource_id = id;
    response->status = 201;
    write_row(response, call, id);
    return HANDLED;
}
