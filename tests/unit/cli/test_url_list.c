/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/url_list.h"
#include "support/test.h"

static void test_all_forms(void **state)
{
    static const struct url_entry EXPECTED[] = {
        {"http://a/", NULL, 1},
        {"http://b:8080/x?y=1#z", NULL, 10},
        {"https://[::1]/", "POST", 0.5},
        {"http://c", "M-SEARCH", 1},
    };
    AUTO(url_list_done) struct url_list list;
    struct error err = {0};
    url_list_init(&list);
    assert_int_equal(
        url_list_parse(&list,
                       SPAN("\xef\xbb\xbf# comment\nhttp://a/\r\n\n10\thttp://b:8080/x?y=1#z\n"
                            "  .5 POST  https://[::1]/ \n  # too\nM-SEARCH http://c"),
                       "f", &err),
        0);
    assert_int_equal(list.count, COUNT_OF(EXPECTED));
    for (size_t i = 0; i < list.count; i++) {
        assert_string_equal(list.entries[i].url, EXPECTED[i].url);
        if (EXPECTED[i].method)
            assert_string_equal(list.entries[i].method, EXPECTED[i].method);
        else
            assert_null(list.entries[i].method);
        assert_float_equal(list.entries[i].weight, EXPECTED[i].weight, 0);
    }
}

static void test_problems_have_their_line(void **state)
{
    static const struct {
        const char *text;
        int line;
        const char *says;
    } CASES[] = {
        {"http://a/\nftp://b/\n", 2, "ftp://b/: "},
        {"0 http://a/", 1, "\"0\" is no weight"},
        {"-1 http://a/", 1, "\"-1\" is no weight"},
        {"1e3 http://a/", 1, "\"1e3\" is no weight"},
        {"1.2.3 http://a/", 1, "is no weight"},
        {". http://a/", 1, "is no weight"},
        {"99999999999 http://a/", 1, "is no weight"},
        {"nan GET http://a/", 1, "is no weight"},
        {"\n\n1 get http://a/", 3, "\"get\" is no method"},
        {"get http://a/", 1, "\"get\" is no weight"},
        {"GET", 1, "GET: "},
        {"1 GET", 1, "GET: "},
        {"1 GET http://a/ b", 1, "%20"},
        {"http://a/\x01", 1, ""},
        {"", 0, "has no URL"},
        {"# only this\n", 0, "has no URL"},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(url_list_done) struct url_list list;
        struct error err = {0};
        url_list_init(&list);
        assert_int_equal(url_list_parse(&list, span_cstr(CASES[i].text), "f", &err), -1);
        assert_int_equal(err.code, EXIT_USAGE);
        assert_int_equal(err.line, CASES[i].line);
        if (!strstr(err.message, CASES[i].says))
            fail_msg("\"%s\" lacks \"%s\"", err.message, CASES[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_forms),
        cmocka_unit_test(test_problems_have_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
