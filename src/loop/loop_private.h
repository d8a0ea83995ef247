/* SPDX-License-Identifier: Apache-2.0
 *
 * The loop's own state, seen only inside this folder.
 */
#ifndef LOOP_LOOP_PRIVATE_H
#define LOOP_LOOP_PRIVATE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/list.h"
#include "loop/io.h"
#include "loop/timer_queue.h"

struct poller;

struct loop {
    struct clock *clock;
    struct poller *poller;
    struct timer_queue timers;
    struct list deferred;
    nsec_t now_ns;
    nsec_t lag_ns;  /* longest turn since loop_take_lag() */
    nsec_t spin_ns; /* loop_set_spin() */
    bool sleeps;    /* the clock moves by itself */
    bool stopping;
    bool turning;

    /* Other threads push wakers and make wake_fd readable when the list was empty. A waker's link
     * belongs to the lock while it is not pending, and to the loop's thread once taken off. */
    pthread_mutex_t wakers_lock;
    struct list wakers;
    int wake_fd;
    struct fd_watch wake_watch;
    bool woken;
};

#endif
