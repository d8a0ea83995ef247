/* SPDX-License-Identifier: Apache-2.0
 *
 * One-shot timers of a loop. Embedded in their owner. Moving a deadline later and cancelling are
 * O(1) and touch no queue (the entry is corrected when its old time comes), because every request
 * arms and disarms a timeout; arming is O(log n). 100,000 sleeping users are 100,000 of these.
 * The thread of the loop only.
 */
#ifndef LOOP_TIMER_H
#define LOOP_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct loop;

struct timer {
    void (*fn)(struct timer *timer);
    struct loop *loop;
    const char *name;    /* static, for traces */
    nsec_t deadline_ns;  /* read-only; NSEC_NEVER when not armed, as inside `fn` */
    nsec_t key_ns;       /* private: where it sits in the queue */
    uint32_t queue_slot; /* private: index + 1, 0 when not queued */
};

/* Not armed. `fn` runs once per timer_set(), never before its deadline. */
void timer_init(struct timer *timer, struct loop *loop, const char *name,
                void (*fn)(struct timer *timer));

/* Arms or re-arms; a deadline in the past fires in this or the next turn. Expired timers fire in
 * the order of their deadlines. */
void timer_set(struct timer *timer, nsec_t deadline_ns);
void timer_cancel(struct timer *timer);

/* Must be called before the memory goes away. */
void timer_done(struct timer *timer);

static inline bool timer_armed(const struct timer *timer)
{
    return timer->deadline_ns != NSEC_NEVER;
}

#endif
