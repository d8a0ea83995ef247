/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "http/cookie.h"
#include "http/cookie_jar.h"
#include "http/url.h"
#include "support/test.h"

#define NOW_NS (1000000000 * NSEC_PER_SEC)

static struct url url_of(const char *text)
{
    struct url url;
    const char *problem;
    assert_int_equal(url_parse(span_cstr(text), &url, &problem), 0);
    return url;
}

static void take(struct cookie_jar *jar, const char *url_text, const char *set_cookie)
{
    struct url url = url_of(url_text);
    cookie_jar_take(jar, &url, span_cstr(set_cookie), NOW_NS);
}

static void expect(struct cookie_jar *jar, const char *url_text, nsec_t wall_ns,
                   const char *expected)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(65536);
    struct url url = url_of(url_text);
    cookie_jar_write(jar, &url, wall_ns, &out);
    assert_string_equal(strbuf_cstr(&out), expected);
}

/* What a response from `set_url` sets, and what a request to `get_url` sends. */
static const struct jar_case {
    const char *name;
    const char *set_url;
    const char *set_cookies[4];
    const char *get_url;
    const char *sent;
} CASES[] = {
    {"host cookie", "http://h/", {"a=b"}, "http://h/x", "a=b"},
    {"port and case do not matter", "http://H:81/", {"a=b"}, "http://h:82/x", "a=b"},
    {"final dot of the host", "http://h.x./", {"a=b"}, "http://h.x/", "a=b"},
    {"other host", "http://h/", {"a=b"}, "http://i/", ""},
    {"host cookie is not for subdomains", "http://e.com/", {"a=b"}, "http://x.e.com/", ""},
    {"domain cookie", "http://x.e.com/", {"a=b; domain=e.com"}, "http://y.e.com/", "a=b"},
    {"domain with dot and capitals",
     "http://x.e.com/",
     {"a=b; domain=.E.COM"},
     "http://e.com/",
     "a=b"},
    {"foreign domain", "http://x.e.com/", {"a=b; domain=f.com"}, "http://f.com/", ""},
    {"deeper domain", "http://e.com/", {"a=b; domain=x.e.com"}, "http://x.e.com/", ""},
    {"domain of an address",
     "http://10.0.0.1/",
     {"a=b; domain=10.0.0.1"},
     "http://10.0.0.1/",
     "a=b"},
    {"part of an address", "http://10.0.0.1/", {"a=b; domain=0.0.1"}, "http://10.0.0.1/", ""},
    {"only a dot", "http://h/", {"a=b; domain=."}, "http://h/", ""},
    {"default path", "http://h/x/y", {"a=b"}, "http://h/x/z", "a=b"},
    {"default path elsewhere", "http://h/x/y", {"a=b"}, "http://h/z", ""},
    {"path", "http://h/", {"a=b; path=/x"}, "http://h/x/y", "a=b"},
    {"path is no prefix of letters", "http://h/", {"a=b; path=/x"}, "http://h/xy", ""},
    {"longest path first",
     "http://h/",
     {"a=1; path=/", "b=2; path=/x", "c=3; path=/"},
     "http://h/x",
     "b=2; a=1; c=3"},
    {"same name, other path",
     "http://h/",
     {"a=1; path=/", "a=2; path=/x"},
     "http://h/x",
     "a=2; a=1"},
    {"replaced in place", "http://h/", {"a=1", "b=2", "a=3"}, "http://h/", "a=3; b=2"},
    {"removed by max-age", "http://h/", {"a=1", "b=2", "a=; max-age=0"}, "http://h/", "b=2"},
    {"removed by date",
     "http://h/",
     {"a=1", "a=; expires=Thu, 01 Jan 1970 00:00:00 GMT"},
     "http://h/",
     ""},
    {"removed by old date",
     "http://h/",
     {"a=1", "a=; expires=Mon, 01 Jan 1900 00:00:00 GMT"},
     "http://h/",
     ""},
    {"max-age goes before the date",
     "http://h/",
     {"a=1; max-age=9; expires=Thu, 01 Jan 1970 00:00:00 GMT"},
     "http://h/",
     "a=1"},
    {"far date", "http://h/", {"a=1; expires=Fri, 31 Dec 9999 23:59:59 GMT"}, "http://h/", "a=1"},
    {"secure stays home", "https://h/", {"a=b; secure"}, "http://h/", ""},
    {"secure", "https://h/", {"a=b; secure"}, "https://h/", "a=b"},
    {"broken one", "http://h/", {"a", "b=2"}, "http://h/", "b=2"},
    {"ipv6", "http://[::1]:1/", {"a=b"}, "http://[::1]:2/", "a=b"},
    {"quoted", "http://h/", {"a=\"b c\""}, "http://h/", "a=\"b c\""},
};

