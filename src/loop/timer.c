/* SPDX-License-Identifier: Apache-2.0
 *
 * Timers and their queue. queue_slot says where a timer sits: 0 nowhere, index + 1 in the heap, or
 * index + 1 in the due array with DUE_BIT set.
 */
#include "loop/timer.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "loop/loop_private.h"

#define ARITY   4u
#define DUE_BIT (UINT32_C(1) << 31)

static void place(struct timer_queue *queue, uint32_t at, struct timer_entry entry)
{
    queue->heap[at] = entry;
    entry.timer->queue_slot = at + 1;
}

static void sift_up(struct timer_queue *queue, uint32_t at, struct timer_entry entry)
{
    while (at > 0) {
        uint32_t parent = (at - 1) / ARITY;
        if (queue->heap[parent].key_ns <= entry.key_ns)
            break;
        place(queue, at, queue->heap[parent]);
        at = parent;
    }
    place(queue, at, entry);
}

static uint32_t smallest_child(const struct timer_queue *queue, uint32_t at)
{
    uint32_t first = at * ARITY + 1, best = first;
    for (uint32_t i = first + 1; i < first + ARITY && i < queue->count; i++) {
        if (queue->heap[i].key_ns < queue->heap[best].key_ns)
            best = i;
    }
    return best;
}

static void sift_down(struct timer_queue *queue, uint32_t at, struct timer_entry entry)
{
    while (at * ARITY + 1 < queue->count) {
        uint32_t child = smallest_child(queue, at);
        if (entry.key_ns <= queue->heap[child].key_ns)
            break;
        place(queue, at, queue->heap[child]);
        at = child;
    }
    place(queue, at, entry);
}

/* The entry at `at` gets a new key. */
static void rekey(struct timer_queue *queue, uint32_t at, nsec_t key_ns)
{
    struct timer_entry entry = {key_ns, queue->heap[at].timer};
    nsec_t old_ns = queue->heap[at].key_ns;
    entry.timer->key_ns = key_ns;
    if (key_ns < old_ns)
        sift_up(queue, at, entry);
    else
        sift_down(queue, at, entry);
}

static void push(struct timer_queue *queue, struct timer *timer)
{
    if (queue->count == queue->capacity) {
        queue->capacity = queue->capacity ? queue->capacity * 2 : 64;
        queue->heap = GROW_ARRAY(queue->heap, queue->capacity);
    }
    timer->key_ns = timer->deadline_ns;
    sift_up(queue, queue->count++, (struct timer_entry){timer->key_ns, timer});
}

static void remove_at(struct timer_queue *queue, uint32_t at)
{
    struct timer_entry last = queue->heap[--queue->count];
    queue->heap[at].timer->queue_slot = 0;
    if (at == queue->count)
        return;
    if (last.key_ns < queue->heap[at].key_ns)
        sift_up(queue, at, last);
    else
        sift_down(queue, at, last);
}

static void push_due(struct timer_queue *queue, struct timer *timer)
{
    if (queue->due_count == queue->due_capacity) {
        queue->due_capacity = queue->due_capacity ? queue->due_capacity * 2 : 64;
        queue->due = GROW_ARRAY(queue->due, queue->due_capacity);
    }
    queue->due[queue->due_count++] = timer;
    timer->queue_slot = queue->due_count | DUE_BIT;
}

/* Takes an expired timer that was not called yet out of the due array. */
static void leave_due(struct timer *timer)
{
    if (!(timer->queue_slot & DUE_BIT))
        return;
    timer->loop->timers.due[(timer->queue_slot & ~DUE_BIT) - 1] = NULL;
    timer->queue_slot = 0;
}

/* Moves the expired timers to the due array; corrects keys that are out of date. */
static void collect_due(struct timer_queue *queue, nsec_t now_ns)
{
    while (queue->count > 0 && queue->heap[0].key_ns <= now_ns) {
        struct timer *timer = queue->heap[0].timer;
        if (timer->deadline_ns == timer->key_ns) {
            remove_at(queue, 0);
            push_due(queue, timer);
        } else if (timer_armed(timer)) {
            rekey(queue, 0, timer->deadline_ns);
        } else {
            remove_at(queue, 0);
        }
    }
}

void timer_queue_done(struct timer_queue *queue)
{
    assert(queue->count == 0);
    free(queue->heap);
    free(queue->due);
    *queue = (struct timer_queue){0};
}

nsec_t timer_queue_next(const struct timer_queue *queue)
{
    return queue->count > 0 ? queue->heap[0].key_ns : NSEC_NEVER;
}

void timer_queue_run(struct timer_queue *queue, nsec_t now_ns)
{
    collect_due(queue, now_ns);
    for (uint32_t i = 0; i < queue->due_count; i++) {
        struct timer *timer = queue->due[i];
        if (!timer)
            continue;
        timer->queue_slot = 0;
        timer->deadline_ns = NSEC_NEVER;
        timer->fn(timer);
    }
    queue->due_count = 0;
}

void timer_init(struct timer *timer, struct loop *loop, const char *name,
                void (*fn)(struct timer *timer))
{
    *timer = (struct timer){.fn = fn, .loop = loop, .name = name, .deadline_ns = NSEC_NEVER};
}

void timer_set(struct timer *timer, nsec_t deadline_ns)
{
    struct timer_queue *queue = &timer->loop->timers;
    assert(deadline_ns != NSEC_NEVER);
    leave_due(timer);
    timer->deadline_ns = deadline_ns;
    if (timer->queue_slot == 0)
        push(queue, timer);
    else if (deadline_ns < timer->key_ns)
        rekey(queue, timer->queue_slot - 1, deadline_ns);
}

void timer_cancel(struct timer *timer)
{
    leave_due(timer);
    timer->deadline_ns = NSEC_NEVER;
}

void timer_done(struct timer *timer)
{
    timer_cancel(timer);
    if (timer->queue_slot != 0)
        remove_at(&timer->loop->timers, timer->queue_slot - 1);
}
