/* SPDX-License-Identifier: Apache-2.0
 *
 * Route matching: a walk over a table of some dozen rows. Literal patterns, the busiest ones, are
 * one comparison; the others are compared by segment.
 */
#include "keneyapp/http/router.h"

#include <stdio.h>

static bool is_id_segment(struct span segment)
{
    return segment.len > 2 && segment.ptr[0] == '{' && segment.ptr[segment.len - 1] == '}';
}

static bool matches_segments(struct span pattern, struct span path, struct span *ret_id)
{
    while (pattern.len && path.len) {
        struct span want = span_cut(pattern, '/', &pattern);
        struct span have = span_cut(path, '/', &path);
        if (is_id_segment(want) && have.len)
            *ret_id = have;
        else if (!span_equal(want, have))
            return false;
    }
    return pattern.len == 0 && path.len == 0;
}

static bool matches(const char *pattern, struct span path, struct span *ret_id)
{
    const char *brace = strchr(pattern, '{');
    if (!brace)
        return span_equal(span_cstr(pattern), path);
    size_t fixed = (size_t)(brace - pattern);
    return path.len > fixed && memcmp(pattern, path.ptr, fixed) == 0 &&
           matches_segments(span_cstr(brace), span_from(path, fixed), ret_id);
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
        if (!matches(routes[i].pattern, path, &id))
            continue;
        if (routes[i].method == method) {
            *ret_match = (struct route_match){.route = &routes[i], .id = id};
            return;
        }
        add_allowed(ret_match, routes[i].method);
    }
}

/* A name may be escaped: any escape counts as `include`, which is never wrong. */
unsigned route_entities(const struct route *route, struct span query)
{
    bool included = query.len && (memmem(query.ptr, query.len, "include", 7) ||
                                  memchr(query.ptr, '%', query.len));
    return route->entities | (included ? route->entities_included : 0);
}
