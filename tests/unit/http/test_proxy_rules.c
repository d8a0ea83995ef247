/* SPDX-License-Identifier: Apache-2.0 */
#include "http/proxy_rules.h"
#include "support/test.h"

static void test_find(void **state)
{
    static const char NO_PROXY[] = "plain.test, .below.test,*.star.test,10.0.0.0/8,192.0.2.7,"
                                   "port.test:8080,[2001:db8::1]:443,2001:db8:1::/48, ,x/y";

    static const struct {
        const char *url, *proxy; /* NULL: none */
    } cases[] = {
        {"http://any.test/", "http://one.proxy:1"},
        {"https://any.test/", "http://two.proxy:2"},
        {"http://localhost/", NULL},
        {"http://LOCALHOST:81/", NULL},
        {"http://127.8.9.1/", NULL},
        {"http://[::1]/", NULL},
        {"http://plain.test/", NULL},
        {"http://a.plain.test/", NULL},
        {"http://implain.test/", "http://one.proxy:1"},
        {"http://below.test/", "http://one.proxy:1"},
        {"http://a.below.test/", NULL},
        {"http://star.test/", "http://one.proxy:1"},
        {"http://A.STAR.test/", NULL},
        {"http://10.255.0.1/", NULL},
        {"http://11.0.0.1/", "http://one.proxy:1"},
        {"http://192.0.2.7:8/", NULL},
        {"http://192.0.2.8/", "http://one.proxy:1"},
        {"http://port.test/", "http://one.proxy:1"},
        {"http://port.test:8080/", NULL},
        {"https://[2001:db8::1]/", NULL},
        {"http://[2001:db8::1]/", "http://one.proxy:1"},
        {"http://[2001:db8:1:ffff::9]/", NULL},
        {"http://[2001:db8:2::9]/", "http://one.proxy:1"},
    };
    struct proxy_rules *rules = proxy_rules_new("http://one.proxy:1", "two.proxy:2", NO_PROXY);
    assert_non_null(rules);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct url url;
        const char *problem;
        assert_int_equal(url_parse(span_cstr(cases[i].url), &url, &problem), 0);
        const char *proxy = proxy_rules_find(rules, &url);
        if (cases[i].proxy)
            assert_string_equal(proxy ? proxy : cases[i].url, cases[i].proxy);
        else
            assert_null(proxy);
    }
    proxy_rules_free(&rules);
}

static void test_none(void **state)
{
    struct url url;
    const char *problem;
    assert_null(proxy_rules_new(NULL, "", "a"));
    struct proxy_rules *rules = proxy_rules_new("p:1", NULL, "*");
    assert_int_equal(url_parse(SPAN("http://a.test/"), &url, &problem), 0);
    assert_null(proxy_rules_find(rules, &url));
    proxy_rules_free(&rules);
    rules = proxy_rules_new("p:1", NULL, NULL);
    assert_int_equal(url_parse(SPAN("https://a.test/"), &url, &problem), 0);
    assert_null(proxy_rules_find(rules, &url));
    proxy_rules_free(&rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
