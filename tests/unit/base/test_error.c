/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "support/test.h"

static void test_text_names_the_known_place(void **state)
{
    struct error err = {0};
    char text[1200];
    assert_int_equal(error_set(&err, EXIT_INVALID_CONFIG, "bad %s", "rate"), -1);
    assert_string_equal(error_text(&err, text, sizeof(text)), "bad rate");
    error_at(&err, "a.js", 3, 9);
    assert_string_equal(error_text(&err, text, sizeof(text)), "a.js:3:9: bad rate");
    error_at(&err, "outer.js", 1, 1);
    assert_string_equal(error_text(&err, text, sizeof(text)), "a.js:3:9: bad rate");
    assert_int_equal(error_set(NULL, 1, "nobody asked"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_names_the_known_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
