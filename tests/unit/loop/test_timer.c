/* SPDX-License-Identifier: Apache-2.0
 *
 * Timers under the virtual clock: what callbacks may do to other timers, and a long random run
 * against a naive model.
 */
#include "base/mem.h"
#include "base/rng.h"
#include "base/util.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "support/test.h"
#include "support/test_poller.h"

struct fixture {
    struct virtual_clock clock;
    struct loop *loop;
};

struct probe {
    struct timer timer;
    int fired;
    nsec_t fired_ns;
    struct probe *other;
};

static int set_up(void **state)
{
    struct fixture *f = NEW(struct fixture);
    virtual_clock_init(&f->clock, 1000);
    f->loop = test_loop_new(&f->clock.clock);
    *state = f;
    return f->loop ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    loop_free(&f->loop);
    mem_free(&f);
    return 0;
}

static void turn_at(struct fixture *f, nsec_t now_ns)
{
    virtual_clock_advance(&f->clock, now_ns - f->clock.now_ns);
    loop_turn(f->loop, NSEC_NEVER);
}

static void on_fire(struct timer *timer)
{
    struct probe *probe = CONTAINER_OF(timer, struct probe, timer);
    assert_false(timer_armed(timer));
    probe->fired++;
    probe->fired_ns = loop_now(timer->loop);
}

static void on_fire_cancel_other(struct timer *timer)
{
    on_fire(timer);
    timer_cancel(&CONTAINER_OF(timer, struct probe, timer)->other->timer);
}

static void on_fire_done_other(struct timer *timer)
{
    on_fire(timer);
    timer_done(&CONTAINER_OF(timer, struct probe, timer)->other->timer);
}

static void on_fire_move_other(struct timer *timer)
{
    on_fire(timer);
    timer_set(&CONTAINER_OF(timer, struct probe, timer)->other->timer, 5000);
}

static void on_fire_rearm_past(struct timer *timer)
{
    on_fire(timer);
    timer_set(timer, 0);
}

static void fires_once_and_not_early(void **state)
{
    struct fixture *f = *state;
    struct probe a = {0};
    timer_init(&a.timer, f->loop, "a", on_fire);
    timer_set(&a.timer, 2000);
    assert_int_equal(loop_next_wait(f->loop), 1000);
    turn_at(f, 1999);
    assert_int_equal(a.fired, 0);
    turn_at(f, 2000);
    turn_at(f, 3000);
    assert_int_equal(a.fired, 1);
    assert_int_equal(a.fired_ns, 2000);
    assert_true(loop_next_wait(f->loop) == NSEC_NEVER);
    timer_done(&a.timer);
}

/* set to `first_ns`, then to `then_ns` (0: cancelled): when does it fire? */
static void moves(void **state)
{
    static const struct {
        const char *name;
        nsec_t first_ns, then_ns, fires_ns;
    } cases[] = {
        {"later", 2000, 4000, 4000},      {"earlier", 4000, 2000, 2000}, {"same", 2000, 2000, 2000},
        {"to the past", 2000, 500, 1000}, {"cancelled", 2000, 0, 0},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct probe a = {0};
        print_message("%s\n", cases[i].name);
        f->clock.now_ns = 1000;
        timer_init(&a.timer, f->loop, "a", on_fire);
        timer_set(&a.timer, cases[i].first_ns);
        if (cases[i].then_ns)
            timer_set(&a.timer, cases[i].then_ns);
        else
            timer_cancel(&a.timer);
        for (nsec_t now_ns = 1000; now_ns <= 5000; now_ns += 500)
            turn_at(f, now_ns);
        assert_int_equal(a.fired_ns, cases[i].fires_ns);
        assert_int_equal(a.fired, cases[i].fires_ns != 0);
        timer_done(&a.timer);
    }
}

/* Two timers expire in one turn; the callback of the first does something to the second. */
static void callbacks_change_expired_timers(void **state)
{
    static const struct {
        const char *name;
        void (*fn)(struct timer *timer);
        int fired_now, fired_later;
    } cases[] = {
        {"nothing", on_fire, 1, 1},
        {"cancel", on_fire_cancel_other, 0, 0},
        {"done", on_fire_done_other, 0, 0},
        {"move", on_fire_move_other, 0, 1},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct probe b = {0}, a = {.other = &b};
        print_message("%s\n", cases[i].name);
        f->clock.now_ns = 1000;
        timer_init(&a.timer, f->loop, "a", cases[i].fn);
        timer_init(&b.timer, f->loop, "b", on_fire);
        timer_set(&b.timer, 2001);
        timer_set(&a.timer, 2000);
        turn_at(f, 3000);
        assert_int_equal(a.fired, 1);
        assert_int_equal(b.fired, cases[i].fired_now);
        turn_at(f, 5000);
        assert_int_equal(b.fired, cases[i].fired_later);
        timer_done(&a.timer);
        timer_done(&b.timer);
    }
}

