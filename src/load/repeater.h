/* SPDX-License-Identifier: Apache-2.0
 *
 * The closed model without a script: one worker thread that repeats one request over a fixed
 * number of keep-alive connections, each sending again as soon as it has its answer. What `bench`
 * runs, and static wrk scripts later. Snapshots leave it once a second like those of any worker.
 */
#ifndef LOAD_REPEATER_H
#define LOAD_REPEATER_H

#include <stdint.h>

#include "base/clock.h"
#include "client/client.h"
#include "metrics/recorder.h"

struct error;
struct registry;
struct repeater;
struct snapshot;

enum {
    REPEATER_STATUS_MAX = 1000,
};

/* What came back, by outcome and by status. */
struct repeater_tally {
    uint64_t by_outcome[OUTCOME_COUNT];
    uint64_t by_status[REPEATER_STATUS_MAX];
};

struct repeater_config {
    const struct registry *registry; /* frozen; borrowed, as is everything here */
    const struct client_config *client;
    struct span message; /* the whole request as it goes on the wire */
    struct span url, method;
    unsigned index;       /* of this worker, from 0 */
    unsigned connections; /* of this worker, >= 1 */
    uint64_t requests;    /* of this worker; 0: until the duration ends */
    nsec_t duration_ns;   /* NSEC_NEVER: until the requests are done */
    nsec_t timeout_ns;    /* of one request */

    /* Both on the worker's thread; must not block. */
    void (*on_snapshot)(void *arg, struct recorder *recorder, struct snapshot *snapshot);
    void (*on_end)(void *arg);
    void *arg;
};

/* Makes the worker and its thread; load begins at once. NULL and `err`. */
struct repeater *repeater_start(const struct repeater_config *config, struct error *err);

/* Ends the load soon; requests under way are cut and counted so. Any thread. */
void repeater_stop(struct repeater *repeater);

/* Waits for the thread. */
void repeater_join(struct repeater *repeater);

/* After repeater_join(). */
const struct repeater_tally *repeater_tally(const struct repeater *repeater);
const struct client_counts *repeater_counts(const struct repeater *repeater);
nsec_t repeater_cpu_ns(const struct repeater *repeater); /* CPU time of its thread */

/* After repeater_join(); all snapshots must have been recycled. */
void repeater_free(struct repeater **repeater);

#endif
