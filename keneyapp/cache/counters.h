/* SPDX-License-Identifier: Apache-2.0
 *
 * What became of look-ups, per level and route. Counting is one relaxed addition; any thread.
 */
#ifndef KENEYAPP_CACHE_COUNTERS_H
#define KENEYAPP_CACHE_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

struct counters;
struct strbuf;

enum cache_level {
    LEVEL_MEMORY,
    LEVEL_REDIS,
    LEVEL_FLIGHT, /* handed over by whoever was computing it */
    LEVEL_COUNT,
};

enum counter {
    COUNTER_HIT,
    COUNTER_MISS,
    COUNTER_EVICTION, /* for want of room; answers that became stale are not counted */
    COUNTER_COUNT,
};

/* `routes` are borrowed. */
struct counters *counters_new(const char *const *routes, size_t route_count);
void counters_free(struct counters **counters);

/* A route that is not below route_count is counted as the last. */
void counters_add(struct counters *counters, enum counter counter, enum cache_level level,
                  size_t route);
uint64_t counters_get(const struct counters *counters, enum counter counter, enum cache_level level,
                      size_t route);

/* Prometheus text; routes that were never asked for are left out. */
void counters_render(const struct counters *counters, struct strbuf *out);

#endif
