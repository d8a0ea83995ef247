/* SPDX-License-Identifier: Apache-2.0
 *
 * The turn of the loop, its deferred calls and its wake-ups.
 */
#include "loop/loop.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "loop/loop_private.h"
#include "loop/poller.h"

static void on_wake_fd(struct fd_watch *watch, bool readable, bool writable)
{
    struct loop *loop = CONTAINER_OF(watch, struct loop, wake_watch);
    uint64_t count;
    /* Only this thread reads it; the count itself means nothing. */
    (void)!read(loop->wake_fd, &count, sizeof count);
    loop->woken = true;
}

static int open_wake_fd(struct loop *loop, struct error *err)
{
    int error = 0;
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->wake_fd < 0)
        error = errno;
    else if ((error = -fd_watch_init(&loop->wake_watch, loop, loop->wake_fd, on_wake_fd)) == 0)
        error = -fd_watch_set(&loop->wake_watch, true, false);
    if (error == 0)
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "cannot create the wake-up descriptor of an event loop: %s; "
                     "more descriptors: ulimit -n",
                     strerror(error));
}

struct loop *loop_new_on(struct clock *clock, enum poller_kind kind, struct error *err)
{
    struct loop *loop = NEW(struct loop);
    loop->clock = clock;
    loop->sleeps = clock == clock_monotonic();
    loop->now_ns = clock_now(clock);
    loop->wake_fd = -1;
    list_init(&loop->deferred);
    list_init(&loop->wakers);
    pthread_mutex_init(&loop->wakers_lock, NULL);
    loop->poller = kind == POLLER_IO_URING ? poller_uring_new(err) : poller_epoll_new(err);
    if (!loop->poller || open_wake_fd(loop, err) < 0)
        loop_free(&loop);
    return loop;
}

struct loop *loop_new(struct clock *clock, struct error *err)
{
    return loop_new_on(clock, POLLER_AUTO, err);
}

void loop_free(struct loop **loop_ptr)
{
    struct loop *loop = TAKE(*loop_ptr);
    if (!loop)
        return;
    assert(list_empty(&loop->wakers) && list_empty(&loop->deferred));
    timer_queue_done(&loop->timers);
    fd_watch_done(&loop->wake_watch);
    if (loop->poller)
        loop->poller->ops->free(loop->poller);
    if (loop->wake_fd >= 0)
        close(loop->wake_fd);
    pthread_mutex_destroy(&loop->wakers_lock);
    free(loop);
}

static void run_wakers(struct loop *loop)
{
    if (!loop->woken)
        return;
    loop->woken = false;
    struct list taken;
    pthread_mutex_lock(&loop->wakers_lock);
    list_take_all(&loop->wakers, &taken);
    pthread_mutex_unlock(&loop->wakers_lock);
    struct list *link;
    while ((link = list_pop_front(&taken))) {
        struct waker *waker = CONTAINER_OF(link, struct waker, link);
        /* Before the call, so that a wake during it runs it again; an exchange and not a store,
         * so that what the waking thread wrote before is seen by the call. */
        atomic_exchange(&waker->pending, false);
        waker->fn(waker);
    }
}

static void run_deferred(struct loop *loop)
{
    struct list taken, *link;
    list_take_all(&loop->deferred, &taken);
    while ((link = list_pop_front(&taken))) {
        struct deferred *deferred = CONTAINER_OF(link, struct deferred, link);
        deferred->fn(deferred);
    }
}

void loop_run(struct loop *loop)
{
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    while (!loop->stopping)
        loop_turn(loop, NSEC_NEVER);
    loop->stopping = false;
}

/* How long a turn sleeps before its timers. */
static nsec_t sleep_of(const struct loop *loop)
{
    nsec_t wait_ns = loop_next_wait(loop);
    return wait_ns == NSEC_NEVER ? wait_ns : MAX_OF(wait_ns - loop->spin_ns, 0);
}

void loop_turn(struct loop *loop, nsec_t max_wait_ns)
{
    nsec_t wait_ns = loop->sleeps ? MIN_OF(max_wait_ns, sleep_of(loop)) : 0;
    loop->turning = true;
    loop->poller->ops->wait(loop->poller, wait_ns);
    nsec_t start_ns = clock_now(loop->clock);
    loop->now_ns = start_ns;
    loop->poller->ops->dispatch(loop->poller);
    run_wakers(loop);
    loop->now_ns = clock_now(loop->clock);
    timer_queue_run(&loop->timers, loop->now_ns);
    run_deferred(loop);
    loop->lag_ns = MAX_OF(loop->lag_ns, clock_now(loop->clock) - start_ns);
    loop->turning = false;
}

void loop_stop(struct loop *loop)
{
    loop->stopping = true;
}

void loop_set_spin(struct loop *loop, nsec_t spin_ns)
{
    loop->spin_ns = spin_ns;
}

nsec_t loop_now(const struct loop *loop)
{
    return loop->now_ns;
}

struct clock *loop_clock(const struct loop *loop)
{
    return loop->clock;
}

enum poller_kind loop_poller(const struct loop *loop)
{
    return loop->poller->ops->kind;
}

int loop_fd(const struct loop *loop)
{
    return loop->poller->ops->fd(loop->poller);
}

nsec_t loop_next_deadline(const struct loop *loop)
{
    if (loop->stopping || !list_empty(&loop->deferred) ||
        loop->poller->ops->is_pending(loop->poller))
        return 0;
    return timer_queue_next(&loop->timers);
}

nsec_t loop_next_wait(const struct loop *loop)
{
    nsec_t next_ns = loop_next_deadline(loop);
    if (next_ns == NSEC_NEVER || next_ns == 0)
        return next_ns;
    return MAX_OF(next_ns - clock_now(loop->clock), 0);
}

void loop_defer(struct loop *loop, struct deferred *deferred)
{
    if (!list_linked(&deferred->link))
        list_push_back(&loop->deferred, &deferred->link);
}

void deferred_cancel(struct deferred *deferred)
{
    list_remove(&deferred->link);
}

void waker_init(struct waker *waker, struct loop *loop, void (*fn)(struct waker *waker))
{
    *waker = (struct waker){.loop = loop, .fn = fn};
}

void waker_done(struct waker *waker)
{
    /* Taken off already or still listed: in both cases nobody else touches the link now, but its
     * neighbours are the lock's. */
    pthread_mutex_lock(&waker->loop->wakers_lock);
    list_remove(&waker->link);
    pthread_mutex_unlock(&waker->loop->wakers_lock);
    atomic_store(&waker->pending, false);
}

void waker_wake(struct waker *waker)
{
    struct loop *loop = waker->loop;
    if (atomic_exchange(&waker->pending, true))
        return;
    pthread_mutex_lock(&loop->wakers_lock);
    bool first = list_empty(&loop->wakers);
    list_push_back(&loop->wakers, &waker->link);
    pthread_mutex_unlock(&loop->wakers_lock);
    /* Cannot fail: the counter would have to overflow 64 bits. */
    if (first)
        (void)!write(loop->wake_fd, &(uint64_t){1}, sizeof(uint64_t));
}

nsec_t loop_take_lag(struct loop *loop)
{
    nsec_t lag_ns = loop->lag_ns;
    loop->lag_ns = 0;
    return lag_ns;
}

void loop_note_lag(struct loop *loop, nsec_t ns)
{
    loop->lag_ns = MAX_OF(loop->lag_ns, ns);
}
