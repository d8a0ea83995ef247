/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/cache/counters.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "keneyapp/telemetry/prometheus.h"

static const char *const LEVELS[LEVEL_COUNT] = {"memory", "redis", "flight"};

static const struct {
    const char *name, *help;
} FAMILIES[COUNTER_COUNT] = {
    [COUNTER_HIT] = {"keneyapp_cache_hits_total", "Look-ups that found an answer."},
    [COUNTER_MISS] = {"keneyapp_cache_misses_total", "Look-ups that found none."},
    [COUNTER_EVICTION] = {"keneyapp_cache_evictions_total",
                          "Answers that were dropped for want of room."},
};

struct counters {
    const char *const *routes;
    size_t route_count;
    _Atomic uint64_t *cells; /* by counter, level, route */
};

struct counters *counters_new(const char *const *routes, size_t route_count)
{
    struct counters *counters = NEW(struct counters);
    counters->routes = routes;
    counters->route_count = route_count;
    counters->cells = NEW_ARRAY(_Atomic uint64_t, COUNTER_COUNT *LEVEL_COUNT *(route_count + 1));
    return counters;
}

void counters_free(struct counters **counters)
{
    if (*counters)
        free((*counters)->cells);
    free(TAKE(*counters));
}

static _Atomic uint64_t *cell(const struct counters *counters, enum counter counter,
                              enum cache_level level, size_t route)
{
    size_t last = counters->route_count ? counters->route_count - 1 : 0;
    size_t row = (size_t)counter * LEVEL_COUNT + (size_t)level;
    return &counters->cells[row * (counters->route_count + 1) + MIN_OF(route, last)];
}

void counters_add(struct counters *counters, enum counter counter, enum cache_level level,
                  size_t route)
{
    atomic_fetch_add_explicit(cell(counters, counter, level, route), 1, memory_order_relaxed);
}

uint64_t counters_get(const struct counters *counters, enum counter counter, enum cache_level level,
                      size_t route)
{
    return atomic_load_explicit(cell(counters, counter, level, route), memory_order_relaxed);
}

static void add_samples(const struct counters *counters, enum counter counter,
                        enum cache_level level, struct strbuf *out)
{
    for (size_t route = 0; route < counters->route_count; route++) {
        uint64_t count = counters_get(counters, counter, level, route);
        AUTO(strbuf_done) struct strbuf labels = STRBUF_INIT(512);
        if (count == 0)
            continue;
        strbuf_addf(&labels, "level=\"%s\",route=\"%s\"", LEVELS[level], counters->routes[route]);
        prometheus_count(out, FAMILIES[counter].name, strbuf_cstr(&labels), count);
    }
}

void counters_render(const struct counters *counters, struct strbuf *out)
{
    for (enum counter counter = 0; counter < COUNTER_COUNT; counter++) {
        prometheus_family(out, FAMILIES[counter].name, "counter", FAMILIES[counter].help);
        for (enum cache_level level = 0; level < LEVEL_COUNT; level++)
            add_samples(counters, counter, level, out);
    }
}
