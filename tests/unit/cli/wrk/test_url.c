/* SPDX-License-Identifier: Apache-2.0
 *
 * What wrk 4.1 takes and refuses, as it was seen to.
 */
#include "cli/as/wrk/wrk_url.h"
#include "support/test.h"

static const struct {
    const char *text, *host, *service, *target;
    bool is_tls;
} GOOD[] = {
    {"http://h.x/", "h.x", "http", "/", false},
    {"http://h.x", "h.x", "http", "/", false},
    {"https://h.x:8443/a?b=c&d#e", "h.x", "8443", "/a?b=c&d#e", true},
    {"http://h.x?a=b", "h.x", "http", "/", false},
    {"http://h.x:80?x", "h.x", "80", "/", false},
    {"http://h.x?#f", "h.x", "http", "/", false},
    {"http://h.x/#a#b", "h.x", "http", "/#a#b", false},
    {"http://h.x/?\"<>|\\^`{}[]", "h.x", "http", "/?\"<>|\\^`{}[]", false},
    {"http://u:p:q@h.x/", "h.x", "http", "/", false},
    {"http://@h.x/", "h.x", "http", "/", false},
    {"http://a%20b@h.x/", "h.x", "http", "/", false},
    {"http://u!$&'()*+,;=-._~@h.x/", "h.x", "http", "/", false},
    {"http://h.x:80@y.z/", "y.z", "http", "/", false},
    {"http://u/x@h.x/", "u", "http", "/x@h.x/", false},
    {"http://h.x:000000080/", "h.x", "000000080", "/", false},
    {"http://h.x:0/", "h.x", "0", "/", false},
    {"http://[::1]/x", "::1", "http", "/x", false},
    {"http://[::1]:1/", "::1", "1", "/", false},
    {"http://[::1%25lo]:1/", "::1%25lo", "1", "/", false},
    {"http://.h/", ".h", "http", "/", false},
    {"http://-h/", "-h", "http", "/", false},
    {"HtTp://h.x/", "h.x", "HtTp", "/", false},
    {"HTTPS://h.x/", "h.x", "HTTPS", "/", false},
    {"ftp://h.x/", "h.x", "ftp", "/", false},
    {"httpsx://h.x/", "h.x", "httpsx", "/", true},
};

static void test_good(void **state)
{
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        struct wrk_url url;
        print_message("%s\n", GOOD[i].text);
        assert_int_equal(wrk_url_parse(span_cstr(GOOD[i].text), &url), 0);
        assert_true(span_equal(url.host, span_cstr(GOOD[i].host)));
        assert_true(span_equal(wrk_url_service(&url), span_cstr(GOOD[i].service)));
        assert_true(span_equal(url.target, span_cstr(GOOD[i].target)));
        assert_int_equal(url.is_tls, GOOD[i].is_tls);
    }
}

static const char *const BAD[] = {
    "",
    "h",
    "/x",
    "//h/",
    "*",
    "h.x:80",
    "127.0.0.1:80/ok",
    "http:/h/",
    "http:h",
    "http:///",
    "http://:80/",
    "http://u@:80/",
    "http://h:/",
    "http://h:65536/",
    "http://h:+80/",
    "http://h:80#x",
    "http://h#x",
    "http://a_b/",
    "http://a~b/",
    "http://x%41/",
    "http://x,y/",
    "http://x;a",
    "http://x\\/",
    "http://a@b@c/",
    "http://u<@h/",
    "http://h /",
    "http://h/a b",
    "http://h/\t",
    "http://h/\x7f",
    "http://h/\xc3\xa9",
    "http://h?a b",
    "http://::1/",
    "http://[::1",
    "http://[]:1/",
    "http://[gg]:1/",
    "h2://h/",
    "a+b://h/",
    "1a://h/",
    "h-t://h/",
};

static void test_bad(void **state)
{
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        struct wrk_url url;
        print_message("%s\n", BAD[i]);
        assert_int_equal(wrk_url_parse(span_cstr(BAD[i]), &url), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
