/* SPDX-License-Identifier: Apache-2.0
 *
 * Arrivals on a schedule that does not care how the system under test is doing. Those that a busy
 * worker notices late start at once and keep their intended time, so that lateness shows.
 */
#include "load/arrival.h"

#include <stdlib.h>

#include "base/mem.h"

static struct arrivals *self_of(struct executor *ex)
{
    return CONTAINER_OF(ex, struct arrivals, base);
}

/* An arrival at exactly the regular end still starts, as in k6. */
static void find_next(struct arrivals *self)
{
    self->next_ns = self->due(self, self->next);
    if (self->next_ns > self->base.regular_end_ns)
        self->next_ns = NSEC_NEVER;
}

void arrivals_begin(struct arrivals *self, nsec_t (*due)(struct arrivals *arrivals, int64_t i))
{
    struct executor *ex = &self->base;
    self->due = due;
    self->free_cap = (size_t)ex->slot_limit / ex->worker_count + 1;
    self->free = NEW_ARRAY(int64_t, self->free_cap);
    self->stride = (unsigned)MIN_OF((int64_t)ex->worker_count, ex->slot_limit);
    self->next = ex->worker;
    self->next_ns = NSEC_NEVER;
    if (ex->worker >= self->stride) {
        ex->complete = true;
        return;
    }
    find_next(self);
    self->next_slot = ex->worker;
    for (; self->next_slot < ex->scenario->vus; self->next_slot += ex->worker_count)
        executor_acquire(ex, self->next_slot);
}

static void drop(struct arrivals *self)
{
    struct executor *ex = &self->base;
    executor_drop(ex, 1);
    if (self->growing)
        return;
    if (self->next_slot < ex->slot_limit) {
        self->growing = true;
        executor_grow(ex, self->next_slot);
        self->next_slot += ex->worker_count;
    } else if (!atomic_exchange(&ex->counters->warned, true)) {
        ex->port->exhausted(ex->port);
    }
}

static void start(struct arrivals *self)
{
    if (self->free_count == 0) {
        drop(self);
        return;
    }
    int64_t slot = self->free[self->free_first];
    self->free_first = (self->free_first + 1) % self->free_cap;
    self->free_count--;
    executor_run(&self->base, slot, self->next_ns, executor_next_index(&self->base));
}

/* After the last arrival nobody waits for the regular end. */
static void release_free(struct arrivals *self)
{
    self->base.complete = true;
    for (; self->free_count > 0; self->free_count--) {
        executor_release(&self->base, self->free[self->free_first]);
        self->free_first = (self->free_first + 1) % self->free_cap;
    }
}

nsec_t arrivals_tick(struct executor *ex, nsec_t at_ns)
{
    struct arrivals *self = self_of(ex);
    if (ex->stopping)
        return NSEC_NEVER;
    while (self->next_ns <= at_ns) {
        start(self);
        self->next += self->stride;
        find_next(self);
    }
    if (self->next_ns == NSEC_NEVER)
        release_free(self);
    return self->next_ns;
}

void arrivals_idle(struct executor *ex, int64_t slot, nsec_t at_ns)
{
    struct arrivals *self = self_of(ex);
    /* Slots are numbered upwards and only one is made at a time. */
    if (self->growing && slot == self->next_slot - (int64_t)ex->worker_count)
        self->growing = false;
    if (self->next_ns == NSEC_NEVER) {
        executor_release(ex, slot);
        return;
    }
    self->free[(self->free_first + self->free_count) % self->free_cap] = slot;
    self->free_count++;
}

void arrivals_done(struct executor *ex)
{
    free(self_of(ex)->free);
}
