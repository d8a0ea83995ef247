/* SPDX-License-Identifier: Apache-2.0
 *
 * Method names and the bodies of refusals.
 */
#include "keneyapp/http/message.h"

#include "keneyapp/cache/cache.h"
#include "keneyapp/model/json.h"

static const char *const METHOD_NAMES[HTTP_METHODS] = {
    [HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
    [HTTP_PUT] = "PUT",         [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
    [HTTP_OPTIONS] = "OPTIONS", [HTTP_OTHER] = "OTHER",
};

enum http_method http_method_of(struct span name)
{
    for (int method = 0; method < HTTP_OTHER; method++)
        if (span_equal(name, span_cstr(METHOD_NAMES[method])))
            return (enum http_method)method;
    return HTTP_OTHER;
}

const char *http_method_name(enum http_method method)
{
    return METHOD_NAMES[method];
}

const char *const *http_method_names(void)
{
    return METHOD_NAMES;
}

void response_problem(struct response *response, unsigned status, const char *detail)
{
    response->status = status;
    response->content_type = "application/json";
    response->encoding = NULL;
    response->cache_control = response->location = response->disposition = NULL;
    response->etag[0] = '\0';
    response->cache_control = NULL;
    response->location = NULL;
    response->disposition = NULL;
    cached_unref(&response->cached);
    strbuf_reset(&response->body);
    strbuf_adds(&response->body, "{\"detail\":");
    json_add_text(&response->body, span_cstr(detail));
    strbuf_addc(&response->body, '}');
}

void response_busy(struct response *response, const char *detail)
{
    response_problem(response, 503, detail);
    response->retry_after_s = 1;
}

void response_unauthorized(struct response *response, const char *detail)
{
    response_problem(response, 401, detail);
    response->authenticate = true;
}

void response_invalid(struct response *response, const struct complaints *complaints)
{
    response->status = 422;
    strbuf_reset(&response->body);
    strbuf_adds(&response->body, "{\"detail\":[");
    strbuf_add_span(&response->body, strbuf_span(&complaints->items));
    strbuf_adds(&response->body, "]}");
}

void response_store_problem(struct response *response, enum store_result result)
{
    if (result == STORE_BAD_REFERENCE)
        response_problem(response, 422, "A row that is referred to does not exist");
    else if (result == STORE_DUPLICATE)
        response_problem(response, 400, "A row with these values exists already");
    else if (result == STORE_CONFLICT)
        response_problem(response, 409, "The doctor has another appointment at that time");
    else if (result == STORE_FULL)
        response_problem(response, 507, "The disk is full");
    else if (result == STORE_BUSY)
        response_busy(response, "The server is busy: no database connection came free");
    else if (result == STORE_UNAVAILABLE)
        response_busy(response, "The database cannot be reached");
    else
        response_problem(response, 500, "Internal server error");
}
