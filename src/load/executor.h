/* SPDX-License-Identifier: Apache-2.0
 *
 * Executors decide when iterations start, and nothing else: no socket, no clock, no timer. Time is
 * an offset from the scenario's start that the caller passes in, so each executor is tested under
 * virtual time against a table of expected starts.
 *
 * A scenario has slots 0..max-1, one for each of its users; slot k belongs to share k % count and
 * arrival i to share i % count (plan_share()), so that all workers together produce the schedule of
 * one. A slot is acquired (gets a user from the pool), runs iterations, and is released. One
 * executor per scenario and worker; the worker's thread only.
 */
#ifndef LOAD_EXECUTOR_H
#define LOAD_EXECUTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct executor;
struct scenario;
struct scenario_counters;

/* The intended start of an iteration that has no due time: closed models. */
#define INTENDED_NOW ((nsec_t)-1)

/* What an executor asks of its worker. */
struct executor_port {
    /* A user for this slot, out of the pool; executor_idle() follows, inside the call or later. */
    void (*acquire)(struct executor_port *port, int64_t slot);

    /* The same, but the user has to be made first, in the background. */
    void (*grow)(struct executor_port *port, int64_t slot);

    /* Starts an iteration, number `index` of the scenario over all workers. executor_idle() follows
     * when it ended, never inside the call. */
    void (*run)(struct executor_port *port, int64_t slot, nsec_t intended_ns, int64_t index);

    /* Ends the slot's running iteration as soon as possible; executor_idle() follows. */
    void (*interrupt)(struct executor_port *port, int64_t slot);

    /* The slot's user goes back to the pool. */
    void (*release)(struct executor_port *port, int64_t slot);

    /* Iterations that were due and did not start. */
    void (*drop)(struct executor_port *port, int64_t count);

    /* Once per scenario: an arrival found no free user, and there can be no more of them. */
    void (*exhausted)(struct executor_port *port);
};

struct executor_config {
    const struct scenario *scenario;
    struct scenario_counters *counters; /* of the control page */
    struct executor_port *port;
    unsigned worker, worker_count; /* plan_share() and plan_spread() */
};

/* All pointers are borrowed and outlive the executor. */
struct executor *executor_new(const struct executor_config *config);
void executor_free(struct executor **executor);

/* Offset 0. */
void executor_begin(struct executor *executor);

/* Does all that is due at `at_ns`: returns when to call again, NSEC_NEVER when only an iteration's
 * end can change anything. */
nsec_t executor_tick(struct executor *executor, nsec_t at_ns);

/* The slot has its user, or that user's iteration ended. */
void executor_idle(struct executor *executor, int64_t slot, nsec_t at_ns);

/* No new iterations, no grace, nothing counted as dropped. */
void executor_abort(struct executor *executor);

/* Nothing runs and nothing will. */
bool executor_ended(const struct executor *executor);

#endif