static void test_cases(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(cookie_jar_free) struct cookie_jar *jar = cookie_jar_new();
        print_message("%s\n", CASES[i].name);
        for (size_t k = 0; k < COUNT_OF(CASES[i].set_cookies) && CASES[i].set_cookies[k]; k++)
            take(jar, CASES[i].set_url, CASES[i].set_cookies[k]);
        expect(jar, CASES[i].get_url, NOW_NS, CASES[i].sent);
    }
}

static void test_expiry(void **state)
{
    AUTO(cookie_jar_free) struct cookie_jar *jar = cookie_jar_new();
    take(jar, "http://h/", "a=1; max-age=10");
    take(jar, "http://h/", "b=2; expires=Sun, 09 Sep 2001 01:47:00 GMT"); /* NOW + 20 s */
    take(jar, "http://h/", "c=3");
    expect(jar, "http://h/", NOW_NS + 10 * NSEC_PER_SEC - 1, "a=1; b=2; c=3");
    expect(jar, "http://h/", NOW_NS + 10 * NSEC_PER_SEC, "b=2; c=3");
    assert_int_equal(cookie_jar_count(jar), 2);
    expect(jar, "http://h/", NOW_NS + 20 * NSEC_PER_SEC, "c=3");
    cookie_jar_reset(jar);
    expect(jar, "http://h/", NOW_NS, "");
}

static void test_script(void **state)
{
    AUTO(cookie_jar_free) struct cookie_jar *jar = cookie_jar_new();
    AUTO(arena_done) struct arena arena;
    struct url url = url_of("https://x.e.com/a/b");
    struct cookie cookie = {.name = SPAN("n"), .value = SPAN("v w"), .domain = SPAN("e.com")};
    struct cookie_pair *pairs;
    arena_init(&arena, 1024);
    assert_int_equal(cookie_jar_set(jar, &url, &cookie, NOW_NS), 0);
    cookie.path = SPAN("/");
    cookie.value = SPAN("2");
    assert_int_equal(cookie_jar_set(jar, &url, &cookie, NOW_NS), 0);
    assert_int_equal(cookie_jar_list(jar, &url, NOW_NS, &arena, &pairs), 2);
    assert_true(span_equal(pairs[0].value, SPAN("v w")));
    assert_true(span_equal(pairs[1].name, SPAN("n")));
    expect(jar, "https://x.e.com/a/b", NOW_NS, "n=\"v w\"; n=2");

    cookie.domain = SPAN("f.com");
    assert_int_equal(cookie_jar_set(jar, &url, &cookie, NOW_NS), -1);
    cookie = (struct cookie){.name = SPAN("a=b")};
    assert_int_equal(cookie_jar_set(jar, &url, &cookie, NOW_NS), -1);
    cookie = (struct cookie){.name = SPAN("a"), .value = SPAN("b\r\nX: y")};
    assert_int_equal(cookie_jar_set(jar, &url, &cookie, NOW_NS), -1);
    cookie = (struct cookie){.value = SPAN("b")};
    assert_int_equal(cookie_jar_set(jar, &url, &cookie, NOW_NS), -1);
}

static void test_delete_and_clear(void **state)
{
    AUTO(cookie_jar_free) struct cookie_jar *jar = cookie_jar_new();
    struct url url = url_of("http://h/");
    take(jar, "http://h/", "a=1");
    take(jar, "http://h/", "b=2");
    take(jar, "http://h/", "c=3; path=/x");
    take(jar, "http://i/", "d=4");
    cookie_jar_delete(jar, &url, SPAN("a"));
    cookie_jar_delete(jar, &url, SPAN("none"));
    expect(jar, "http://h/x", NOW_NS, "c=3; b=2");
    cookie_jar_clear(jar, &url, NOW_NS);
    expect(jar, "http://h/x", NOW_NS, "c=3");
    expect(jar, "http://i/", NOW_NS, "d=4");
}

static struct stored_cookie stored(const char *name, const char *domain, const char *path)
{
    return (struct stored_cookie){
        .name = span_cstr(name),
        .value = SPAN("v"),
        .domain = span_cstr(domain),
        .path = span_cstr(path),
        .expires_ns = NSEC_NEVER,
    };
}

