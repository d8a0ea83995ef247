/* SPDX-License-Identifier: Apache-2.0
 *
 * An event queue that is simply searched: at one moment iterations end before executors tick.
 */
#include "unit/load/sim.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/util.h"
#include "load/control.h"
#include "load/executor.h"

#define MAX_SLOTS 64

struct sim_worker {
    struct executor_port port;
    struct sim *sim;
    struct executor *executor;
    nsec_t next_tick_ns;
    nsec_t ready_ns[MAX_SLOTS]; /* its user comes or its iteration ends; NSEC_NEVER: neither */
    bool running[MAX_SLOTS];
    nsec_t now_ns;
    int64_t held;
};

static struct sim_worker *worker_of(struct executor_port *port)
{
    return CONTAINER_OF(port, struct sim_worker, port);
}

static void acquire(struct executor_port *port, int64_t slot)
{
    struct sim_worker *worker = worker_of(port);
    worker->held++;
    executor_idle(worker->executor, slot, worker->now_ns);
}

static void grow(struct executor_port *port, int64_t slot)
{
    struct sim_worker *worker = worker_of(port);
    worker->held++;
    worker->sim->grown++;
    worker->ready_ns[slot] = worker->now_ns + worker->sim->making_ns;
}

static void run(struct executor_port *port, int64_t slot, nsec_t intended_ns, int64_t index)
{
    struct sim_worker *worker = worker_of(port);
    struct sim *sim = worker->sim;
    assert(!worker->running[slot] && sim->start_count < SIM_MAX_STARTS);
    worker->running[slot] = true;
    worker->ready_ns[slot] = worker->now_ns + sim->iteration_ns;
    sim->starts[sim->start_count++] = (struct sim_start){worker->now_ns, intended_ns, slot, index};
}

static void interrupt(struct executor_port *port, int64_t slot)
{
    struct sim_worker *worker = worker_of(port);
    assert(worker->running[slot]);
    worker->running[slot] = false;
    worker->ready_ns[slot] = worker->now_ns;
    worker->sim->interrupted++;
}

static void release(struct executor_port *port, int64_t slot)
{
    worker_of(port)->held--;
}

static void drop(struct executor_port *port, int64_t count)
{
    worker_of(port)->sim->dropped += count;
}

static void exhausted(struct executor_port *port)
{
    worker_of(port)->sim->exhausted++;
}

static const struct executor_port PORT = {acquire, grow, run, interrupt, release, drop, exhausted};

static void worker_begin(struct sim *sim, struct sim_worker *worker, unsigned index,
                         struct control *control)
{
    *worker = (struct sim_worker){.port = PORT, .sim = sim};
    for (size_t i = 0; i < MAX_SLOTS; i++)
        worker->ready_ns[i] = NSEC_NEVER;
    struct executor_config config = {
        .scenario = sim->scenario,
        .counters = &control->scenarios[0],
        .port = &worker->port,
        .worker = index,
        .worker_count = sim->workers,
    };
    worker->executor = executor_new(&config);
    executor_begin(worker->executor);
    worker->next_tick_ns = executor_tick(worker->executor, 0);
}

/* When this worker notices something next. */
static nsec_t next_event(const struct sim_worker *worker)
{
    const struct sim *sim = worker->sim;
    nsec_t next = worker->next_tick_ns;
    for (size_t i = 0; i < MAX_SLOTS; i++)
        next = MIN_OF(next, worker->ready_ns[i]);
    if (next > sim->blind_from_ns && next < sim->blind_until_ns)
        next = sim->blind_until_ns;
    return next;
}

static void worker_step(struct sim_worker *worker, nsec_t now_ns)
{
    worker->now_ns = now_ns;
    for (int64_t slot = 0; slot < MAX_SLOTS; slot++) {
        if (worker->ready_ns[slot] > now_ns)
            continue;
        worker->ready_ns[slot] = NSEC_NEVER;
        worker->sim->completed += worker->running[slot];
        worker->running[slot] = false;
        executor_idle(worker->executor, slot, now_ns);
    }
    worker->next_tick_ns = executor_tick(worker->executor, now_ns);
}

static int compare_starts(const void *left, const void *right)
{
    const struct sim_start *a = left, *b = right;
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns ? -1 : 1;
    return (a->slot > b->slot) - (a->slot < b->slot);
}

void sim_run(struct sim *sim)
{
    struct control *control = control_new(1);
    struct sim_worker *workers = NEW_ARRAY(struct sim_worker, sim->workers);
    for (unsigned i = 0; i < sim->workers; i++)
        worker_begin(sim, &workers[i], i, control);
    for (;;) {
        int64_t held = 0;
        struct sim_worker *first = &workers[0];
        for (unsigned i = 0; i < sim->workers; i++) {
            held += workers[i].held;
            if (next_event(&workers[i]) < next_event(first))
                first = &workers[i];
        }
        sim->max_held = MAX_OF(sim->max_held, held);
        nsec_t now_ns = next_event(first);
        if (now_ns == NSEC_NEVER)
            break;
        sim->end_ns = now_ns;
        if (sim->abort_at_ns > 0 && now_ns >= sim->abort_at_ns) {
            for (unsigned i = 0; i < sim->workers; i++) {
                workers[i].now_ns = now_ns;
                executor_abort(workers[i].executor);
            }
            sim->abort_at_ns = 0;
        }
        worker_step(first, now_ns);
    }
    for (unsigned i = 0; i < sim->workers; i++) {
        assert(executor_ended(workers[i].executor) && workers[i].held == 0);
        executor_free(&workers[i].executor);
    }
    qsort(sim->starts, sim->start_count, sizeof(sim->starts[0]), compare_starts);
    free(workers);
    control_free(&control);
}
