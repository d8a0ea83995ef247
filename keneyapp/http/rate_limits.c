/* SPDX-License-Identifier: Apache-2.0
 *
 * A token bucket needs one number when it is kept as the moment at which it will be full again:
 * each request moves that moment on by its share of a minute, and a bucket that would take more
 * than a minute to fill is empty.
 */
#include "keneyapp/http/rate_limits.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/telemetry/prometheus.h"

#define NSEC_PER_MINUTE (60 * NSEC_PER_SEC)

enum {
    SETS = 2048,
    SET_BUCKETS = 8,
    STRIPES = 64,
};

struct bucket {
    uint64_t key;   /* hash of address and route */
    nsec_t full_ns; /* when it is full again; 0: never used */
};

struct rate_limits {
    struct rate_limits_config config;
    unsigned char
        key[crypto_shorthash_KEYBYTES]; /* so that nobody can choose whose bucket to hit */
    pthread_mutex_t stripes[STRIPES];   /* one for each SETS / STRIPES sets */
    struct bucket sets[SETS][SET_BUCKETS];
    _Atomic uint64_t refused;
};

/* What is hashed. No padding. */
struct client {
    unsigned char network[16]; /* IPv4 as ::ffff:a.b.c.d */
    uint64_t route;
};

struct rate_limits *rate_limits_new(const struct rate_limits_config *config)
{
    struct rate_limits *limits = NEW(struct rate_limits);
    limits->config = *config;
    randombytes_buf(limits->key, sizeof(limits->key));
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_init(&limits->stripes[i], NULL);
    return limits;
}

void rate_limits_free(struct rate_limits **limits)
{
    struct rate_limits *l = TAKE(*limits);
    if (!l)
        return;
    for (size_t i = 0; i < STRIPES; i++)
        pthread_mutex_destroy(&l->stripes[i]);
    free(l);
}

/* An address that cannot be read is a client too: all of them together are one. */
static struct client client_of(const char *peer, size_t route)
{
    static const unsigned char MAPPED[12] = {[10] = 0xff, [11] = 0xff};
    struct client client = {.route = route};
    if (inet_pton(AF_INET, peer, client.network + sizeof(MAPPED)) == 1) {
        memcpy(client.network, MAPPED, sizeof(MAPPED));
        return client;
    }
    if (inet_pton(AF_INET6, peer, client.network) != 1)
        return client;
    if (memcmp(client.network, MAPPED, sizeof(MAPPED)) != 0 &&
        !IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)(const void *)client.network))
        memset(client.network + 8, 0, 8);
    return client;
}

static bool is_loopback(const struct client *client)
{
    static const unsigned char IPV6_LOOPBACK[16] = {[15] = 1};
    bool mapped = client->network[10] == 0xff && client->network[11] == 0xff;
    return (mapped && client->network[12] == 127) ||
           memcmp(client->network, IPV6_LOOPBACK, sizeof(IPV6_LOOPBACK)) == 0;
}

static struct bucket *bucket_in(struct bucket *set, uint64_t key)
{
    struct bucket *fullest = &set[0];
    for (size_t i = 0; i < SET_BUCKETS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].full_ns < fullest->full_ns)
            fullest = &set[i];
    }
    *fullest = (struct bucket){.key = key};
    return fullest;
}

/* Nanoseconds until there is a token; 0: one was taken. */
static nsec_t take_token(struct bucket *bucket, nsec_t now_ns, unsigned per_minute)
{
    nsec_t full_ns = MAX_OF(bucket->full_ns, now_ns) + NSEC_PER_MINUTE / per_minute;
    if (full_ns - now_ns > NSEC_PER_MINUTE)
        return full_ns - now_ns - NSEC_PER_MINUTE;
    bucket->full_ns = full_ns;
    return 0;
}

unsigned rate_limits_check(struct rate_limits *limits, const char *peer, size_t route,
                           unsigned per_minute)
{
    if (!per_minute || limits->config.mode == RATE_LIMITS_OFF)
        return 0;
    struct client client = client_of(peer, route);
    if (limits->config.mode == RATE_LIMITS_AUTO && is_loopback(&client))
        return 0;
    uint64_t key;
    crypto_shorthash((unsigned char *)&key, (const unsigned char *)&client, sizeof(client),
                     limits->key);
    pthread_mutex_t *stripe = &limits->stripes[key % STRIPES];
    pthread_mutex_lock(stripe);
    nsec_t wait_ns = take_token(bucket_in(limits->sets[key % SETS], key),
                                clock_now(limits->config.clock), per_minute);
    pthread_mutex_unlock(stripe);
    if (!wait_ns)
        return 0;
    atomic_fetch_add_explicit(&limits->refused, 1, memory_order_relaxed);
    return (unsigned)((wait_ns + NSEC_PER_SEC - 1) / NSEC_PER_SEC);
}

void rate_limits_refuse(struct response *response, unsigned per_minute, unsigned retry_after_s)
{
    char sentence[96];
    snprintf(sentence, sizeof(sentence), "Too many requests: %u per minute are allowed here",
             per_minute);
    response_problem(response, 429, sentence);
    response->retry_after_s = retry_after_s;
}

void rate_limits_render(struct rate_limits *limits, struct strbuf *out)
{
    prometheus_single(out, "http_rate_limited_total", "counter",
                      "Requests answered 429 because their client made too many.",
                      (double)atomic_load_explicit(&limits->refused, memory_order_relaxed));
}
