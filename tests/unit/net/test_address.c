/* SPDX-License-Identifier: Apache-2.0 */
#include "net/address.h"
#include "support/test.h"

static void test_parse(void **state)
{
    static const struct {
        const char *text, *back; /* NULL: refused */
        bool is_ipv6;
    } cases[] = {
        {"127.0.0.1", "127.0.0.1", false},
        {"::1", "::1", true},
        {"[::1]", "::1", true},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", true},
        {"", NULL, false},
        {"[]", NULL, false},
        {"localhost", NULL, false},
        {"127.0.0.1:80", NULL, false},
        {"256.0.0.1", NULL, false},
        {"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111", NULL, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct address address;
        char text[ADDRESS_TEXT_BYTES];
        int result = address_parse(span_cstr(cases[i].text), 80, &address);

        assert_int_equal(result, cases[i].back ? 0 : -1);
        if (result < 0)
            continue;
        address_text(&address, text);
        assert_string_equal(text, cases[i].back);
        assert_int_equal(address_is_ipv6(&address), cases[i].is_ipv6);
        assert_int_equal(address_port(&address), 80);
    }
}

static void test_unix(void **state)
{
    static const char PATH[] = "/a/path/that/is/longer/than/the/text/of/any/address/can/be.sock";
    struct address address, other;
    char text[ADDRESS_TEXT_BYTES];
    char too_long[109];
    memset(too_long, 'x', sizeof(too_long));
    assert_int_equal(address_parse_unix(SPAN_EMPTY, &address), -1);
    assert_int_equal(address_parse_unix(span_of(too_long, 108), &address), -1);
    assert_int_equal(address_parse_unix(span_of(too_long, 107), &other), 0);
    assert_int_equal(address_parse_unix(SPAN(PATH), &address), 0);
    assert_true(address_is_unix(&address));
    assert_false(address_is_ipv6(&address));
    assert_false(address_same_host(&address, &other));
    address_set_port(&address, 80);
    assert_int_equal(address_port(&address), 0);
    address_text(&address, text);
    assert_string_equal(text, PATH + strlen(PATH) - ADDRESS_TEXT_BYTES + 1);
}

static void test_service(void **state)
{
    assert_string_equal(address_service("http"), "80");
    assert_string_equal(address_service("https"), "443");
    assert_string_equal(address_service("8080"), "8080");
    assert_null(address_service(NULL));
}

static void test_parse_with_port(void **state)
{
    static const struct {
        const char *text;
        int port; /* -1: refused */
    } cases[] = {
        {"127.0.0.1", 80},    {"127.0.0.1:8080", 8080},
        {"[::1]:8443", 8443}, {"::1", 80},
        {"[::1]", 80},        {"127.0.0.1:", -1},
        {"127.0.0.1:0", -1},  {"127.0.0.1:65536", -1},
        {"127.0.0.1:8a", -1}, {"[::1]8443", -1},
        {"name:80", -1},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct address address;
        int result = address_parse_with_port(span_cstr(cases[i].text), 80, &address);

        assert_int_equal(result, cases[i].port < 0 ? -1 : 0);
        if (result == 0)
            assert_int_equal(address_port(&address), cases[i].port);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_unix),
        cmocka_unit_test(test_service),
        cmocka_unit_test(test_parse_with_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
