/* SPDX-License-Identifier: Apache-2.0
 *
 * Route matching: a walk over a table of a dozen rows, segment by segment.
 */
#include "keneyapp/http/router.h"

#include <stdio.h>

static bool matches(struct span pattern, struct span path, struct span *ret_id)
{
    while (pattern.len && path.len) {
        struct span want = span_cut(pattern, '/', &pattern);
        struct span have = span_cut(path, '/', &path);
        if (span_equal(want, SPAN("{id}")) && have.len)
            *ret_id = have;
        else if (!span_equal(want, have))
            return false;
    }
    return pattern.len == 0 && path.len == 0;
}

static void add_allowed(struct route_match *match, enum http_method method)
{
    size_t len = strlen(match->allowed);
    snprintf(match->allowed + len, sizeof(match->allowed) - len, "%s%s", len ? ", " : "",
             method == HTTP_GET ? "GET, HEAD" : http_method_name(method));
}

void router_match(const struct route *routes, size_t count, enum http_method method,
                  struct span path, struct route_match *ret_match)
{
    *ret_match = (struct route_match){0};
    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    if (method == HTTP_HEAD)
        method = HTTP_GET;
    for (size_t i = 0; i < count; i++) {
        struct span id = SPAN_EMPTY;
        if (!matches(span_cstr(routes[i].pattern), path, &id))
            continue;
        if (routes[i].method == method) {
            *ret_match = (struct route_match){.route = &routes[i], .id = id};
            return;
        }
        add_allowed(ret_match, routes[i].method);
    }
}
