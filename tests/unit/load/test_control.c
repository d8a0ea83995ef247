/* SPDX-License-Identifier: Apache-2.0 */
#include "load/control.h"
#include "support/test.h"

static int told;

static void count_change(struct control_watcher *watcher)
{
    told++;
}

static void first_abort_wins(void **state)
{
    struct control *control = control_new(1);
    struct control_watcher watcher = {.fn = count_change};
    control_watch(control, &watcher);
    control_abort(control, ABORT_BY_SCRIPT, "enough", 6);
    control_abort(control, ABORT_INTERRUPTED, "later", 5);
    assert_int_equal(atomic_load(&control->abort_reason), ABORT_BY_SCRIPT);
    assert_string_equal(control->message, "enough");
    assert_int_equal(atomic_load(&control->state), CONTROL_STOPPING);
    assert_int_equal(told, 1);
    control_start(control, 5);
    assert_int_equal(atomic_load(&control->state), CONTROL_STOPPING);
    control_unwatch(control, &watcher);
    control_free(&control);
}

static void iterations_are_taken_once(void **state)
{
    struct control *control = control_new(1);
    struct scenario_counters *counters = &control->scenarios[0];
    for (int64_t i = 0; i < 3; i++)
        assert_int_equal(control_take_iteration(counters, 4), i);
    assert_int_equal(control_take_remaining(counters, 4), 1);
    assert_int_equal(control_take_remaining(counters, 4), 0);
    assert_int_equal(control_take_iteration(counters, 4), -1);
    control_free(&control);
}

/* 4 requests a second: one every 250 ms, and no credit for time without requests. */
static void rps_has_a_burst_of_one(void **state)
{
    struct control *control = control_new(1);
    const nsec_t ms = NSEC_PER_MSEC;
    assert_int_equal(control_take_rps_slot(control, 4, 1000 * ms), 1000 * ms);
    assert_int_equal(control_take_rps_slot(control, 4, 1000 * ms), 1250 * ms);
    assert_int_equal(control_take_rps_slot(control, 4, 1010 * ms), 1500 * ms);
    assert_int_equal(control_take_rps_slot(control, 4, 9000 * ms), 9000 * ms);
    assert_int_equal(control_take_rps_slot(control, 4, 9000 * ms), 9250 * ms);
    control_free(&control);
}

static void a_tick_is_taken_once(void **state)
{
    struct control *control = control_new(1);
    assert_true(control_take_tick(control, 1000));
    assert_false(control_take_tick(control, 1000));
    assert_true(control_take_tick(control, 3000));
    assert_false(control_take_tick(control, 2000));
    control_free(&control);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_abort_wins),
        cmocka_unit_test(iterations_are_taken_once),
        cmocka_unit_test(a_tick_is_taken_once),
        cmocka_unit_test(rps_has_a_burst_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
