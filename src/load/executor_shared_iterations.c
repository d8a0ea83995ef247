/* SPDX-License-Identifier: Apache-2.0
 *
 * shared-iterations: a number of iterations that all users of all workers take from one counter,
 * as fast as they can.
 */
#include "load/executor_private.h"

static void begin(struct executor *ex)
{
    executor_acquire_all(ex, ex->scenario->vus);
}

static void idle(struct executor *ex, int64_t slot, nsec_t at_ns)
{
    int64_t index = -1;
    if (at_ns < ex->regular_end_ns)
        index = control_take_iteration(ex->counters, ex->scenario->iterations);
    if (index >= 0)
        executor_run(ex, slot, INTENDED_NOW, index);
    else
        executor_release(ex, slot);
}

static void finish(struct executor *ex)
{
    executor_drop(ex, control_take_remaining(ex->counters, ex->scenario->iterations));
}

const struct executor_ops executor_shared_iterations = {
    .bytes = sizeof(struct executor),
    .begin = begin,
    .idle = idle,
    .finish = finish,
};
