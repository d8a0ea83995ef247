/* SPDX-License-Identifier: Apache-2.0 */
#include "http/url.h"
#include "support/test.h"

static const struct parse_case {
    const char *name;
    const char *text;
    const char *origin; /* NULL: refused */
    const char *target;
    const char *authority;
    const char *fragment;
} PARSES[] = {
    {"plain", "http://example.com/a/b?c=d#e", "http://example.com:80", "/a/b?c=d", "example.com",
     "e"},
    {"no path", "http://example.com", "http://example.com:80", "/", "example.com", ""},
    {"no path but query", "https://h?x=1", "https://h:443", "/?x=1", "h", ""},
    {"empty query", "http://h/?", "http://h:80", "/?", "h", ""},
    {"question mark in fragment", "http://h/a#b?c", "http://h:80", "/a", "h", "b?c"},
    {"slash in query", "http://h?a/b", "http://h:80", "/?a/b", "h", ""},
    {"port", "https://API.Example:8443/x", "https://api.example:8443", "/x", "API.Example:8443",
     ""},
    {"empty port", "http://h:/x", "http://h:80", "/x", "h", ""},
    {"scheme in capitals", "HTTPS://h/", "https://h:443", "/", "h", ""},
    {"ipv4", "http://127.0.0.1:8000/", "http://127.0.0.1:8000", "/", "127.0.0.1:8000", ""},
    {"ipv6", "http://[::1]:81/a", "http://[::1]:81", "/a", "[::1]:81", ""},
    {"ipv6 without port", "http://[2001:db8::A]", "http://[2001:db8::a]:80", "/", "[2001:db8::A]",
     ""},
    {"user left out", "http://u:p@h/", "http://h:80", "/", "h", ""},
    {"at sign in path", "http://h/@x", "http://h:80", "/@x", "h", ""},
    {"space in path and query", "http://h/a b?c d", "http://h:80", "/a%20b?c%20d", "h", ""},
    {"utf-8", "http://h/\xc3\xa9?q=\xc3\xa9", "http://h:80", "/%C3%A9?q=%C3%A9", "h", ""},
    {"encoded stays", "http://h/%2F%c3?%zz", "http://h:80", "/%2F%c3?%zz", "h", ""},
    {"brackets in query stay", "http://h/{a}?f[x]={\"y\":1}", "http://h:80",
     "/%7Ba%7D?f[x]={\"y\":1}", "h", ""},
    {"dots stay", "http://h/a/../b", "http://h:80", "/a/../b", "h", ""},
    {"underscore host", "http://my_service/", "http://my_service:80", "/", "my_service", ""},

    {"empty", "", NULL, NULL, NULL, NULL},
    {"relative", "/a/b", NULL, NULL, NULL, NULL},
    {"no scheme", "example.com/x", NULL, NULL, NULL, NULL},
    {"other scheme", "ftp://h/", NULL, NULL, NULL, NULL},
    {"one slash", "http:/h/", NULL, NULL, NULL, NULL},
    {"no host", "http:///x", NULL, NULL, NULL, NULL},
    {"only port", "http://:80/", NULL, NULL, NULL, NULL},
    {"only user", "http://u@/", NULL, NULL, NULL, NULL},
    {"port too large", "http://h:65536/", NULL, NULL, NULL, NULL},
    {"port zero", "http://h:0/", NULL, NULL, NULL, NULL},
    {"port not a number", "http://h:8x/", NULL, NULL, NULL, NULL},
    {"two ports", "http://h:1:2/", NULL, NULL, NULL, NULL},
    {"ipv6 not closed", "http://[::1/", NULL, NULL, NULL, NULL},
    {"ipv6 wrong", "http://[::g]/", NULL, NULL, NULL, NULL},
    {"ipv6 empty", "http://[]/", NULL, NULL, NULL, NULL},
    {"ipv6 and more", "http://[::1]x/", NULL, NULL, NULL, NULL},
    {"ipv6 without brackets", "http://::1/", NULL, NULL, NULL, NULL},
    {"line break", "http://h/a\r\nX: y", NULL, NULL, NULL, NULL},
    {"line break in host", "http://h\n/", NULL, NULL, NULL, NULL},
    {"tab", "http://h/\t", NULL, NULL, NULL, NULL},
    {"delete", "http://h/\x7f", NULL, NULL, NULL, NULL},
    {"space in host", "http://a b/", NULL, NULL, NULL, NULL},
    {"leading space", " http://h/", NULL, NULL, NULL, NULL},
    {"percent in host", "http://h%41/", NULL, NULL, NULL, NULL},
    {"backslash in host", "http://h\\x/", NULL, NULL, NULL, NULL},
    {"letter outside ascii in host", "http://\xc3\xa9.fr/", NULL, NULL, NULL, NULL},
    {"bad escape in path", "http://h/%zz", NULL, NULL, NULL, NULL},
    {"cut escape in path", "http://h/%2", NULL, NULL, NULL, NULL},
};

