/* SPDX-License-Identifier: Apache-2.0
 *
 * Executors under virtual time: every worker's executor of one scenario, users whose iterations
 * all take the same time, and a record of what happened.
 */
#ifndef TESTS_LOAD_SIM_H
#define TESTS_LOAD_SIM_H

#include "load/plan.h"

#define SIM_MAX_STARTS 4096

struct sim_start {
    nsec_t at_ns, intended_ns; /* intended: -1 in closed models */
    int64_t slot, index;
};

struct sim {
    /* In */
    const struct scenario *scenario;
    unsigned workers;
    nsec_t iteration_ns;
    nsec_t making_ns;                     /* of a user that is made during the run */
    nsec_t blind_from_ns, blind_until_ns; /* the workers notice nothing meanwhile */
    nsec_t abort_at_ns;                   /* 0: never */

    /* Out; starts are in order of time, then slot */
    struct sim_start starts[SIM_MAX_STARTS];
    size_t start_count;
    int64_t dropped, interrupted, completed, grown, exhausted, max_held;
    nsec_t end_ns; /* when the last executor had ended */
};

void sim_run(struct sim *sim);

#endif
