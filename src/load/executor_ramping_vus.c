/* SPDX-License-Identifier: Apache-2.0
 *
 * ramping-vus: slot k iterates while the staircase (ramp.h) is higher than k. A slot that the
 * staircase leaves may finish its iteration for gracefulRampDown; when the staircase comes back
 * meanwhile, it goes on as if nothing had happened. A second reader of the same staircase, late by
 * gracefulRampDown, finds the slots whose time is up.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "load/executor_private.h"
#include "load/ramp.h"

#define ACTIVE (-1)

struct ramp_reader {
    struct ramp ramp;
    struct ramp_step next;
    bool more;
    int64_t users; /* after the last step taken */
};

struct ramping_vus {
    struct executor base;
    struct ramp_reader steps, late_steps;
    nsec_t *left_ns; /* by slot / worker_count: ACTIVE, or when the staircase left it */
    bool stepping;
};

static struct ramping_vus *self_of(struct executor *ex)
{
    return CONTAINER_OF(ex, struct ramping_vus, base);
}

static void reader_init(struct ramp_reader *reader, const struct scenario *scenario)
{
    ramp_init(&reader->ramp, scenario);
    reader->more = ramp_next(&reader->ramp, &reader->next);
    reader->users = 0;
}

static void begin(struct executor *ex)
{
    struct ramping_vus *self = self_of(ex);
    self->left_ns = NEW_ARRAY(nsec_t, (size_t)ex->slot_limit / ex->worker_count + 1);
    reader_init(&self->steps, ex->scenario);
    reader_init(&self->late_steps, ex->scenario);
}

/* The worker's first slot that is >= `slot`. */
static int64_t own_slot_from(const struct executor *ex, int64_t slot)
{
    int64_t missing = (ex->worker - slot) % ex->worker_count;
    return slot + (missing < 0 ? missing + ex->worker_count : missing);
}

/* The worker's last slot that is < `limit`; negative when there is none. */
static int64_t own_slot_below(const struct executor *ex, int64_t limit)
{
    return own_slot_from(ex, limit) - ex->worker_count;
}

static void start_slots(struct ramping_vus *self, int64_t from, int64_t to)
{
    struct executor *ex = &self->base;
    for (int64_t slot = own_slot_from(ex, from); slot < to; slot += ex->worker_count) {
        self->left_ns[slot / ex->worker_count] = ACTIVE;
        if (executor_slot(ex, slot) == SLOT_UNUSED)
            executor_acquire(ex, slot);
    }
}

/* The last that started is the first to stop. */
static void leave_slots(struct ramping_vus *self, int64_t from, int64_t to, nsec_t at_ns)
{
    struct executor *ex = &self->base;
    for (int64_t slot = own_slot_below(ex, from); slot >= to; slot -= ex->worker_count)
        self->left_ns[slot / ex->worker_count] = at_ns;
}

static void interrupt_slots(struct ramping_vus *self, int64_t from, int64_t to, nsec_t left_ns)
{
    struct executor *ex = &self->base;
    for (int64_t slot = own_slot_below(ex, from); slot >= to; slot -= ex->worker_count) {
        if (self->left_ns[slot / ex->worker_count] == left_ns &&
            executor_slot(ex, slot) == SLOT_RUNNING)
            ex->port->interrupt(ex->port, slot);
    }
}

/* The next step, with all others of the same moment: a user for no time at all never starts. */
static struct ramp_step take_step(struct ramp_reader *reader)
{
    struct ramp_step step = reader->next;
    while ((reader->more = ramp_next(&reader->ramp, &reader->next)) &&
           reader->next.at_ns == step.at_ns)
        step.users = reader->next.users;
    return step;
}

/* Takes the steps that are due at `at_ns`, `delay_ns` after their time. */
static void take_steps(struct ramping_vus *self, struct ramp_reader *reader, nsec_t delay_ns,
                       nsec_t at_ns)
{
    while (reader->more && reader->next.at_ns + delay_ns <= at_ns) {
        struct ramp_step step = take_step(reader);
        if (reader == &self->late_steps)
            interrupt_slots(self, reader->users, step.users, step.at_ns);
        else if (step.users > reader->users)
            start_slots(self, reader->users, step.users);
        else
            leave_slots(self, reader->users, step.users, step.at_ns);
        reader->users = step.users;
    }
}

static nsec_t tick(struct executor *ex, nsec_t at_ns)
{
    struct ramping_vus *self = self_of(ex);
    nsec_t grace = ex->scenario->graceful_ramp_down_ns, next = NSEC_NEVER;
    self->stepping = true;
    if (!ex->stopping)
        take_steps(self, &self->steps, 0, at_ns);
    take_steps(self, &self->late_steps, grace, at_ns);
    self->stepping = false;
    if (self->steps.more && !ex->stopping)
        next = self->steps.next.at_ns;
    if (self->late_steps.more)
        next = MIN_OF(next, self->late_steps.next.at_ns + grace);
    return next;
}

/* A step counts from its time on, also when the loop is late with its tick; but a slot that gets
 * its user inside a step must not take the next one. */
static void idle(struct executor *ex, int64_t slot, nsec_t at_ns)
{
    struct ramping_vus *self = self_of(ex);
    if (!self->stepping)
        tick(ex, at_ns);
    bool active = self->left_ns[slot / ex->worker_count] == ACTIVE;
    if (active && at_ns < ex->regular_end_ns)
        executor_run(ex, slot, INTENDED_NOW, executor_next_index(ex));
    else
        executor_release(ex, slot);
}

static void done(struct executor *ex)
{
    free(self_of(ex)->left_ns);
}

const struct executor_ops executor_ramping_vus = {
    .bytes = sizeof(struct ramping_vus),
    .begin = begin,
    .tick = tick,
    .idle = idle,
    .done = done,
};
