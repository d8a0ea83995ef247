/* SPDX-License-Identifier: Apache-2.0
 *
 * What all executors share: the state of the slots, and how a scenario ends. At the regular end no
 * iteration starts any more and free users leave; running ones have the graceful stop to finish
 * and are interrupted then.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "load/executor_private.h"

static const struct executor_ops *const OPS[] = {
    [EXECUTOR_SHARED_ITERATIONS] = &executor_shared_iterations,
    [EXECUTOR_PER_VU_ITERATIONS] = &executor_per_vu_iterations,
    [EXECUTOR_CONSTANT_VUS] = &executor_constant_vus,
    [EXECUTOR_RAMPING_VUS] = &executor_ramping_vus,
    [EXECUTOR_CONSTANT_ARRIVAL_RATE] = &executor_constant_arrival_rate,
    [EXECUTOR_RAMPING_ARRIVAL_RATE] = &executor_ramping_arrival_rate,
};

struct executor *executor_new(const struct executor_config *config)
{
    const struct executor_ops *ops = OPS[config->scenario->kind];
    struct executor *ex = mem_new(1, ops->bytes);
    ex->ops = ops;
    ex->scenario = config->scenario;
    ex->counters = config->counters;
    ex->port = config->port;
    ex->worker = config->worker;
    ex->worker_count = config->worker_count;
    ex->regular_end_ns = scenario_duration_ns(ex->scenario);
    ex->hard_end_ns = ex->regular_end_ns + ex->scenario->graceful_stop_ns;
    if (ex->worker < ex->worker_count)
        ex->slot_limit = scenario_max_vus(ex->scenario);
    ex->slots = NEW_ARRAY(uint8_t, (size_t)ex->slot_limit / ex->worker_count + 1);
    return ex;
}

void executor_free(struct executor **executor)
{
    struct executor *ex = *executor;
    if (!ex)
        return;
    if (ex->ops->done)
        ex->ops->done(ex);
    free(ex->slots);
    free(ex);
    *executor = NULL;
}

static void set_slot(struct executor *ex, int64_t slot, enum slot_state state)
{
    ex->slots[slot / ex->worker_count] = (uint8_t)state;
}

void executor_acquire(struct executor *ex, int64_t slot)
{
    set_slot(ex, slot, SLOT_WAITING);
    ex->held++;
    ex->port->acquire(ex->port, slot);
}

void executor_grow(struct executor *ex, int64_t slot)
{
    set_slot(ex, slot, SLOT_WAITING);
    ex->held++;
    ex->port->grow(ex->port, slot);
}

void executor_run(struct executor *ex, int64_t slot, nsec_t intended_ns, int64_t index)
{
    set_slot(ex, slot, SLOT_RUNNING);
    ex->port->run(ex->port, slot, intended_ns, index);
}

void executor_release(struct executor *ex, int64_t slot)
{
    set_slot(ex, slot, SLOT_UNUSED);
    ex->held--;
    ex->port->release(ex->port, slot);
}

void executor_drop(struct executor *ex, int64_t count)
{
    if (count <= 0)
        return;
    atomic_fetch_add(&ex->counters->dropped, count);
    ex->port->drop(ex->port, count);
}

void executor_acquire_all(struct executor *ex, int64_t limit)
{
    for (int64_t slot = ex->worker; slot < limit; slot += ex->worker_count)
        executor_acquire(ex, slot);
    ex->complete = true;
}

int64_t executor_next_index(struct executor *ex)
{
    return atomic_fetch_add(&ex->counters->next_iteration, 1);
}

void executor_begin(struct executor *ex)
{
    ex->ops->begin(ex);
}

static void release_idle(struct executor *ex)
{
    for (int64_t slot = ex->worker; slot < ex->slot_limit; slot += ex->worker_count) {
        if (executor_slot(ex, slot) == SLOT_IDLE)
            executor_release(ex, slot);
    }
}

static void interrupt_running(struct executor *ex)
{
    if (ex->interrupted)
        return;
    ex->interrupted = true;
    for (int64_t slot = ex->worker; slot < ex->slot_limit; slot += ex->worker_count) {
        if (executor_slot(ex, slot) == SLOT_RUNNING)
            ex->port->interrupt(ex->port, slot);
    }
}

static void stop(struct executor *ex)
{
    ex->stopping = ex->complete = true;
    release_idle(ex);
}

nsec_t executor_tick(struct executor *ex, nsec_t at_ns)
{
    nsec_t next = NSEC_NEVER;
    if (ex->ops->tick && !ex->interrupted)
        next = ex->ops->tick(ex, at_ns);
    if (at_ns < ex->regular_end_ns)
        return executor_ended(ex) ? NSEC_NEVER : MIN_OF(next, ex->regular_end_ns);
    if (!ex->stopping) {
        if (ex->ops->finish)
            ex->ops->finish(ex);
        stop(ex);
    }
    if (at_ns >= ex->hard_end_ns)
        interrupt_running(ex);
    if (ex->held == 0 || ex->interrupted)
        return NSEC_NEVER;
    return MIN_OF(next, ex->hard_end_ns);
}

void executor_idle(struct executor *ex, int64_t slot, nsec_t at_ns)
{
    set_slot(ex, slot, SLOT_IDLE);
    if (ex->stopping)
        executor_release(ex, slot);
    else
        ex->ops->idle(ex, slot, at_ns);
}

void executor_abort(struct executor *ex)
{
    stop(ex);
    interrupt_running(ex);
}

bool executor_ended(const struct executor *ex)
{
    return ex->complete && ex->held == 0;
}
