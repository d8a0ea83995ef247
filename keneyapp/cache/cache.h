/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers by route, tenant, role and parameters, at two levels: this process's memory, and Redis,
 * which other processes of the clinic share.
 *
 * An answer belongs to a tenant and to the entities that it is made of. A write to one of them
 * makes it stale at once: cache_invalidate() moves the generation of (tenant, entity), and an
 * answer carries the generations that were noted by cache_begin(), before the database was read.
 * What was read before a write can therefore never be found after it. Other processes hear of
 * writes through Redis; a process that cannot hear does not trust its memory: slower, never wrong
 * (docs/internals/cache.md has the whole argument, and by how much "at once" may be late there).
 */
#ifndef KENEYAPP_CACHE_CACHE_H
#define KENEYAPP_CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"

struct cache;
struct error;
struct flight;
struct strbuf;
struct vault;

enum {
    CACHE_BYTES_MIN = 1024 * 1024,
    CACHE_BYTES_DEFAULT = 64 * 1024 * 1024,
    CACHE_KEY_MAX_BYTES = 1024, /* a request whose key is longer is not cached */
    CACHE_WAIT_MAX_S = 5,       /* for somebody else's computation of the same answer */
};

/* A complete answer. Immutable; shared by reference; any thread. */
struct cached {
    struct span body;
    struct span gzip, brotli; /* the same body; empty: not worth it */
    struct span content_type; /* NUL-terminated */
    char etag[36];            /* quoted; empty: none */
    nsec_t stale_ns;          /* by the cache's clock */
};

/* What an answer is made of; the bytes are copied. `etag` of more than 35 bytes is left out. */
struct cached_parts {
    struct span body, gzip, brotli, content_type, etag;
};

struct cache_config {
    size_t bytes_max;          /* of level 1, all that an entry costs counted; at least 1 MiB */
    bool without;              /* nothing is kept, shared or invalidated */
    const char *redis_url;     /* NULL: no level 2; redis_url.h has the forms */
    unsigned redis_wait_ms;    /* for a connection to Redis, and for each of its answers */
    const struct vault *vault; /* seals what goes to Redis; needed with redis_url */
    const char *const *routes; /* patterns for the counters' labels, by cache_request.route */
    size_t route_count;
    struct clock *clock;
    /* Told when Redis comes and goes, with a sentence; from the cache's own thread. May be NULL. */
    void (*on_redis)(void *context, bool up, const char *sentence);
    void *context;
};

/* 64 MiB, no Redis (100 ms for its answers), the monotonic clock, no routes. */
void cache_config_defaults(struct cache_config *config);

/* A request as far as its answer depends on it. Borrowed for the call. */
struct cache_request {
    size_t route; /* below route_count */
    int64_t tenant;
    const char *role;        /* without spaces */
    const char *coding;      /* the content coding wanted; without spaces */
    struct span path, query; /* as sent */
    unsigned entities;       /* 1u << enum entity_id, each that the answer is made of */
    uint64_t edition;        /* of what else it is made of; another edition is another answer */
    nsec_t ttl_ns;           /* 0: not cached */
};

enum cache_answer {
    CACHE_LEAD, /* not there: the caller computes it, then cache_put() or cache_abandon() */
    CACHE_HIT,
};

/* Everything that `config` points to outlives the cache. A Redis that is away is no error (it is
 * looked for in the background); a URL that cannot be read is. NULL: `err` has the sentence. */
struct cache *cache_new(const struct cache_config *config, struct error *err);

/* No call may be under way; references to answers end by themselves. */
void cache_free(struct cache **cache);

/* From memory only: never waits, for epoll threads. NULL: not there. The caller's reference. */
struct cached *cache_peek(struct cache *cache, const struct cache_request *request);

/* From memory, from Redis, or from whoever is computing the same answer right now (waits at most
 * CACHE_WAIT_MAX_S). CACHE_HIT: *ret is the caller's reference. CACHE_LEAD: *ret_flight has to be
 * ended by cache_put() or cache_abandon(), from any thread; it is NULL when the answer will not be
 * kept, and both take that, too. Not on epoll threads. */
enum cache_answer cache_begin(struct cache *cache, const struct cache_request *request,
                              struct cached **ret, struct flight **ret_flight);

/* The computed answer, for everyone who waits, and for later requests unless a write came between.
 * Ends the flight; the result is the caller's reference, never NULL. */
struct cached *cache_put(struct cache *cache, struct flight **flight,
                         const struct cached_parts *parts);

/* There is no answer to keep (an error, say): one of those who wait computes it. Ends the flight.
 */
void cache_abandon(struct cache *cache, struct flight **flight);

struct cached *cached_ref(struct cached *cached);
void cached_unref(struct cached **cached);

/* A write to these entities of the tenant. After its commit and before its answer. Waits for Redis
 * (at most fractions of a second, and only when Redis was there a moment ago): not on epoll
 * threads. */
void cache_invalidate(struct cache *cache, int64_t tenant, unsigned entities);

/* Somebody has written to the database behind this process's back: nothing in its memory counts any
 * more. What is in Redis is not looked at. Never waits. */
void cache_forget(struct cache *cache);

/* "off", "memory" (no Redis is configured), "shared", or "degraded": Redis is away, or its news do
 * not arrive. Static. */
const char *cache_state(struct cache *cache);

/* Prometheus text: hits, misses and evictions per level and route, bytes, entries, Redis. */
void cache_render(struct cache *cache, struct strbuf *out);

#endif
