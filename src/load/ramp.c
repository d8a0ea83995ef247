/* SPDX-License-Identifier: Apache-2.0
 *
 * k6's rule: a stage from A to B users over D reaches each further user's whole number at an equal
 * part of D. Going up, number n is reached at its full share; going down, the first user leaves
 * after one share, so that the last number is reached at the end in both directions.
 */
#include "load/ramp.h"

#include "load/plan.h"

void ramp_init(struct ramp *ramp, const struct scenario *scenario)
{
    *ramp = (struct ramp){.scenario = scenario, .from = scenario->vus, .users = scenario->vus};
}

/* When a stage reaches `users`, counted back from its end so that the end is exact. */
static nsec_t reached_at(const struct ramp *ramp, const struct stage *stage, int64_t users)
{
    nsec_t end = ramp->stage_start_ns + stage->duration_ns;
    __int128 left = (__int128)stage->duration_ns * (stage->target - users);
    return end - (nsec_t)(left / (stage->target - ramp->from));
}

bool ramp_next(struct ramp *ramp, struct ramp_step *ret_step)
{
    if (!ramp->begun) {
        ramp->begun = true;
        *ret_step = (struct ramp_step){0, ramp->users};
        return true;
    }
    for (; ramp->stage < ramp->scenario->stage_count; ramp->stage++) {
        const struct stage *stage = &ramp->scenario->stages[ramp->stage];
        if (ramp->users != stage->target) {
            if (stage->duration_ns == 0)
                ramp->users = stage->target;
            else
                ramp->users += stage->target > ramp->users ? 1 : -1;
            *ret_step = (struct ramp_step){reached_at(ramp, stage, ramp->users), ramp->users};
            return true;
        }
        ramp->stage_start_ns += stage->duration_ns;
        ramp->from = stage->target;
    }
    return false;
}
