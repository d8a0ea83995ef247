/* SPDX-License-Identifier: Apache-2.0
 *
 * Flights hang in a table of rings by the hash of their key, each with a mutex and a condition. All
 * followers of a ring share the condition: there are as many of them as handler threads, no more.
 */
#include "keneyapp/cache/flight.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/cond.h"
#include "base/mem.h"

enum {
    RINGS = 64, /* a power of two */
};

struct ring {
    pthread_mutex_t mutex; /* the flights on it and of it */
    pthread_cond_t landed;
    struct list flights;
};

struct flights {
    struct ring rings[RINGS];
};

struct flights *flights_new(void)
{
    struct flights *flights = NEW(struct flights);
    for (size_t i = 0; i < RINGS; i++) {
        pthread_mutex_init(&flights->rings[i].mutex, NULL);
        cond_init_monotonic(&flights->rings[i].landed);
        list_init(&flights->rings[i].flights);
    }
    return flights;
}

void flights_free(struct flights **flights)
{
    struct flights *f = TAKE(*flights);
    if (!f)
        return;
    for (size_t i = 0; i < RINGS; i++) {
        pthread_mutex_destroy(&f->rings[i].mutex);
        pthread_cond_destroy(&f->rings[i].landed);
    }
    free(f);
}

static struct ring *ring_of(struct flights *flights, uint64_t hash)
{
    return &flights->rings[hash & (RINGS - 1)];
}

static struct flight *find(const struct ring *ring, const struct cache_key *key, uint64_t stamp)
{
    LIST_FOREACH (link, &ring->flights) {
        struct flight *flight = CONTAINER_OF(link, struct flight, link);
        if (flight->stamp == stamp && flight->key.hash == key->hash &&
            flight->key.len == key->len && memcmp(flight->key.text, key->text, key->len) == 0)
            return flight;
    }
    return NULL;
}

struct flight *flight_alone(struct flights *flights, const struct cache_key *key, uint64_t stamp)
{
    struct flight *flight = NEW(struct flight);
    flight->flights = flights;
    flight->key = *key;
    flight->stamp = stamp;
    flight->references = 1;
    return flight;
}

/* With the ring's mutex. */
static void leave(struct flight *flight)
{
    if (--flight->references > 0)
        return;
    entry_unref(&flight->entry);
    free(flight);
}

/* With the ring's mutex, which is given back while it waits. */
static enum flight_role follow(struct ring *ring, struct flight *flight, nsec_t deadline_ns,
                               struct entry **ret_entry)
{
    enum flight_role role = FLIGHT_GIVEN_UP;
    int waited = 0;
    flight->references++;
    while (!flight->landed && waited != ETIMEDOUT)
        waited = cond_wait_until(&ring->landed, &ring->mutex, deadline_ns);
    if (!flight->landed)
        role = FLIGHT_LATE;
    if (flight->entry) {
        *ret_entry = entry_ref(flight->entry);
        role = FLIGHT_FOLLOWED;
    }
    leave(flight);
    return role;
}

enum flight_role flights_join(struct flights *flights, const struct cache_key *key, uint64_t stamp,
                              nsec_t deadline_ns, struct flight **ret_flight,
                              struct entry **ret_entry)
{
    struct ring *ring = ring_of(flights, key->hash);
    enum flight_role role = FLIGHT_LEAD;
    pthread_mutex_lock(&ring->mutex);
    struct flight *flight = find(ring, key, stamp);
    if (flight) {
        role = follow(ring, flight, deadline_ns, ret_entry);
    } else {
        *ret_flight = flight_alone(flights, key, stamp);
        list_push_back(&ring->flights, &(*ret_flight)->link);
    }
    pthread_mutex_unlock(&ring->mutex);
    return role;
}

unsigned flight_followers(const struct flight *flight)
{
    struct ring *ring = ring_of(flight->flights, flight->key.hash);
    pthread_mutex_lock(&ring->mutex);
    unsigned followers = flight->references - 1;
    pthread_mutex_unlock(&ring->mutex);
    return followers;
}

/* With the ring's mutex. `entry` may be NULL. */
static void land(struct ring *ring, struct flight *flight, struct entry *entry)
{
    list_remove(&flight->link);
    flight->landed = true;
    flight->entry = entry ? entry_ref(entry) : NULL;
    if (flight->references > 1)
        pthread_cond_broadcast(&ring->landed);
}

void flight_land(struct flight *flight, struct entry *entry)
{
    struct ring *ring = ring_of(flight->flights, flight->key.hash);
    pthread_mutex_lock(&ring->mutex);
    land(ring, flight, entry);
    pthread_mutex_unlock(&ring->mutex);
}

void flight_free(struct flight **flight)
{
    struct flight *f = TAKE(*flight);
    if (!f)
        return;
    struct ring *ring = ring_of(f->flights, f->key.hash);
    pthread_mutex_lock(&ring->mutex);
    if (!f->landed)
        land(ring, f, NULL);
    leave(f);
    pthread_mutex_unlock(&ring->mutex);
}
