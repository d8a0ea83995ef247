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
#include "keneyapp/cache/redis.h"
#include "keneyapp/cache/shared.h"
#include "keneyapp/telemetry/prometheus.h"

enum {
    SHARDS = 16,
};

struct cache {
    struct cache_config config;
    unsigned char hash_key[CACHE_HASH_KEY_BYTES];
    struct generations *generations;
    struct memory *memory;
    struct flights *flights;
    struct counters *counters;
    struct shared *shared; /* NULL: no Redis */
    atomic_uint_fast64_t distrusted;
};

void cache_config_defaults(struct cache_config *config)
{
    *config = (struct cache_config){.bytes_max = CACHE_BYTES_DEFAULT,
                                    .redis_wait_ms = REDIS_WAIT_DEFAULT_MS,
                                    .clock = clock_monotonic()};
}

static void on_write(void *context, int64_t tenant, unsigned entities)
{
    struct cache *cache = context;
    generations_move(cache->generations, tenant, entities);
}

/* Clearing gives the room back; what is put while it goes on is ended by the generations. */
static void on_flush(void *context)
{
    struct cache *cache = context;
    memory_clear(cache->memory);
    generations_move_all(cache->generations);
}

static void on_state(void *context, bool up, const char *sentence)
{
    const struct cache_config *config = &((struct cache *)context)->config;
    if (config->on_redis)
        config->on_redis(config->context, up, sentence);
}

static int open_shared(struct cache *cache, struct error *err)
{
    const struct redis_config config = {
        .url = cache->config.redis_url,
        .lines = REDIS_LINES_DEFAULT,
        .wait_ms = cache->config.redis_wait_ms,
        .clock = cache->config.clock,
        .on_write = on_write,
        .on_flush = on_flush,
        .on_state = on_state,
        .context = cache,
    };
    if (!config.url || cache->config.without)
        return 0;
    cache->shared = shared_new(&config, cache->config.vault, cache->counters, err);
    return cache->shared ? 0 : -1;
}

struct cache *cache_new(const struct cache_config *config, struct error *err)
{
    if (config->bytes_max < CACHE_BYTES_MIN) {
        error_set(err, EXIT_INVALID_CONFIG,
                  "a cache of %zu bytes is too small: give --cache-bytes at least %d, or switch it "
                  "off with --without cache",
                  config->bytes_max, CACHE_BYTES_MIN);
        return NULL;
    }
    AUTO(cache_free) struct cache *cache = NEW(struct cache);
    cache->config = *config;
    randombytes_buf(cache->hash_key, sizeof(cache->hash_key));
    cache->generations = NEW(struct generations);
    cache->counters = counters_new(config->routes, config->route_count);
    cache->memory = memory_new(config->bytes_max, SHARDS, cache->counters);
    cache->flights = flights_new();
    return open_shared(cache, err) == 0 ? TAKE(cache) : NULL;
}

