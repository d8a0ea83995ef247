/* SPDX-License-Identifier: Apache-2.0
 *
 * The common part of all executors (executor.c) and the vtable that each of them fills. The base
 * knows the state of each slot, ends the scenario (regular end, graceful stop, abort) and counts;
 * what is left to an executor is which slot runs when.
 */
#ifndef LOAD_EXECUTOR_PRIVATE_H
#define LOAD_EXECUTOR_PRIVATE_H

#include "base/util.h"
#include "load/control.h"
#include "load/executor.h"
#include "load/plan.h"

struct executor_ops {
    size_t bytes; /* of the struct that begins with struct executor */
    void (*begin)(struct executor *executor);

    /* What is due at `at_ns`; the next moment, or NSEC_NEVER. NULL: nothing ever is. */
    nsec_t (*tick)(struct executor *executor, nsec_t at_ns);

    /* A slot is free before the regular end. */
    void (*idle)(struct executor *executor, int64_t slot, nsec_t at_ns);

    /* The regular end: counts what was planned and never started. NULL: nothing. */
    void (*finish)(struct executor *executor);

    void (*done)(struct executor *executor); /* frees what it holds; NULL: nothing */
};

enum slot_state {
    SLOT_UNUSED,
    SLOT_WAITING, /* acquired, its user is not there yet */
    SLOT_IDLE,
    SLOT_RUNNING,
};

struct executor {
    const struct executor_ops *ops;
    const struct scenario *scenario;
    struct scenario_counters *counters;
    struct executor_port *port;
    unsigned worker, worker_count;
    nsec_t regular_end_ns, hard_end_ns;
    uint8_t *slots; /* enum slot_state, by slot / worker_count */
    int64_t slot_limit;
    int64_t held; /* slots that are not SLOT_UNUSED */
    bool stopping;
    bool interrupted; /* all that ran at the hard end or at an abort */
    bool complete;    /* no slot will be acquired any more */
};

static inline enum slot_state executor_slot(const struct executor *ex, int64_t slot)
{
    return (enum slot_state)ex->slots[slot / ex->worker_count];
}

void executor_acquire(struct executor *ex, int64_t slot);
void executor_grow(struct executor *ex, int64_t slot);
void executor_run(struct executor *ex, int64_t slot, nsec_t intended_ns, int64_t index);
void executor_release(struct executor *ex, int64_t slot);
void executor_drop(struct executor *ex, int64_t count);

/* All of the worker's slots below `limit`, and no other one later. */
void executor_acquire_all(struct executor *ex, int64_t limit);

/* The number of the iteration that starts now, over all workers. */
int64_t executor_next_index(struct executor *ex);

extern const struct executor_ops executor_shared_iterations;
extern const struct executor_ops executor_per_vu_iterations;
extern const struct executor_ops executor_constant_vus;
extern const struct executor_ops executor_ramping_vus;
extern const struct executor_ops executor_constant_arrival_rate;
extern const struct executor_ops executor_ramping_arrival_rate;

#endif
