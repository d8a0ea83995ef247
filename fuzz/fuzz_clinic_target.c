/* SPDX-License-Identifier: Apache-2.0
 *
 * Request targets of the clinic: path to route, query to page. What is accepted is in bounds.
 */
#include "fuzz/fuzz.h"
#include "keneyapp/http/query.h"
#include "keneyapp/routes/routes.h"

static void check_page(struct span query)
{
    AUTO(complaints_done) struct complaints complaints;
    AUTO(arena_done) struct arena arena;
    struct page page;
    complaints_init(&complaints);
    arena_init(&arena, 1024);
    if (query_page(query, &arena, &page, &complaints) == 0)
        FUZZ_CHECK(page.skip >= 0 && page.limit >= 1 && page.limit <= PAGE_LIMIT_MAX);
    else
        FUZZ_CHECK(complaints.count > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count;
    const struct route *routes = routes_table(&count);
    struct span query, path = span_cut(span_of((const char *)data, size), '?', &query);
    for (int method = 0; method < HTTP_METHODS; method++) {
        struct route_match match;
        router_match(routes, count, (enum http_method)method, path, &match);
        FUZZ_CHECK(!match.route || !match.allowed[0]);
        FUZZ_CHECK(!match.route || !match.id.ptr == !match.route->id_name);
    }
    check_page(query);
    return 0;
}