/* What Python's cookie mapping shows. */
static void test_table(void **state)
{
    AUTO(cookie_jar_free) struct cookie_jar *jar = cookie_jar_new();
    size_t count;
    take(jar, "https://x.e.com/a/b", "a=1; Domain=e.com; Secure; HttpOnly; Max-Age=10");
    take(jar, "http://h/a/b", "b=2");
    take(jar, "http://h/", "gone=3; Max-Age=5");
    const struct stored_cookie *all = cookie_jar_all(jar, NOW_NS + 7 * NSEC_PER_SEC, &count);
    assert_int_equal(count, 2);
    assert_true(span_equal(all[0].name, SPAN("a")) && span_equal(all[0].value, SPAN("1")));
    assert_true(span_equal(all[0].domain, SPAN("e.com")) && span_equal(all[0].path, SPAN("/a")));
    assert_int_equal(all[0].expires_ns, NOW_NS + 10 * NSEC_PER_SEC);
    assert_true(all[0].secure && all[0].http_only && !all[0].is_host_only);
    assert_true(span_equal(all[1].domain, SPAN("h")) && span_equal(all[1].path, SPAN("/a")));
    assert_int_equal(all[1].expires_ns, NSEC_NEVER);
    assert_true(!all[1].secure && !all[1].http_only && all[1].is_host_only);
}

static void test_put_and_remove(void **state)
{
    static const struct {
        const char *name, *domain, *path;
        bool is_host_only;
        const char *sent_to, *not_to;
    } cases[] = {
        {"a", "h", "/", true, "http://h/", "http://x.h/"},
        {"a", ".H", "", false, "http://x.h/y", "http://i/"},
        {"a", "h", "/p", false, "http://h/p/q", "http://h/q"},
        {"a", "", "/", false, "http://anything/", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(cookie_jar_free) struct cookie_jar *jar = cookie_jar_new();
        struct stored_cookie cookie = stored(cases[i].name, cases[i].domain, cases[i].path);
        struct span path = cookie.path.len ? cookie.path : SPAN("/");
        cookie.is_host_only = cases[i].is_host_only;
        assert_int_equal(cookie_jar_put(jar, &cookie, NOW_NS), 0);
        expect(jar, cases[i].sent_to, NOW_NS, "a=v");
        if (cases[i].not_to)
            expect(jar, cases[i].not_to, NOW_NS, "");
        cookie.value = SPAN("w");
        assert_int_equal(cookie_jar_put(jar, &cookie, NOW_NS), 0);
        expect(jar, cases[i].sent_to, NOW_NS, "a=w");
        assert_false(cookie_jar_remove(jar, SPAN("b"), cookie.domain, path));
        assert_false(cookie_jar_remove(jar, SPAN("a"), SPAN("other"), path));
        assert_false(cookie_jar_remove(jar, SPAN("a"), cookie.domain, SPAN("/other")));
        assert_true(cookie_jar_remove(jar, SPAN("a"), cookie.domain, path));
        assert_int_equal(cookie_jar_count(jar), 0);
        assert_int_equal(cookie_jar_put(jar, &cookie, NOW_NS), 0);
        cookie.expires_ns = NOW_NS;
        assert_int_equal(cookie_jar_put(jar, &cookie, NOW_NS), 0);
        assert_int_equal(cookie_jar_count(jar), 0);
        cookie.value = SPAN("b\r\nX: y");
        assert_int_equal(cookie_jar_put(jar, &cookie, NOW_NS), -1);
    }
}

static void test_verbatim(void **state)
{
    AUTO(cookie_jar_free) struct cookie_jar *jar = cookie_jar_new();
    size_t count;
    cookie_jar_keep_verbatim(jar);
    take(jar, "http://h/", "a=\"x y\"; Path=/");
    take(jar, "http://h/", "b={\"k\": 1}");
    take(jar, "http://h/", "c/d=e f");
    take(jar, "http://h/", "=nameless");
    expect(jar, "http://h/", NOW_NS, "a=\"x y\"; b={\"k\": 1}; c/d=e f");
    assert_true(span_equal(cookie_jar_all(jar, NOW_NS, &count)->value, SPAN("\"x y\"")));
}

static void test_limit(void **state)
{
    AUTO(cookie_jar_free) struct cookie_jar *jar = cookie_jar_new();
    char text[32];
    for (int i = 0; i <= COOKIE_JAR_MAX; i++) {
        snprintf(text, sizeof(text), "n%d=v; path=/%d", i, i);
        take(jar, "http://h/", text);
    }
    assert_int_equal(cookie_jar_count(jar), COOKIE_JAR_MAX);
    expect(jar, "http://h/0", NOW_NS, "");
    expect(jar, "http://h/1", NOW_NS, "n1=v");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),    cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_script),   cmocka_unit_test(test_delete_and_clear),
        cmocka_unit_test(test_table),    cmocka_unit_test(test_put_and_remove),
        cmocka_unit_test(test_verbatim), cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
