/* SPDX-License-Identifier: Apache-2.0 */
#include "http/charset.h"
#include "support/test.h"

static void test_token(void **state)
{
    assert_true(charset_is_token(SPAN("Content-Type")));
    assert_true(charset_is_token(SPAN("a.b_c~1!#$%&'*+^`|")));
    assert_false(charset_is_token(SPAN("")));
    assert_false(charset_is_token(SPAN("a b")));
    assert_false(charset_is_token(SPAN("a:")));
    assert_false(charset_is_token(SPAN("\xc3\xa9")));
}

/* Every byte at every position of every length around the eight-byte steps. */
static void test_field_value(void **state)
{
    for (size_t len = 1; len <= 19; len++) {
        for (size_t at = 0; at < len; at++) {
            for (unsigned c = 0; c < 256; c++) {
                char text[20];
                memset(text, 'x', sizeof(text));
                text[at] = (char)c;
                bool is_good = (c >= 0x20 && c != 0x7f) || c == '\t';
                assert_int_equal(charset_is_field_value(span_of(text, len)), is_good);
            }
        }
    }
    assert_true(charset_is_field_value(SPAN_EMPTY));
    assert_false(charset_is_field_value(SPAN("\x80\x80\x80\x80\t\x80\x80\x80\n")));
}

static void test_letters(void **state)
{
    assert_int_equal(charset_hex_digit('f'), 15);
    assert_int_equal(charset_hex_digit('A'), 10);
    assert_int_equal(charset_hex_digit('g'), -1);
    assert_int_equal(charset_hex_digit('@'), -1);
    assert_int_equal(charset_hex_digit('\x11'), -1);
    assert_int_equal(charset_lower('Z'), 'z');
    assert_int_equal(charset_lower('['), '[');
    assert_int_equal(charset_upper('a'), 'A');
    assert_false(charset_is_alnum('_'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_field_value),
        cmocka_unit_test(test_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
