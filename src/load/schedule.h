/* SPDX-License-Identifier: Apache-2.0
 *
 * When one worker's arrivals of an open model are due. Constant gaps: its share of one global
 * sequence, without rounding that could add up. Poisson: gaps of its own at its share of the rate,
 * since independent Poisson processes add up to one (Kingman, Poisson Processes, 1993, §2.2).
 */
#ifndef LOAD_SCHEDULE_H
#define LOAD_SCHEDULE_H

#include "base/clock.h"
#include "base/rng.h"
#include "load/repeater.h"

struct schedule {
    double rate; /* of all workers, a second */
    enum arrivals_kind kind;
    unsigned index, stride; /* of this worker; of all */
    struct rng rng;
    nsec_t start_ns, due_ns;
    double offset_ns; /* Poisson: of the next arrival, from the start */
    uint64_t taken;
};

/* `index` < `stride`; rate > 0. */
void schedule_init(struct schedule *schedule, double rate, enum arrivals_kind kind, unsigned index,
                   unsigned stride, uint64_t seed);

/* The clock of the schedule starts; the first arrival of constant gaps is due at once. */
void schedule_start(struct schedule *schedule, nsec_t start_ns);

/* When the next arrival is due. */
static inline nsec_t schedule_due(const struct schedule *schedule)
{
    return schedule->due_ns;
}

/* It was taken; the one after it is next. */
void schedule_take(struct schedule *schedule);

#endif
