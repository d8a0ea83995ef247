/* SPDX-License-Identifier: Apache-2.0 */
#include "http/cookie.h"
#include "support/test.h"

static const struct cookie_case {
    const char *text;
    const char *described; /* NULL: refused */
} CASES[] = {
    {"a=b", "a=b"},
    {" a = b ", "a=b"},
    {"a=", "a="},
    {"a=b=c", "a=b=c"},
    {"a=\"b c\"", "a=\"b c\""},
    {"a=\"", NULL},
    {"a=b; Path=/x; Domain=.Example.com; Secure; HttpOnly; SameSite=Lax",
     "a=b path=/x domain=.Example.com secure http_only same_site=Lax"},
    {"a=b;PATH=/;SECURE=yes;httponly=", "a=b path=/ secure http_only"},
    {"a=b; path=x", "a=b"},
    {"a=b; path=/x; path=y", "a=b"},
    {"a=b; domain=", "a=b"},
    {"a=b; unknown=c;;; ; =", "a=b"},
    {"a=b; max-age=60", "a=b max_age=60"},
    {"a=b; max-age=-1", "a=b max_age=-1"},
    {"a=b; max-age=0", "a=b max_age=0"},
    {"a=b; max-age=99999999999999999999", "a=b max_age=2147483647"},
    {"a=b; max-age=1x", "a=b"},
    {"a=b; max-age=", "a=b"},
    {"a=b; max-age=-", "a=b"},
    {"a=b; expires=Sun, 06 Nov 1994 08:49:37 GMT", "a=b expires=784111777"},
    {"a=b; expires=never", "a=b"},

    {"", NULL},
    {"a", NULL},
    {"=b", NULL},
    {"; a=b", NULL},
    {"a b=c", NULL},
    {"a=\x01", NULL},
    {"a=b\\c", NULL},
    {"a=\"b", NULL},
    {"a=\xc3\xa9", NULL},
    {"a=b\r\nX: y", NULL},
};

static void describe(const struct cookie *c, struct strbuf *out)
{
    const char *quote = c->is_quoted ? "\"" : "";
    strbuf_addf(out, "%.*s=%s%.*s%s", SPAN_ARG(c->name), quote, SPAN_ARG(c->value), quote);
    if (c->path.len)
        strbuf_addf(out, " path=%.*s", SPAN_ARG(c->path));
    if (c->domain.len)
        strbuf_addf(out, " domain=%.*s", SPAN_ARG(c->domain));
    if (c->has_max_age)
        strbuf_addf(out, " max_age=%lld", (long long)c->max_age_s);
    if (c->has_expires)
        strbuf_addf(out, " expires=%lld", (long long)c->expires_s);
    strbuf_adds(out, c->secure ? " secure" : "");
    strbuf_adds(out, c->http_only ? " http_only" : "");
    if (c->same_site.len)
        strbuf_addf(out, " same_site=%.*s", SPAN_ARG(c->same_site));
}

static void test_parse(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct cookie cookie;
        print_message("'%s'\n", CASES[i].text);
        int result = cookie_parse(span_cstr(CASES[i].text), &cookie);
        assert_int_equal(result, CASES[i].described ? 0 : -1);
        if (result < 0)
            continue;
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
        describe(&cookie, &out);
        assert_string_equal(out.ptr, CASES[i].described);
    }
}

static void test_write(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
    cookie_write(SPAN("a"), SPAN("b"), false, &out);
    cookie_write(SPAN("c"), SPAN("d"), true, &out);
    cookie_write(SPAN("e"), SPAN("f g"), false, &out);
    cookie_write(SPAN("h"), SPAN("\xc3\xa9i;\r\n\"\\j"), false, &out);
    cookie_write(SPAN("k\r\n;=l"), SPAN(""), false, &out);
    assert_string_equal(out.ptr, "a=b; c=\"d\"; e=\"f g\"; h=ij; kl=");
}

static void test_domains(void **state)
{
    static const struct {
        const char *host, *domain;
        bool matches;
    } DOMAINS[] = {
        {"example.com", "example.com", true},
        {"a.example.com", "example.com", true},
        {"a.b.example.com", "example.com", true},
        {"example.com", "a.example.com", false},
        {"badexample.com", "example.com", false},
        {"example.com", "", false},
        {"10.0.0.1", "10.0.0.1", true},
        {"10.0.0.1", "0.0.1", false},
        {"10.0.0.1", "1", false},
    };

    for (size_t i = 0; i < COUNT_OF(DOMAINS); i++)
        assert_int_equal(
            cookie_domain_matches(span_cstr(DOMAINS[i].host), span_cstr(DOMAINS[i].domain)),
            DOMAINS[i].matches);
}

static void test_paths(void **state)
{
    static const struct {
        const char *request, *cookie;
        bool matches;
    } PATHS[] = {
        {"/", "/", true},     {"/a", "/", true},    {"/a/b", "/a", true}, {"/a/b", "/a/", true},
        {"/a", "/a/", false}, {"/ab", "/a", false}, {"/a", "/a", true},   {"/", "/a", false},
    };

    static const struct {
        const char *request, *path;
    } DEFAULTS[] = {
        {"", "/"}, {"/", "/"}, {"/a", "/"}, {"/a/", "/a"}, {"/a/b", "/a"}, {"x/y", "/"},
    };

    for (size_t i = 0; i < COUNT_OF(PATHS); i++)
        assert_int_equal(
            cookie_path_matches(span_cstr(PATHS[i].request), span_cstr(PATHS[i].cookie)),
            PATHS[i].matches);
    for (size_t i = 0; i < COUNT_OF(DEFAULTS); i++)
        assert_true(span_equal(cookie_default_path(span_cstr(DEFAULTS[i].request)),
                               span_cstr(DEFAULTS[i].path)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_domains),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
