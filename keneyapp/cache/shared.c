/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/cache/shared.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "keneyapp/cache/counters.h"
#include "keneyapp/cache/flight.h"
#include "keneyapp/cache/packed.h"
#include "keneyapp/cache/redis.h"
#include "keneyapp/cache/seal.h"
#include "keneyapp/telemetry/prometheus.h"

#define PREFIX "keneyapp:answer:"

enum {
    NAME_BYTES = sizeof(PREFIX) + SEAL_NAME_BYTES,
};

struct shared {
    struct seal seal;
    struct redis *redis;
    struct counters *counters;
    atomic_uint_fast64_t unreadable;
};

struct shared *shared_new(const struct redis_config *config, const struct vault *vault,
                          struct counters *counters, struct error *err)
{
    struct shared *shared = NEW(struct shared);
    seal_init(&shared->seal, vault);
    shared->counters = counters;
    shared->redis = redis_new(config, err);
    if (!shared->redis)
        shared_free(&shared);
    return shared;
}

void shared_free(struct shared **shared)
{
    struct shared *s = TAKE(*shared);
    if (!s)
        return;
    redis_free(&s->redis);
    seal_done(&s->seal);
    free(s);
}

bool shared_heard(const struct shared *shared, nsec_t now_ns)
{
    return redis_heard(shared->redis, now_ns);
}

static struct span question_of(const struct flight *flight)
{
    return span_of(flight->key.text, flight->key.len);
}

static void name_of(const struct shared *shared, const struct flight *flight, char name[NAME_BYTES])
{
    memcpy(name, PREFIX, sizeof(PREFIX) - 1);
    seal_name(&shared->seal, question_of(flight), name + sizeof(PREFIX) - 1);
}

/* The entry in `value`, unless it is older than a write. What cannot be read (another version,
 * another key, damage) is counted and is as good as absent. */
static struct entry *entry_in(struct shared *shared, const struct flight *flight, struct span value,
                              nsec_t left_ns)
{
    AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(REDIS_VALUE_MAX_BYTES);
    struct packed packed;
    if (!seal_open(&shared->seal, question_of(flight), value, &plain) ||
        !packed_read(strbuf_span(&plain), &packed)) {
        atomic_fetch_add_explicit(&shared->unreadable, 1, memory_order_relaxed);
        return NULL;
    }
    if (!span_equal(packed.stamp, span_of(flight->shared.text, flight->shared.len)))
        return NULL;
    return entry_new(&flight->key, &packed.parts, flight->stamp,
                     flight->begun_ns + MIN_OF(left_ns, flight->ttl_ns));
}

struct entry *shared_get(struct shared *shared, struct flight *flight)
{
    AUTO(strbuf_done) struct strbuf value = STRBUF_INIT(REDIS_VALUE_MAX_BYTES);
    char name[NAME_BYTES];
    nsec_t left_ns;
    struct entry *entry = NULL;
    name_of(shared, flight, name);
    switch (redis_get(shared->redis, flight->tenant, flight->entities, name, &flight->shared,
                      &value, &left_ns)) {
    case REDIS_AWAY:
        flight->shared.len = 0;
        return NULL;
    case REDIS_ABSENT:
        break;
    case REDIS_FOUND:
        entry = entry_in(shared, flight, strbuf_span(&value), left_ns);
        break;
    }
    counters_add(shared->counters, entry ? COUNTER_HIT : COUNTER_MISS, LEVEL_REDIS,
                 flight->key.route);
    return entry;
}

void shared_put(struct shared *shared, const struct flight *flight, const struct entry *entry)
{
    const struct cached *cached = &entry->cached;
    AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(REDIS_VALUE_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf value = STRBUF_INIT(REDIS_VALUE_MAX_BYTES);
    char name[NAME_BYTES];
    struct packed packed = {
        .stamp = span_of(flight->shared.text, flight->shared.len),
        .parts = {cached->body, cached->gzip, cached->brotli, cached->content_type,
                  span_cstr(cached->etag)},
    };
    if (flight->shared.len == 0)
        return;
    packed_write(&packed, &plain);
    if (plain.overflow)
        return;
    seal_close(&shared->seal, question_of(flight), strbuf_span(&plain), &value);
    if (value.overflow)
        return;
    name_of(shared, flight, name);
    redis_put(shared->redis, name, strbuf_span(&value), flight->ttl_ns);
}

void shared_invalidate(struct shared *shared, int64_t tenant, unsigned entities)
{
    redis_invalidate(shared->redis, tenant, entities);
}

void shared_render(struct shared *shared, struct strbuf *out)
{
    struct redis_figures figures;
    redis_figures(shared->redis, &figures);
    prometheus_single(out, "keneyapp_cache_redis_up", "gauge", "1: Redis is in use.", figures.up);
    prometheus_single(out, "keneyapp_cache_redis_connects_total", "counter",
                      "How often Redis came.", (double)figures.connects);
    prometheus_single(out, "keneyapp_cache_redis_failures_total", "counter",
                      "How often Redis went.", (double)figures.failures);
    prometheus_single(out, "keneyapp_cache_redis_refused_total", "counter",
                      "Answers that Redis did not take: it is full, or may not be written to.",
                      (double)figures.refused);
    prometheus_single(out, "keneyapp_cache_redis_unreadable_total", "counter",
                      "Values in Redis that were not sealed by this clinic's key, or are damaged.",
                      (double)atomic_load_explicit(&shared->unreadable, memory_order_relaxed));
}
