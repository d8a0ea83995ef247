/* SPDX-License-Identifier: Apache-2.0
 *
 * The turn: deferred calls, wake-ups from other threads, stopping, lag, embedding.
 */
#include <poll.h>
#include <pthread.h>

#include "loop/loop.h"
#include "loop/timer.h"
#include "support/test.h"
#include "support/test_poller.h"

struct counter {
    struct deferred deferred;
    struct waker waker;
    struct loop *loop;
    int calls, stop_at;
    struct counter *other;
};

static void on_deferred(struct deferred *deferred)
{
    CONTAINER_OF(deferred, struct counter, deferred)->calls++;
}

static void on_deferred_again(struct deferred *deferred)
{
    struct counter *counter = CONTAINER_OF(deferred, struct counter, deferred);
    counter->calls++;
    loop_defer(counter->loop, deferred);
}

static void on_deferred_cancel_other(struct deferred *deferred)
{
    struct counter *counter = CONTAINER_OF(deferred, struct counter, deferred);
    counter->calls++;
    deferred_cancel(&counter->other->deferred);
}

static void on_wake(struct waker *waker)
{
    struct counter *counter = CONTAINER_OF(waker, struct counter, waker);
    if (++counter->calls == counter->stop_at)
        loop_stop(counter->loop);
}

static void on_wake_done_other(struct waker *waker)
{
    struct counter *counter = CONTAINER_OF(waker, struct counter, waker);
    counter->calls++;
    waker_done(&counter->other->waker);
}

static void deferred_runs_once_a_turn(void **state)
{
    struct loop *loop = test_loop_new(clock_monotonic());
    struct counter a = {.deferred.fn = on_deferred, .loop = loop};
    loop_defer(loop, &a.deferred);
    loop_defer(loop, &a.deferred);
    assert_int_equal(a.calls, 0);
    loop_turn(loop, NSEC_NEVER);
    loop_turn(loop, 0);
    assert_int_equal(a.calls, 1);
    loop_free(&loop);
    assert_null(loop);
}

static void deferred_from_deferred_runs_next_turn(void **state)
{
    struct loop *loop = test_loop_new(clock_monotonic());
    struct counter a = {.deferred.fn = on_deferred_again, .loop = loop};
    loop_defer(loop, &a.deferred);
    for (int i = 1; i <= 3; i++) {
        loop_turn(loop, NSEC_NEVER);
        assert_int_equal(a.calls, i);
    }
    deferred_cancel(&a.deferred);
    deferred_cancel(&a.deferred);
    loop_turn(loop, 0);
    assert_int_equal(a.calls, 3);
    loop_free(&loop);
}

static void deferred_is_cancelled_by_another(void **state)
{
    struct loop *loop = test_loop_new(clock_monotonic());
    struct counter b = {.deferred.fn = on_deferred, .loop = loop};
    struct counter a = {.deferred.fn = on_deferred_cancel_other, .loop = loop, .other = &b};
    loop_defer(loop, &a.deferred);
    loop_defer(loop, &b.deferred);
    loop_turn(loop, 0);
    assert_int_equal(a.calls, 1);
    assert_int_equal(b.calls, 0);
    loop_free(&loop);
}

static void wakes_coalesce(void **state)
{
    struct virtual_clock clock;
    virtual_clock_init(&clock, 0);
    struct loop *loop = test_loop_new(&clock.clock);
    struct counter b = {.loop = loop}, a = {.loop = loop, .other = &b};
    struct pollfd pollfd = {.fd = loop_fd(loop), .events = POLLIN};
    waker_init(&a.waker, loop, on_wake_done_other);
    waker_init(&b.waker, loop, on_wake);

    loop_turn(loop, 0);
    assert_int_equal(poll(&pollfd, 1, 0), 0);
    waker_wake(&a.waker);
    waker_wake(&a.waker);
    assert_int_equal(poll(&pollfd, 1, 0), 1);
    waker_wake(&b.waker);
    loop_turn(loop, NSEC_NEVER);
    assert_int_equal(a.calls, 1);
    assert_int_equal(b.calls, 0);
    assert_int_equal(poll(&pollfd, 1, 0), 0);

    waker_wake(&a.waker);
    loop_turn(loop, NSEC_NEVER);
    assert_int_equal(a.calls, 2);
    waker_wake(&a.waker);
    waker_done(&a.waker);
    loop_turn(loop, NSEC_NEVER);
    assert_int_equal(a.calls, 2);
    loop_free(&loop);
}

enum {
    THREADS = 3,
    WAKES = 2000,
};

struct pusher {
    pthread_t thread;
    struct counter *counter;
    atomic_int *pushed;
};

static void *push_wakes(void *arg)
{
    struct pusher *pusher = arg;
    for (int i = 0; i < WAKES; i++) {
        atomic_fetch_add_explicit(pusher->pushed, 1, memory_order_relaxed);
        waker_wake(&pusher->counter->waker);
    }
    return NULL;
}

