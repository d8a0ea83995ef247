/* SPDX-License-Identifier: Apache-2.0
 *
 * The timers of one loop: a 4-ary heap over an array, whose entries carry their key so that
 * sifting stays inside the array. A timer's key may be earlier than its deadline (moved later or
 * cancelled since): the entry is corrected when its key comes up. Zeroed memory is an empty queue.
 */
#ifndef LOOP_TIMER_QUEUE_H
#define LOOP_TIMER_QUEUE_H

#include <stdint.h>

#include "base/clock.h"

struct timer;

struct timer_queue {
    struct timer_entry {
        nsec_t key_ns;
        struct timer *timer;
    } * heap;

    uint32_t count, capacity;

    /* Expired, about to be called: NULL where a callback cancelled or re-armed it. */
    struct timer **due;
    uint32_t due_count, due_capacity;
};

/* Every timer must be done. */
void timer_queue_done(struct timer_queue *queue);

/* The earliest time at which anything may be due; NSEC_NEVER when empty. */
nsec_t timer_queue_next(const struct timer_queue *queue);

/* Calls every timer whose deadline is at or before `now_ns`, in the order of deadlines; what is
 * armed meanwhile waits for the next run. */
void timer_queue_run(struct timer_queue *queue, nsec_t now_ns);

#endif
