/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "support/test.h"

static void test_overflow_is_sticky(void **state)
{
    AUTO(strbuf_done) struct strbuf buf = STRBUF_INIT(5);
    strbuf_adds(&buf, "abc");
    strbuf_adds(&buf, "defg");
    assert_true(buf.overflow);
    strbuf_adds(&buf, "x");
    assert_string_equal(strbuf_cstr(&buf), "abc");
    strbuf_reset(&buf);
    strbuf_addf(&buf, "%d", 12345);
    assert_false(buf.overflow);
    assert_string_equal(strbuf_cstr(&buf), "12345");
}

static void test_consume(void **state)
{
    AUTO(strbuf_done) struct strbuf buf = STRBUF_INIT(100);
    strbuf_adds(&buf, "hello world");
    strbuf_consume(&buf, 6);
    assert_string_equal(strbuf_cstr(&buf), "world");
    strbuf_consume(&buf, 99);
    assert_string_equal(strbuf_cstr(&buf), "");
}

static void test_empty_is_a_string(void **state)
{
    AUTO(strbuf_done) struct strbuf buf = STRBUF_INIT(100);
    assert_string_equal(strbuf_cstr(&buf), "");
}

static void test_words(void **state)
{
    AUTO(strbuf_done) struct strbuf buf = STRBUF_INIT(100);
    strbuf_adds(&buf, "-n  ");
    assert_int_equal(strbuf_add_words(&buf, "how many there are", 4, 4, 12), 7);
    assert_string_equal(strbuf_cstr(&buf), "-n  how many\n    there\n    are");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overflow_is_sticky),
        cmocka_unit_test(test_consume),
        cmocka_unit_test(test_empty_is_a_string),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
