/* SPDX-License-Identifier: Apache-2.0
 *
 * Single flight: of those who miss the same answer at the same time one computes it (leads), the
 * others wait for that one (follow). A flight is known by its key and its stamp: who comes after a
 * write does not follow who read the database before it. When a leader gives up, one of its
 * followers leads anew. Any thread that may wait.
 */
#ifndef KENEYAPP_CACHE_FLIGHT_H
#define KENEYAPP_CACHE_FLIGHT_H

#include "keneyapp/cache/entry.h"
#include "keneyapp/cache/key.h"
#include "keneyapp/cache/stamp.h"

struct flights;

struct flight {
    /* What the leader has to know at the end; the leader's own. */
    struct cache_key key;
    int64_t tenant;
    unsigned entities;
    nsec_t begun_ns, ttl_ns;
    uint64_t stamp;            /* generations of this process, from before the database was read */
    struct redis_stamp shared; /* the same in Redis */

    /* Of flight.c. */
    struct list link; /* unlinked: nobody can follow */
    unsigned references;
    bool landed;
    struct entry *entry; /* what it landed with; NULL: the leader gave up */
    struct flights *flights;
};

enum flight_role {
    FLIGHT_LEAD,
    FLIGHT_FOLLOWED, /* *ret_entry is what the leader computed, the caller's reference */
    FLIGHT_GIVEN_UP, /* the leader gave up: join again */
    FLIGHT_LATE,     /* the leader takes longer than until `deadline_ns` */
};

struct flights *flights_new(void);

/* No flight may be under way. */
void flights_free(struct flights **flights);

/* Leads (*ret_flight is the caller's until flight_free()), or waits for the leader, at most until
 * `deadline_ns` of CLOCK_MONOTONIC. */
enum flight_role flights_join(struct flights *flights, const struct cache_key *key, uint64_t stamp,
                              nsec_t deadline_ns, struct flight **ret_flight,
                              struct entry **ret_entry);

/* A flight that nobody follows. */
struct flight *flight_alone(struct flights *flights, const struct cache_key *key, uint64_t stamp);

/* How many wait for it at this moment. */
unsigned flight_followers(const struct flight *flight);

/* Everyone who waits gets a reference to `entry`. Once. */
void flight_land(struct flight *flight, struct entry *entry);

/* The leader's end of it; a flight that has not landed is given up. */
void flight_free(struct flight **flight);

#endif