static void rearming_to_the_past_waits_a_turn(void **state)
{
    struct fixture *f = *state;
    struct probe a = {0};
    timer_init(&a.timer, f->loop, "a", on_fire_rearm_past);
    timer_set(&a.timer, 0);
    for (int i = 1; i <= 3; i++) {
        turn_at(f, 1000);
        assert_int_equal(a.fired, i);
        assert_int_equal(loop_next_wait(f->loop), 0);
    }
    timer_done(&a.timer);
}

enum {
    MANY = 100000,
    FEW = 500,
};

/* `other` holds what all of them share: the deadline that fired last. */
static void on_fire_in_order(struct timer *timer)
{
    struct probe *probe = CONTAINER_OF(timer, struct probe, timer);
    assert_true(probe->fired_ns >= probe->other->fired_ns);
    probe->other->fired_ns = probe->fired_ns;
    probe->fired++;
}

static void a_hundred_thousand(void **state)
{
    struct fixture *f = *state;
    struct probe *probes = NEW_ARRAY(struct probe, MANY);
    struct rng rng;
    struct probe last = {0};
    rng_seed(&rng, 1);
    for (int i = 0; i < MANY; i++) {
        timer_init(&probes[i].timer, f->loop, "many", on_fire_in_order);
        timer_set(&probes[i].timer, 2000 + (nsec_t)rng_below(&rng, NSEC_PER_SEC));
    }
    for (int i = 0; i < MANY; i++) {
        probes[i].fired_ns = 2000 + (nsec_t)rng_below(&rng, NSEC_PER_SEC);
        probes[i].other = &last;
        timer_set(&probes[i].timer, probes[i].fired_ns);
    }
    turn_at(f, 2 * NSEC_PER_SEC);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(probes[i].fired, 1);
        timer_done(&probes[i].timer);
    }
    mem_free(&probes);
}

static void random_step(struct fixture *f, struct rng *rng, struct probe *probe, nsec_t *model_ns)
{
    nsec_t deadline_ns = f->clock.now_ns + (nsec_t)rng_below(rng, 1000) - 50;
    switch (rng_below(rng, 4)) {
    case 0:
        timer_cancel(&probe->timer);
        *model_ns = NSEC_NEVER;
        break;
    case 1:
        timer_done(&probe->timer);
        timer_init(&probe->timer, f->loop, "model", on_fire);
        *model_ns = NSEC_NEVER;
        break;
    default:
        timer_set(&probe->timer, deadline_ns);
        *model_ns = deadline_ns;
    }
}

static void random_against_model(void **state)
{
    struct fixture *f = *state;
    struct probe *probes = NEW_ARRAY(struct probe, FEW);
    nsec_t *model_ns = NEW_ARRAY(nsec_t, FEW);
    struct rng rng;
    rng_seed(&rng, 2);
    for (int i = 0; i < FEW; i++) {
        timer_init(&probes[i].timer, f->loop, "model", on_fire);
        model_ns[i] = NSEC_NEVER;
    }
    for (int round = 0; round < 2000; round++) {
        for (int i = 0; i < 50; i++) {
            size_t which = rng_below(&rng, FEW);
            random_step(f, &rng, &probes[which], &model_ns[which]);
        }
        turn_at(f, f->clock.now_ns + (nsec_t)rng_below(&rng, 100));
        for (int i = 0; i < FEW; i++) {
            bool due = model_ns[i] <= f->clock.now_ns;
            assert_int_equal(probes[i].fired, due);
            if (due)
                model_ns[i] = NSEC_NEVER;
            assert_true(probes[i].timer.deadline_ns == model_ns[i]);
            probes[i].fired = 0;
        }
    }
    for (int i = 0; i < FEW; i++)
        timer_done(&probes[i].timer);
    mem_free(&model_ns);
    mem_free(&probes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fires_once_and_not_early, set_up, tear_down),
        cmocka_unit_test_setup_teardown(moves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(callbacks_change_expired_timers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rearming_to_the_past_waits_a_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hundred_thousand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_against_model, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
