/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdio.h>

#include "keneyapp/auth/lockout.h"
#include "support/test.h"

#define LOCK_NS (900 * NSEC_PER_SEC)
#define NAME    SPAN("testuser")

static struct virtual_clock virtual_time;

static struct lockouts *new_lockouts(nsec_t lock_ns)
{
    virtual_clock_init(&virtual_time, NSEC_PER_SEC);
    return lockouts_new(lock_ns, &virtual_time.clock);
}

static void fail_times(struct lockouts *lockouts, struct span name, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        assert_int_equal(lockouts_count(lockouts, name, false), 0);
}

static void test_locks_for_a_while(void **state)
{
    AUTO(lockouts_free) struct lockouts *lockouts = new_lockouts(LOCK_NS);
    fail_times(lockouts, NAME, LOCKOUT_FAILURES - 1);
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 0);
    fail_times(lockouts, NAME, 1);
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 900);
    assert_int_equal(lockouts_wait_s(lockouts, SPAN("another")), 0);
    virtual_clock_advance(&virtual_time, LOCK_NS - NSEC_PER_SEC / 2);
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 1);
    virtual_clock_advance(&virtual_time, NSEC_PER_SEC / 2);
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 0);
    fail_times(lockouts, NAME, LOCKOUT_FAILURES - 1); /* the count began again */
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 0);
}

/* Guesses that were under way are told nothing, right or wrong, and lock for no longer. */
static void test_verdicts_after_the_lock(void **state)
{
    AUTO(lockouts_free) struct lockouts *lockouts = new_lockouts(LOCK_NS);
    fail_times(lockouts, NAME, LOCKOUT_FAILURES);
    virtual_clock_advance(&virtual_time, 100 * NSEC_PER_SEC);
    assert_int_equal(lockouts_count(lockouts, NAME, true), 800);
    assert_int_equal(lockouts_count(lockouts, NAME, false), 800);
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 800);
}

/* Only a lock can be in the database, and the next one is not there yet. */
static void test_kept(void **state)
{
    AUTO(lockouts_free) struct lockouts *lockouts = new_lockouts(LOCK_NS);
    lockouts_keep(lockouts, NAME);
    assert_false(lockouts_is_kept(lockouts, NAME));
    fail_times(lockouts, NAME, LOCKOUT_FAILURES - 1);
    lockouts_keep(lockouts, NAME);
    assert_false(lockouts_is_kept(lockouts, NAME));
    fail_times(lockouts, NAME, 1);
    assert_false(lockouts_is_kept(lockouts, NAME));
    lockouts_keep(lockouts, NAME);
    assert_true(lockouts_is_kept(lockouts, NAME));
    assert_false(lockouts_is_kept(lockouts, SPAN("another")));
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 900);
    virtual_clock_advance(&virtual_time, LOCK_NS);
    assert_false(lockouts_is_kept(lockouts, NAME));
    fail_times(lockouts, NAME, LOCKOUT_FAILURES);
    assert_false(lockouts_is_kept(lockouts, NAME));
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 900);
}

static void test_in_a_row(void **state)
{
    AUTO(lockouts_free) struct lockouts *lockouts = new_lockouts(LOCK_NS);
    for (int i = 0; i < 3; i++) {
        fail_times(lockouts, NAME, LOCKOUT_FAILURES - 1);
        assert_int_equal(lockouts_count(lockouts, NAME, true), 0);
    }
    fail_times(lockouts, NAME, LOCKOUT_FAILURES);
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 900);
}

static void test_unlocked_by_hand(void **state)
{
    AUTO(lockouts_free) struct lockouts *lockouts = new_lockouts(LOCK_NS);
    fail_times(lockouts, NAME, LOCKOUT_FAILURES);
    lockouts_forget(lockouts, NAME);
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 0);
    assert_int_equal(lockouts_count(lockouts, NAME, true), 0);
}

static void test_switched_off(void **state)
{
    AUTO(lockouts_free) struct lockouts *lockouts = new_lockouts(0);
    fail_times(lockouts, NAME, 10 * LOCKOUT_FAILURES);
    assert_int_equal(lockouts_wait_s(lockouts, NAME), 0);
}

/* Names are kept as they come: any bytes, any length. */
static void test_names(void **state)
{
    AUTO(lockouts_free) struct lockouts *lockouts = new_lockouts(LOCK_NS);
    fail_times(lockouts, SPAN("a\0b"), LOCKOUT_FAILURES);
    assert_int_equal(lockouts_wait_s(lockouts, SPAN("a\0b")), 900);
    assert_int_equal(lockouts_wait_s(lockouts, SPAN("a")), 0);
    fail_times(lockouts, SPAN_EMPTY, LOCKOUT_FAILURES);
    assert_int_equal(lockouts_wait_s(lockouts, SPAN("")), 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_locks_for_a_while),
        cmocka_unit_test(test_verdicts_after_the_lock),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_in_a_row),
        cmocka_unit_test(test_unlocked_by_hand),
        cmocka_unit_test(test_switched_off),
        cmocka_unit_test(test_names),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
