/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "run/memory.h"
#include "support/test.h"

static void only_what_cannot_fit_is_refused(void **state)
{
    struct error err = {0};
    assert_int_equal(memory_check(1, &err), 0);
    assert_int_equal(memory_check(1000000000000, &err), -1);
    assert_int_equal(err.code, EXIT_INVALID_CONFIG);
    assert_non_null(strstr(err.message, "1000000000000 users need at least 49152000 GB"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_cannot_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
