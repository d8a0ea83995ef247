/* SPDX-License-Identifier: Apache-2.0
 *
 * Request targets of the clinic: path to route, query to what a store is asked for. What is
 * accepted is in bounds.
 */
#include "fuzz/fuzz.h"
#include "keneyapp/routes/listing.h"
#include "keneyapp/routes/routes.h"

static void check_query(const struct validation *v, const struct route *route, struct span query)
{
    struct parameters parameters;
    struct list_query asked;
    const struct entity *entity = entity_get(route->entity);
    if (query_read(v, route->query, entity, query, &parameters) != 0) {
        FUZZ_CHECK(v->complaints->count > 0);
        return;
    }
    listing_query(entity, &parameters, &asked);
    FUZZ_CHECK(asked.skip >= 0 && asked.limit <= PAGE_LIMIT_MAX && asked.limit != 0);
    FUZZ_CHECK(asked.filter_count <= FILTERS_MAX);
    FUZZ_CHECK(entity->fields[asked.sort_field].flags & FIELD_SORTED);
}

static void check_ids(const struct validation *v, struct span query)
{
    int64_t *ids;
    size_t count;
    if (query_ids(v, query, "patient_ids", 5, &ids, &count) != 0)
        return;
    FUZZ_CHECK(count >= 1 && count <= 5);
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(ids[i] > 0);
}

/* Every list's parameters; `route` NULL: ids. */
static void check_parameters(const struct route *route, struct span query)
{
    AUTO(complaints_done) struct complaints complaints;
    AUTO(arena_done) struct arena arena;
    struct validation validation = {
        .now = SPAN("2026-01-01T00:00:00Z"), .arena = &arena, .complaints = &complaints};
    complaints_init(&complaints);
    arena_init(&arena, 1024);
    if (route)
        check_query(&validation, route, query);
    else
        check_ids(&validation, query);
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
    for (size_t i = 0; i < count; i++)
        if (routes[i].query)
            check_parameters(&routes[i], query);
    check_parameters(NULL, query);
    return 0;
}
