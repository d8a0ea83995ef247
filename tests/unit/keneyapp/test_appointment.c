/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/model/appointment.h"
#include "support/test.h"

/* Rows: from; columns: to; in the order of the states. */
static const char *const STEPS[] = {
    "yyyyyy", /* scheduled */
    "yyyyyy", /* confirmed */
    "--yyy-", /* in_progress */
    "---y--", /* completed */
    "yy--y-", /* cancelled */
    "yyyy-y", /* no_show */
};

static void test_steps(void **state)
{
    for (size_t from = 0; from < COUNT_OF(STEPS); from++)
        for (size_t to = 0; to < COUNT_OF(STEPS); to++) {
            print_message("%s, then %s\n", APPOINTMENT_STATUSES[from], APPOINTMENT_STATUSES[to]);
            assert_int_equal(appointment_may_become(span_cstr(APPOINTMENT_STATUSES[from]),
                                                    span_cstr(APPOINTMENT_STATUSES[to])),
                             STEPS[from][to] == 'y');
        }
    assert_null(APPOINTMENT_STATUSES[COUNT_OF(STEPS)]);
}

static void test_unknown(void **state)
{
    assert_false(appointment_may_become(SPAN("lost"), SPAN("scheduled")));
    assert_false(appointment_may_become(SPAN("scheduled"), SPAN("")));
    assert_false(appointment_may_become(SPAN("scheduled"), SPAN("confirmed,completed")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