static void test_parse(void **state)
{
    for (size_t i = 0; i < COUNT_OF(PARSES); i++) {
        const struct parse_case *c = &PARSES[i];
        struct url url;
        const char *problem = NULL;
        print_message("%s\n", c->name);
        int result = url_parse(span_cstr(c->text), &url, &problem);
        assert_int_equal(result, c->origin ? 0 : -1);
        if (!c->origin) {
            assert_non_null(problem);
            continue;
        }
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        url_write_origin(&url, &out);
        assert_string_equal(out.ptr, c->origin);
        strbuf_reset(&out);
        url_write_target(&url, &out);
        assert_string_equal(out.ptr, c->target);
        assert_true(span_equal(url.authority, span_cstr(c->authority)));
        assert_true(span_equal(url.fragment, span_cstr(c->fragment)));
    }
}

static void test_parts(void **state)
{
    struct url url;
    const char *problem;
    assert_int_equal(url_parse(SPAN("https://us%40er:p@ss@[::1]:1/p?q#f"), &url, &problem), 0);
    assert_true(url.has_user && url.has_password && url.has_query);
    assert_true(url.is_tls && url.is_ipv6);
    assert_true(span_equal(url.user, SPAN("us%40er")));
    assert_true(span_equal(url.password, SPAN("p@ss")));
    assert_true(span_equal(url.host, SPAN("::1")));
    assert_true(span_equal(url.path, SPAN("/p")));
    assert_true(span_equal(url.query, SPAN("q")));
    assert_int_equal(url.port, 1);

    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
    url_write_public(&url, &out);
    assert_string_equal(out.ptr, "https://[::1]:1/p?q#f");

    AUTO(arena_done) struct arena arena;
    arena_init(&arena, 256);
    assert_string_equal(url_decode(&arena, url.user).ptr, "us@er");
    assert_string_equal(url_decode(&arena, SPAN("%4")).ptr, "%4");
    assert_string_equal(url_decode(&arena, SPAN("a%zz%41")).ptr, "a%zzA");
}

static void test_same_origin(void **state)
{
    static const struct {
        const char *a, *b;
        bool is_same;
    } CASES[] = {
        {"http://h/a", "http://H:80/b", true},    {"http://h/", "https://h/", false},
        {"http://h:80/", "https://h:80/", false}, {"http://h/", "http://h:81/", false},
        {"http://h/", "http://i/", false},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct url a, b;
        const char *problem;
        assert_int_equal(url_parse(span_cstr(CASES[i].a), &a, &problem), 0);
        assert_int_equal(url_parse(span_cstr(CASES[i].b), &b, &problem), 0);
        assert_int_equal(url_same_origin(&a, &b), CASES[i].is_same);
    }
}