void cache_free(struct cache **cache)
{
    struct cache *c = TAKE(*cache);
    if (!c)
        return;
    shared_free(&c->shared);
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

/* Whether all news of writes is here, but for the last moment's. Asked before a stamp is taken: the
 * stamp then has what the news said. */
static bool trusts_memory(struct cache *cache, nsec_t now_ns)
{
    return !cache->shared || shared_heard(cache->shared, now_ns);
}

static struct entry *look_up(struct cache *cache, const struct cache_request *request,
                             const struct cache_key *key, uint64_t *ret_stamp)
{
    nsec_t now_ns = clock_now(cache->config.clock);
    bool trusted = trusts_memory(cache, now_ns);
    *ret_stamp = generations_stamp(cache->generations, request->tenant, request->entities);
    struct entry *entry = trusted ? memory_get(cache->memory, key, *ret_stamp, now_ns) : NULL;
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

/* The answer that is in memory, or that somebody else is computing; or NULL with *ret_flight to be
 * led. Nobody is followed while news of writes may be missing: he may have read what was before. */
static struct entry *join(struct cache *cache, const struct cache_request *request,
                          const struct cache_key *key, struct flight **ret_flight)
{
    nsec_t deadline_ns = clock_now(clock_monotonic()) + CACHE_WAIT_MAX_S * NSEC_PER_SEC;
    for (;;) {
        uint64_t stamp;
        bool alone = !trusts_memory(cache, clock_now(cache->config.clock));
        if (alone)
            atomic_fetch_add_explicit(&cache->distrusted, 1, memory_order_relaxed);
        struct entry *entry = look_up(cache, request, key, &stamp);
        if (entry)
            return entry;
        enum flight_role role =
            alone ? FLIGHT_LATE
                  : flights_join(cache->flights, key, stamp, deadline_ns, ret_flight, &entry);
        switch (role) {
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

/* Who leads looks once more: another may have landed between his look and his flight. Then in
 * Redis. */
static struct entry *lead(struct cache *cache, const struct cache_request *request,
                          struct flight *flight)
{
    uint64_t stamp;
    flight->tenant = request->tenant;
    flight->entities = request->entities;
    flight->ttl_ns = request->ttl_ns;
    flight->begun_ns = clock_now(cache->config.clock);
    struct entry *entry = look_up(cache, request, &flight->key, &stamp);
    if (entry)
        return entry;
    counters_add(cache->counters, COUNTER_MISS, LEVEL_MEMORY, request->route);
    entry = cache->shared ? shared_get(cache->shared, flight) : NULL;
    if (entry)
        memory_put(cache->memory, entry);
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
    if (*ret_flight && (entry = lead(cache, request, *ret_flight))) {
        flight_land(*ret_flight, entry);
        flight_free(ret_flight);
    }
    if (!entry)
        return CACHE_LEAD;
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
    struct flight *f = *flight;
    if (!f)
        return &entry_new(NULL, parts, 0, 0)->cached;
    struct entry *entry = entry_new(&f->key, parts, f->stamp, f->begun_ns + f->ttl_ns);
    bool true_still = still_true(cache, f);
    if (true_still)
        memory_put(cache->memory, entry);
    flight_land(f, entry);
    if (true_still && cache->shared)
        shared_put(cache->shared, f, entry);
    flight_free(flight);
    return &entry->cached;
}

void cache_abandon(struct cache *cache, struct flight **flight)
{
    flight_free(flight);
}

/* Redis first: who reads an old answer there before its generation moves must find that ours moves
 * after he noted it. */
void cache_invalidate(struct cache *cache, int64_t tenant, unsigned entities)
{
    if (cache->shared)
        shared_invalidate(cache->shared, tenant, entities);
    generations_move(cache->generations, tenant, entities);
}

void cache_forget(struct cache *cache)
{
    generations_move_all(cache->generations);
}

const char *cache_state(struct cache *cache)
{
    if (cache->config.without)
        return "off";
    if (!cache->shared)
        return "memory";
    return trusts_memory(cache, clock_now(cache->config.clock)) ? "shared" : "degraded";
}

void cache_render(struct cache *cache, struct strbuf *out)
{
    struct memory_figures figures;
    memory_figures(cache->memory, &figures);
    counters_render(cache->counters, out);
    prometheus_single(out, "keneyapp_cache_entries", "gauge", "Answers in memory.",
                      (double)figures.entries);
    prometheus_single(out, "keneyapp_cache_bytes", "gauge", "Bytes that answers in memory take.",
                      (double)figures.bytes);
    prometheus_single(out, "keneyapp_cache_bytes_max", "gauge", "Bytes that they may take.",
                      (double)cache->config.bytes_max);
    if (cache->shared) {
        prometheus_single(out, "keneyapp_cache_memory_trusted", "gauge",
                          "1: news of other processes' writes arrives, so that memory is used.",
                          trusts_memory(cache, clock_now(cache->config.clock)));
        prometheus_single(out, "keneyapp_cache_memory_distrusted_total", "counter",
                          "Look-ups that passed memory by for that reason.",
                          (double)atomic_load_explicit(&cache->distrusted, memory_order_relaxed));
        shared_render(cache->shared, out);
    }
}
