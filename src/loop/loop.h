/* SPDX-License-Identifier: Apache-2.0
 *
 * The event loop of one worker: I/O completions (io.h), timers (timer.h), deferred calls and
 * wake-ups from other threads. One turn runs these phases: wait, I/O, wake-ups, expired timers,
 * deferred calls. Everything happens on the thread that runs the loop, except waker_wake().
 *
 * Nothing here reads sockets by itself: poller.h is the interface to the kernel's notification
 * mechanism, poller_epoll.c and poller_uring.c implement it.
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/util.h"
#include "loop/poller_kind.h"

struct error;
struct loop;

/* `clock` is borrowed and outlives the loop. With any clock but clock_monotonic() no turn sleeps,
 * since nobody but the caller moves that time: tests turn the loop by hand. NULL and `err` filled
 * when the kernel refuses. */
struct loop *loop_new(struct clock *clock, struct error *err);

/* The same over a poller of the caller's choice; loop_new() leaves it to POLLER_AUTO. */
struct loop *loop_new_on(struct clock *clock, enum poller_kind kind, struct error *err);

/* Every timer, io, watch and waker must have been closed or done before. NULL-safe. */
void loop_free(struct loop **loop);

/* Runs turns until loop_stop(); at once over when that was called before. Sets this thread's timer
 * slack to its minimum, so that timers are microseconds late, not 50. */
void loop_run(struct loop *loop);

/* One turn; waits at most `max_wait_ns` (0: does not wait) for something to happen. */
void loop_turn(struct loop *loop, nsec_t max_wait_ns);

/* Ends loop_run() after the current turn. */
void loop_stop(struct loop *loop);

/* A turn looks for events without sleeping once the next timer is due within `spin_ns`, so that the
 * timer does not wait for a processor to wake up; costs that much processor time before every
 * timer. 0, as at first: every wait sleeps. */
void loop_set_spin(struct loop *loop, nsec_t spin_ns);

/* Time at the start of this turn's callbacks, read again before its timers (so no timer sees a time
 * before its deadline); for scheduling. Samples read loop_clock(). */
nsec_t loop_now(const struct loop *loop);
struct clock *loop_clock(const struct loop *loop);

/* What it runs on: never POLLER_AUTO. */
enum poller_kind loop_poller(const struct loop *loop);

/* The descriptor that becomes readable when a turn has work: lets another loop embed this one. */
int loop_fd(const struct loop *loop);

/* How long the next turn may sleep at most, ns; NSEC_NEVER without timers. For embedders. A timer
 * that was cancelled or moved may still shorten it. */
nsec_t loop_next_wait(const struct loop *loop);

/* The same as a time of the loop's clock; 0 when a turn has work now. */
nsec_t loop_next_deadline(const struct loop *loop);

/* A call at the end of the current turn (or of the next one, from a deferred call itself).
 * Queueing twice runs once. Zeroed before first use. Objects that are closed inside their own
 * callback end through this. */
struct deferred {
    struct list link; /* private */
    void (*fn)(struct deferred *deferred);
};

void loop_defer(struct loop *loop, struct deferred *deferred);
void deferred_cancel(struct deferred *deferred);

/* A wake-up from another thread: waker_wake() makes `fn` run on the loop's thread soon; several
 * wakes before that run it once. waker_done() is for the loop's thread, after the last wake of any
 * thread; a wake that has not run yet is dropped. */
struct waker {
    struct list link; /* private */
    atomic_bool pending;
    struct loop *loop;
    void (*fn)(struct waker *waker);
};

void waker_init(struct waker *waker, struct loop *loop, void (*fn)(struct waker *waker));
void waker_done(struct waker *waker);
void waker_wake(struct waker *waker); /* any thread */

/* Longest time a turn's callbacks took since the last call, ns: how late anything on this worker
 * could have been noticed (metric loop_lag). Resets. */
nsec_t loop_take_lag(struct loop *loop);

/* The same for a stretch that an embedding loop measured. */
void loop_note_lag(struct loop *loop, nsec_t ns);

#endif