/* RFC 3986 §5.4, without the references to other schemes. */
static const struct resolve_case {
    const char *reference, *result;
} RESOLVES[] = {
    {"http:g", NULL},
    {"g", "http://a/b/c/g"},
    {"./g", "http://a/b/c/g"},
    {"g/", "http://a/b/c/g/"},
    {"/g", "http://a/g"},
    {"//g", "http://g"},
    {"?y", "http://a/b/c/d;p?y"},
    {"g?y", "http://a/b/c/g?y"},
    {"#s", "http://a/b/c/d;p?q#s"},
    {"g#s", "http://a/b/c/g#s"},
    {"g?y#s", "http://a/b/c/g?y#s"},
    {";x", "http://a/b/c/;x"},
    {"g;x", "http://a/b/c/g;x"},
    {"", "http://a/b/c/d;p?q"},
    {".", "http://a/b/c/"},
    {"./", "http://a/b/c/"},
    {"..", "http://a/b/"},
    {"../", "http://a/b/"},
    {"../g", "http://a/b/g"},
    {"../..", "http://a/"},
    {"../../", "http://a/"},
    {"../../g", "http://a/g"},
    {"../../../g", "http://a/g"},
    {"../../../../g", "http://a/g"},
    {"/./g", "http://a/g"},
    {"/../g", "http://a/g"},
    {"g.", "http://a/b/c/g."},
    {".g", "http://a/b/c/.g"},
    {"g..", "http://a/b/c/g.."},
    {"..g", "http://a/b/c/..g"},
    {"./../g", "http://a/b/g"},
    {"./g/.", "http://a/b/c/g/"},
    {"g/./h", "http://a/b/c/g/h"},
    {"g/../h", "http://a/b/c/h"},
    {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
    {"g;x=1/../y", "http://a/b/c/y"},
    {"g?y/./x", "http://a/b/c/g?y/./x"},
    {"g?y/../x", "http://a/b/c/g?y/../x"},
    {"g#s/./x", "http://a/b/c/g#s/./x"},
    {"https://z:1/../p?x#y", "https://z:1/p?x#y"},
    {"//z/a//b/../c", "http://z/a//c"},
    {"/a b", "http://a/a b"},
    {"mailto:x@y", NULL},
    {"javascript:alert(1)", NULL},
    {"ftp://h/", NULL},
    {"//", NULL},
    {"/x\ny", NULL},
};

static void test_resolve(void **state)
{
    struct url base;
    const char *problem;
    assert_int_equal(url_parse(SPAN("http://a/b/c/d;p?q"), &base, &problem), 0);
    for (size_t i = 0; i < COUNT_OF(RESOLVES); i++) {
        const struct resolve_case *c = &RESOLVES[i];
        AUTO(arena_done) struct arena arena;
        arena_init(&arena, 1024);
        struct url url;
        print_message("'%s'\n", c->reference);
        int result = url_resolve(&base, span_cstr(c->reference), &arena, &url, &problem);
        assert_int_equal(result, c->result ? 0 : -1);
        if (!c->result)
            continue;
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        url_write_public(&url, &out);
        assert_string_equal(out.ptr, c->result);
    }
}

/* A relative redirect keeps the user; a new authority drops it. */
static void test_resolve_user(void **state)
{
    AUTO(arena_done) struct arena arena;
    arena_init(&arena, 1024);
    struct url base, url;
    const char *problem;
    assert_int_equal(url_parse(SPAN("https://u:p@h"), &base, &problem), 0);
    assert_int_equal(url_resolve(&base, SPAN("x"), &arena, &url, &problem), 0);
    assert_true(span_equal(url.user, SPAN("u")) && span_equal(url.password, SPAN("p")));
    assert_true(span_equal(url.path, SPAN("/x")));
    assert_int_equal(url_resolve(&base, SPAN("//i/x"), &arena, &url, &problem), 0);
    assert_false(url.has_user);
}

static void test_too_long(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(2 * URL_MAX_BYTES);
    strbuf_adds(&text, "http://h/");
    while (text.len <= URL_MAX_BYTES)
        strbuf_addc(&text, 'a');
    struct url url;
    const char *problem;
    assert_int_equal(url_parse(strbuf_span(&text), &url, &problem), -1);
    assert_int_equal(url_parse(span_head(strbuf_span(&text), URL_MAX_BYTES), &url, &problem), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_same_origin),  cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_resolve_user), cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