struct sum {
    struct counter counter;
    atomic_int pushed;
    int seen;
};

static void on_wake_sum(struct waker *waker)
{
    struct sum *sum = CONTAINER_OF(waker, struct sum, counter.waker);
    sum->seen = atomic_load_explicit(&sum->pushed, memory_order_relaxed);
    if (sum->seen == THREADS * WAKES)
        loop_stop(sum->counter.loop);
}

/* The last wake is never lost: the loop would sleep for ever. */
static void wakes_come_from_threads(void **state)
{
    struct sum sum = {.counter.loop = test_loop_new(clock_monotonic())};
    struct pusher pushers[THREADS];
    waker_init(&sum.counter.waker, sum.counter.loop, on_wake_sum);
    for (int i = 0; i < THREADS; i++) {
        pushers[i] = (struct pusher){.counter = &sum.counter, .pushed = &sum.pushed};
        assert_int_equal(pthread_create(&pushers[i].thread, NULL, push_wakes, &pushers[i]), 0);
    }
    loop_run(sum.counter.loop);
    for (int i = 0; i < THREADS; i++)
        pthread_join(pushers[i].thread, NULL);
    assert_int_equal(sum.seen, THREADS * WAKES);
    waker_done(&sum.counter.waker);
    loop_free(&sum.counter.loop);
}

static void on_timer_stop(struct timer *timer)
{
    assert_true(loop_now(timer->loop) >= 0);
    loop_stop(timer->loop);
}

/* Sleeps for real: 20 ms, of which the first part is waited for in one piece. */
static void run_ends_by_timer_or_stop(void **state)
{
    struct loop *loop = test_loop_new(clock_monotonic());
    struct timer timer;
    nsec_t deadline_ns = clock_now(loop_clock(loop)) + 20 * NSEC_PER_MSEC;
    timer_init(&timer, loop, "stop", on_timer_stop);
    timer_set(&timer, deadline_ns);
    loop_run(loop);
    assert_true(loop_now(loop) >= deadline_ns);
    loop_stop(loop);
    assert_int_equal(loop_next_wait(loop), 0);
    loop_run(loop);
    timer_done(&timer);
    loop_free(&loop);
}

/* Would sleep for an hour. */
static void spinning_does_not_sleep(void **state)
{
    struct loop *loop = test_loop_new(clock_monotonic());
    struct timer timer;
    timer_init(&timer, loop, "stop", on_timer_stop);
    timer_set(&timer, clock_now(loop_clock(loop)) + 3600 * NSEC_PER_SEC);
    loop_set_spin(loop, 2 * 3600 * NSEC_PER_SEC);
    loop_turn(loop, NSEC_NEVER);
    assert_true(timer_armed(&timer));
    timer_done(&timer);
    loop_free(&loop);
}

/* Sleeps for real: 3 ms, and looks for events in the last one. */
static void spinning_ends_at_the_timer(void **state)
{
    struct loop *loop = test_loop_new(clock_monotonic());
    struct timer timer;
    nsec_t deadline_ns = clock_now(loop_clock(loop)) + 3 * NSEC_PER_MSEC;
    timer_init(&timer, loop, "stop", on_timer_stop);
    timer_set(&timer, deadline_ns);
    loop_set_spin(loop, NSEC_PER_MSEC);
    loop_run(loop);
    assert_true(loop_now(loop) >= deadline_ns);
    timer_done(&timer);
    loop_free(&loop);
}

static void on_timer_work(struct timer *timer)
{
    struct virtual_clock *clock =
        CONTAINER_OF(loop_clock(timer->loop), struct virtual_clock, clock);
    virtual_clock_advance(clock, 700);
}

static void lag_is_the_longest_turn(void **state)
{
    struct virtual_clock clock;
    virtual_clock_init(&clock, 100);
    struct loop *loop = test_loop_new(&clock.clock);
    struct timer timer;
    timer_init(&timer, loop, "work", on_timer_work);
    timer_set(&timer, 50);
    loop_turn(loop, NSEC_NEVER);
    loop_turn(loop, NSEC_NEVER);
    assert_int_equal(loop_take_lag(loop), 700);
    assert_int_equal(loop_take_lag(loop), 0);
    timer_done(&timer);
    loop_free(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deferred_runs_once_a_turn),
        cmocka_unit_test(deferred_from_deferred_runs_next_turn),
        cmocka_unit_test(deferred_is_cancelled_by_another),
        cmocka_unit_test(wakes_coalesce),
        cmocka_unit_test(wakes_come_from_threads),
        cmocka_unit_test(run_ends_by_timer_or_stop),
        cmocka_unit_test(spinning_does_not_sleep),
        cmocka_unit_test(spinning_ends_at_the_timer),
        cmocka_unit_test(lag_is_the_longest_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
