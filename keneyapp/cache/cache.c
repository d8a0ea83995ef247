/* SPDX-License-Identifier: Apache-2.0
 *
 * Puts the levels together: memory, then who is computing it already, then Redis, then the caller.
 */
#include "keneyapp/cache/cache.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "keneyapp/cache/counters.h"
#include "keneyapp/cache/flight.h"
#include "keneyapp/cache/generations.h"
#include "keneyapp/cache/memory.h"

enum {
    SHARDS = 16,
    BYTES_MIN = 1024 * 1024,
};

struct cache {
    struct cache_config config;
    unsigned char hash_key[CACHE_HASH_KEY_BYTES];
    struct generations *generations;
    struct memory *memory;
    struct flights *flights;
    struct counters *counters;
};

void cache_config_defaults(struct cache_config *config)
{
    *config = (struct cache_config){.bytes_max = CACHE_BYTES_DEFAULT, .clock = clock_monotonic()};
}

struct cache *cache_new(const struct cache_config *config, struct error *err)
{
    if (config->bytes_max < BYTES_MIN) {
        error_set(err, EXIT_INVALID_CONFIG,
                  "a cache of %zu bytes is too small: give --cache-bytes at least %d, or switch it "
                  "off with --without cache",
                  config->bytes_max, BYTES_MIN);
        return NULL;
    }
    struct cache *cache = NEW(struct cache);
    cache->config = *config;
    randombytes_buf(cache->hash_key, sizeof(cache->hash_key));
    cache->generations = NEW(struct generations);
    cache->counters = counters_new(config->routes, config->route_count);
    cache->memory = memory_new(config->bytes_max, SHARDS, cache->counters);
    cache->flights = flights_new();
    return cache;
}

void cache_free(struct cache **cache)
{
    struct cache *c = TAKE(*cache);
    if (!c)
        return;
    flights_free(&c->flights);
    memory_free(&c->memory);
    counters_free(&c->counters);
    free(c->generations);
    free(c);
}

static bool key_of(struct cache *cache, const struct cache_request *request, struct cache_key *key)
{
    return !cache->config.without && request->ttl_ns > 0 &&
           cache_key_make(key, request, cache->hash_key);
}

static struct entry *look_up(struct cache *cache, const struct cache_request *request,
                             const struct cache_key *key, uint64_t *ret_stamp)
{
    nsec_t now_ns = clock_now(cache->config.clock);
    *ret_stamp = generations_stamp(cache->generations, request->tenant, request->entities);
    struct entry *entry = memory_get(cache->memory, key, *ret_stamp, now_ns);
    if (entry)
        counters_add(cache->counters, COUNTER_HIT, LEVEL_MEMORY, request->route);
    return entry;
}

struct cached *cache_peek(struct cache *cache, const struct cache_request *request)
{
    struct cache_key key;
    uint64_t stamp;
    if (!key_of(cache, request, &key))
        return NULL;
    struct entry *entry = look_up(cache, request, &key, &stamp);
    return entry ? &entry->cached : NULL;
}

/* Fills in what cache_put() will need. */
static void take_off(struct cache *cache, const struct cache_request *request,
                     struct flight *flight)
{
    flight->tenant = request->tenant;
    flight->entities = request->entities;
    flight->ttl_ns = request->ttl_ns;
    flight->begun_ns = clock_now(cache->config.clock);
}

/* The answer of another, or NULL with *ret_flight to be led. */
static struct entry *join(struct cache *cache, const struct cache_request *request,
                          const struct cache_key *key, struct flight **ret_flight)
{
    nsec_t deadline_ns = clock_now(clock_monotonic()) + CACHE_WAIT_MAX_S * NSEC_PER_SEC;
    for (;;) {
        uint64_t stamp;
        struct entry *entry = look_up(cache, request, key, &stamp);
        if (entry)
            return entry;
        switch (flights_join(cache->flights, key, stamp, deadline_ns, ret_flight, &entry)) {
        case FLIGHT_LEAD:
            return NULL;
        case FLIGHT_FOLLOWED:
            counters_add(cache->counters, COUNTER_HIT, LEVEL_FLIGHT, request->route);
            return entry;
        case FLIGHT_LATE:
            *ret_flight = flight_alone(cache->flights, key, stamp);
            return NULL;
        case FLIGHT_GIVEN_UP:
            break;
        }
    }
}

/* Whoever led before may have landed between our look-up and our flight: looks again. */
static struct entry *look_again(struct cache *cache, const struct cache_request *request,
                                struct flight **flight)
{
    uint64_t stamp;
    struct entry *entry = look_up(cache, request, &(*flight)->key, &stamp);
    if (entry)
        flight_land(flight, entry);
    return entry;
}

enum cache_answer cache_begin(struct cache *cache, const struct cache_request *request,
                              struct cached **ret, struct flight **ret_flight)
{
    struct cache_key key;
    *ret = NULL;
    *ret_flight = NULL;
    if (!key_of(cache, request, &key))
        return CACHE_LEAD;
    struct entry *entry = join(cache, request, &key, ret_flight);
    if (!entry)
        entry = look_again(cache, request, ret_flight);
    if (!entry) {
        counters_add(cache->counters, COUNTER_MISS, LEVEL_MEMORY, request->route);
        take_off(cache, request, *ret_flight);
        return CACHE_LEAD;
    }
    *ret = &entry->cached;
    return CACHE_HIT;
}

/* No write came since the flight began. One that comes after this look is not lost: the entry keeps
 * the flight's stamp, which memory_get() then finds too old. */
static bool still_true(struct cache *cache, const struct flight *flight)
{
    return generations_stamp(cache->generations, flight->tenant, flight->entities) == flight->stamp;
}

struct cached *cache_put(struct cache *cache, struct flight **flight,
                         const struct cached_parts *parts)
{
    const struct flight *f = *flight;
    if (!f)
        return &entry_new(NULL, parts, 0, 0)->cached;
    struct entry *entry = entry_new(&f->key, parts, f->stamp, f->begun_ns + f->ttl_ns);
    if (still_true(cache, f))
        memory_put(cache->memory, entry);
    flight_land(flight, entry);
    return &entry->cached;
}

void cache_abandon(struct cache *cache, struct flight **flight)
{
    if (*flight)
        flight_land(flight, NULL);
}

void cache_invalidate(struct cache *cache, int64_t tenant, unsigned entities)
{
    generations_move(cache->generations, tenant, entities);
}

static void add_gauge(struct strbuf *out, const char *name, const char *help, size_t value)
{
    strbuf_addf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %zu\n", name, help, name, name, value);
}

void cache_render(struct cache *cache, struct strbuf *out)
{
    struct memory_figures figures;
    memory_figures(cache->memory, &figures);
    counters_render(cache->counters, out);
    add_gauge(out, "keneyapp_cache_entries", "Answers in memory.", figures.entries);
    add_gauge(out, "keneyapp_cache_bytes", "Bytes that answers in memory take.", figures.bytes);
    add_gauge(out, "keneyapp_cache_bytes_max", "Bytes that they may take.",
              cache->config.bytes_max);
}
