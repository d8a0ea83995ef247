/* SPDX-License-Identifier: Apache-2.0
 *
 * What both arrival-rate executors share: arrivals that are due start on the user that waits
 * longest; an arrival that finds none is dropped, and one more user is made in the background, one
 * at a time, up to maxVUs. An executor only says when arrival i is due.
 */
#ifndef LOAD_ARRIVAL_H
#define LOAD_ARRIVAL_H

#include "load/executor_private.h"

struct arrivals {
    struct executor base;
    nsec_t (*due)(struct arrivals *arrivals, int64_t i); /* i grows; NSEC_NEVER: no more */
    unsigned stride; /* workers that have users: arrival i belongs to worker i % stride */
    int64_t next;    /* this worker's next arrival */
    nsec_t next_ns;  /* when it is due */
    int64_t *free;   /* ring of idle slots */
    size_t free_cap, free_first, free_count;
    int64_t next_slot; /* the next one to be made */
    bool growing;
};

void arrivals_begin(struct arrivals *arrivals, nsec_t (*due)(struct arrivals *arrivals, int64_t i));
nsec_t arrivals_tick(struct executor *ex, nsec_t at_ns);
void arrivals_idle(struct executor *ex, int64_t slot, nsec_t at_ns);
void arrivals_done(struct executor *ex);

#endif
