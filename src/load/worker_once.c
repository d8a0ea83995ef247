/* SPDX-License-Identifier: Apache-2.0
 *
 * setup(), teardown() and handleSummary(): one user outside of any scenario, on the caller's
 * thread. The worker's own loop serves it, since its thread does not run then.
 */
#include <assert.h>
#include <stdio.h>

#include "load/load_private.h"

/* k6's words and exit codes. */
static int timed_out(struct span group, nsec_t timeout_ns, struct error *err)
{
    double seconds = (double)timeout_ns / 1e9;
    if (span_equal(group, SPAN("::setup")))
        return error_set(err, EXIT_SETUP_TIMEOUT,
                         "setup() execution timed out after %.f seconds; you can increase the time "
                         "limit via the setupTimeout option",
                         seconds);
    if (span_equal(group, SPAN("::teardown")))
        return error_set(err, EXIT_TEARDOWN_TIMEOUT,
                         "teardown() execution timed out after %.f seconds; you can increase the "
                         "time limit via the teardownTimeout option",
                         seconds);
    return error_set(err, EXIT_TIMEOUT,
                     "handleSummary() execution timed out after %.f seconds; you can increase the "
                     "time limit via the handleSummaryTimeout option",
                     seconds);
}

int worker_run_once(struct worker *worker, struct span group, nsec_t timeout_ns,
                    void (*fn)(void *instance, struct vu *vu, void *arg), void *arg,
                    struct error *err)
{
    assert(!worker->started);
    struct once once = {
        .fn = fn,
        .arg = arg,
        .group = group,
        .deadline_ns = clock_now(worker->config.clock) + timeout_ns,
        .heeds_abort = atomic_load(&worker->config.control->state) == CONTROL_STARTING,
    };
    struct vu *vu = vu_new(worker, &once, err);
    if (!vu)
        return -1;
    bool late = false;
    while (!once.over) {
        nsec_t left_ns = once.deadline_ns - clock_now(worker->config.clock);
        if (left_ns <= 0 && !late) {
            late = true;
            vu_interrupt(vu);
        }
        loop_turn(worker->loop, late ? NSEC_NEVER : MAX_OF(left_ns, 0));
    }
    nsec_t end_ns = clock_now(worker->config.clock);
    worker_cut(worker, end_ns);
    /* A script that computes without a pause notices the deadline before this loop does. */
    if (late || end_ns >= once.deadline_ns)
        return timed_out(group, timeout_ns, err);
    if (once.error.code) {
        *err = once.error;
        return -1;
    }
    return 0;
}
