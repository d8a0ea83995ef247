/* SPDX-License-Identifier: Apache-2.0
 *
 * per-vu-iterations: each user does its own number of iterations, as fast as it can.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "load/executor_private.h"

struct per_vu_iterations {
    struct executor base;
    int64_t *started; /* by slot / worker_count */
};

static struct per_vu_iterations *self_of(struct executor *ex)
{
    return CONTAINER_OF(ex, struct per_vu_iterations, base);
}

static void begin(struct executor *ex)
{
    self_of(ex)->started = NEW_ARRAY(int64_t, (size_t)ex->slot_limit / ex->worker_count + 1);
    executor_acquire_all(ex, ex->scenario->vus);
}

static void idle(struct executor *ex, int64_t slot, nsec_t at_ns)
{
    int64_t *started = &self_of(ex)->started[slot / ex->worker_count];
    if (*started == ex->scenario->iterations) {
        executor_release(ex, slot);
    } else if (at_ns < ex->regular_end_ns) {
        ++*started;
        executor_run(ex, slot, INTENDED_NOW, executor_next_index(ex));
    }
    /* Else it waits for the tick that ends the scenario, which counts what is missing. */
}

static void finish(struct executor *ex)
{
    int64_t missing = 0;
    for (int64_t slot = ex->worker; slot < ex->scenario->vus; slot += ex->worker_count)
        missing += ex->scenario->iterations - self_of(ex)->started[slot / ex->worker_count];
    executor_drop(ex, missing);
}

static void done(struct executor *ex)
{
    free(self_of(ex)->started);
}

const struct executor_ops executor_per_vu_iterations = {
    .bytes = sizeof(struct per_vu_iterations),
    .begin = begin,
    .idle = idle,
    .finish = finish,
    .done = done,
};
