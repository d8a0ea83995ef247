/* SPDX-License-Identifier: Apache-2.0
 *
 * constant-vus: a fixed number of users, each iterating back to back until the end.
 */
#include "load/executor_private.h"

static void begin(struct executor *ex)
{
    executor_acquire_all(ex, ex->scenario->vus);
}

static void idle(struct executor *ex, int64_t slot, nsec_t at_ns)
{
    if (at_ns < ex->regular_end_ns)
        executor_run(ex, slot, INTENDED_NOW, executor_next_index(ex));
    else
        executor_release(ex, slot);
}

const struct executor_ops executor_constant_vus = {
    .bytes = sizeof(struct executor),
    .begin = begin,
    .idle = idle,
};
