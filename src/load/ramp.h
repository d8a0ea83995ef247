/* SPDX-License-Identifier: Apache-2.0
 *
 * The staircase of a ramping-vus scenario: each moment at which the number of users changes by
 * one (or jumps, in a stage without duration), in closed form, in order of time.
 */
#ifndef LOAD_RAMP_H
#define LOAD_RAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct scenario;

struct ramp_step {
    nsec_t at_ns;  /* from the scenario's start */
    int64_t users; /* from then on */
};

struct ramp {
    const struct scenario *scenario;
    size_t stage;          /* next or current */
    nsec_t stage_start_ns; /* of that stage */
    int64_t from, users;   /* at the start of the stage, and now */
    bool begun;
};

void ramp_init(struct ramp *ramp, const struct scenario *scenario);

/* The first step is startVUs at 0; false after the last one. The drop to zero at the end of the
 * scenario is not a step. */
bool ramp_next(struct ramp *ramp, struct ramp_step *ret_step);

#endif
