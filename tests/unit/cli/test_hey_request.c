/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "cli/as/hey/go_url.h"
#include "cli/as/hey/options.h"
#include "cli/as/hey/request.h"
#include "support/test.h"

static void write_lines(struct strbuf *out, const struct hey_request *request)
{
    strbuf_addf(out, "%.*s %.*s\n", SPAN_ARG(request->method), SPAN_ARG(request->url));
    for (size_t i = 0; i < request->headers.count; i++)
        strbuf_addf(out, "%.*s: %.*s\n", SPAN_ARG(request->headers.items[i].name),
                    SPAN_ARG(request->headers.items[i].value));
}

/* Looked at on the wire behind hey 0.1.4; Host is the client's. */
static const struct wire {
    const char *name;
    struct hey_options options;
    const char *headers[4];
    const char *lines;
} WIRES[] = {
    {"plain",
     {.method = "GET"},
     {NULL},
     "GET http://u:p@a/b?c\nUser-Agent: hey/0.0.1\nAuthorization: Basic dTpw\nContent-Type: \n"
     "Accept-Encoding: gzip\n"},
    {"POST without a body",
     {.method = "post", .content_type = "t"},
     {NULL},
     "POST http://u:p@a/b?c\nUser-Agent: hey/0.0.1\nContent-Length: 0\n"
     "Authorization: Basic dTpw\nContent-Type: t\nAccept-Encoding: gzip\n"},
    {"GET with a body",
     {.body = "xyz"},
     {NULL},
     "GET http://u:p@a/b?c\nUser-Agent: hey/0.0.1\nContent-Length: 3\n"
     "Authorization: Basic dTpw\nContent-Type: \nAccept-Encoding: gzip\n"},
    {"sorted, canonical, the last wins",
     {.accept = "2", .content_type = "t"},
     {"x-one: 1", "X-ONE: 2", "accept: 1", "a__b-cD: y"},
     "GET http://u:p@a/b?c\nUser-Agent: hey/0.0.1\nA__b-Cd: y\nAccept: 2\n"
     "Authorization: Basic dTpw\nContent-Type: t\nX-One: 2\nAccept-Encoding: gzip\n"},
    {"what net/http writes itself",
     {.host = "b d", .authorization = "xy:pq"},
     {"Host: h", "User-Agent: me", "Content-Length: 9", "Transfer-Encoding: chunked"},
     "GET http://u:p@a/b?c\nHost: b\nUser-Agent: hey/0.0.1\nAuthorization: Basic eHk6cHE=\n"
     "Content-Type: \nAccept-Encoding: gzip\n"},
    {"-H over -a",
     {.authorization = "xy:pq"},
     {"authorization: mine"},
     "GET http://u:p@a/b?c\nUser-Agent: hey/0.0.1\nAuthorization: mine\nContent-Type: \n"
     "Accept-Encoding: gzip\n"},
    {"an encoding of one's own",
     {.method = "GET"},
     {"Accept-Encoding: br"},
     "GET http://u:p@a/b?c\nUser-Agent: hey/0.0.1\nAccept-Encoding: br\n"
     "Authorization: Basic dTpw\nContent-Type: \n"},
    {"HEAD asks for no compression",
     {.method = "HEAD"},
     {NULL},
     "HEAD http://u:p@a/b?c\nUser-Agent: hey/0.0.1\nAuthorization: Basic dTpw\nContent-Type: \n"},
    {"nor a range",
     {.method = "GET"},
     {"range: 1", "Content-Type: c"},
     "GET http://u:p@a/b?c\nUser-Agent: hey/0.0.1\nAuthorization: Basic dTpw\nContent-Type: c\n"
     "Range: 1\n"},
};

/* The texts that an options struct of a test left NULL are empty. */
static struct hey_options complete(const struct hey_options *given)
{
    struct hey_options options = *given;
    const char **texts[] = {&options.method, &options.accept,        &options.content_type,
                            &options.body,   &options.authorization, &options.host,
                            &options.url};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (!*texts[i])
            *texts[i] = "";
    }
    return options;
}

static void test_wire(void **state)
{
    for (size_t i = 0; i < COUNT_OF(WIRES); i++) {
        const struct wire *c = &WIRES[i];
        AUTO(arena_done) struct arena arena = {.chunk_bytes = 4096};
        AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 16);
        struct hey_options options = complete(&c->options);
        struct hey_request request;
        options.url = "http://u:p@a/b?c";
        options.headers = (const char **)c->headers;
        while (options.header_count < 4 && c->headers[options.header_count])
            options.header_count++;
        print_message("%s\n", c->name);
        assert_int_equal(
            hey_request_first(&options, span_cstr(options.body), &arena, &request, &text), 0);
        write_lines(&text, &request);
        assert_string_equal(strbuf_cstr(&text), c->lines);
    }
}

static const struct hop {
    const char *name;
    const char *method, *body;
    int status;
    const char *location;
    enum hey_redirect result;
    const char *lines; /* of what follows, or the problem */
} HOPS[] = {
    {"no redirect", "GET", "", 200, "/x", HEY_REDIRECT_NONE, ""},
    {"300", "GET", "", 300, "/x", HEY_REDIRECT_NONE, ""},
    {"nowhere", "GET", "", 302, "", HEY_REDIRECT_NONE, ""},
    {"GET again, with Host", "GET", "", 302, "/x", HEY_REDIRECT_FOLLOW,
     "GET http://u:p@a.b/x\nHost: h\nUser-Agent: hey/0.0.1\nAuthorization: z\nCookie: c=d\n"
     "Referer: http://a.b/s\nX: y\nAccept-Encoding: gzip\n"},
    {"another host learns nothing", "HEAD", "", 301, "http://c/x", HEY_REDIRECT_FOLLOW,
     "HEAD http://c/x\nUser-Agent: hey/0.0.1\nReferer: http://a.b/s\nX: y\n"},
    {"a subdomain does", "GET", "", 303, "http://z.a.b/x", HEY_REDIRECT_FOLLOW,
     "GET http://z.a.b/x\nUser-Agent: hey/0.0.1\nAuthorization: z\nCookie: c=d\n"
     "Referer: http://a.b/s\nX: y\nAccept-Encoding: gzip\n"},
    {"POST becomes GET", "POST", "xyz", 302, "http://c/x", HEY_REDIRECT_FOLLOW,
     "GET http://c/x\nUser-Agent: hey/0.0.1\nReferer: http://a.b/s\nX: y\nAccept-Encoding: gzip\n"},
    {"POST again", "POST", "", 307, "http://c/x", HEY_REDIRECT_FOLLOW,
     "POST http://c/x\nUser-Agent: hey/0.0.1\nContent-Length: 0\nReferer: http://a.b/s\nX: y\n"
     "Accept-Encoding: gzip\n"},
    {"a body cannot be sent again", "POST", "xyz", 308, "/x", HEY_REDIRECT_NONE, ""},
    {"another scheme", "GET", "", 302, "ftp://x/y", HEY_REDIRECT_FAILED,
     "Get \"ftp://x/y\": unsupported protocol scheme \"ftp\""},
    {"no URL", "POST", "", 302, "http://[bad", HEY_REDIRECT_FAILED,
     "Post \"http://u:***@a.b/s\": failed to parse Location header \"http://[bad\": "
     "parse \"http://[bad\": missing ']' in host"},
};

static struct hey_request start(const struct hop *c, struct arena *arena)
{
    static const char *HEADERS[] = {"Authorization: z", "Cookie: c=d", "X: y"};
    const struct hey_options given = {.method = c->method, .host = "h"};
    struct hey_options options = complete(&given);
    struct hey_request request;
    AUTO(strbuf_done) struct strbuf problem = STRBUF_INIT(1 << 16);
    options.url = "http://u:p@a.b/s";
    options.headers = HEADERS;
    options.header_count = COUNT_OF(HEADERS);
    assert_int_equal(hey_request_first(&options, span_cstr(c->body), arena, &request, &problem), 0);
    headers_remove(&request.given, SPAN("Content-Type"));
    return request;
}

static void test_redirect(void **state)
{
    for (size_t i = 0; i < COUNT_OF(HOPS); i++) {
        const struct hop *c = &HOPS[i];
        AUTO(arena_done) struct arena arena = {.chunk_bytes = 4096};
        AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 16);
        struct hey_request first = start(c, &arena), next;
        print_message("%s\n", c->name);
        assert_int_equal(hey_request_redirect(&first, &first, c->status, span_cstr(c->location),
                                              &arena, &next, &text),
                         c->result);
        if (c->result == HEY_REDIRECT_FOLLOW)
            write_lines(&text, &next);
        assert_string_equal(strbuf_cstr(&text), c->lines);
    }
}

static void test_ten_redirects(void **state)
{
    AUTO(arena_done) struct arena arena = {.chunk_bytes = 4096};
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 16);
    struct hey_request first = start(&HOPS[0], &arena), hop = first;
    for (int i = 1; i < HEY_MAX_REDIRECTS; i++)
        assert_int_equal(
            hey_request_redirect(&first, &hop, 302, SPAN("/loop"), &arena, &hop, &text),
            HEY_REDIRECT_FOLLOW);
    assert_int_equal(hey_request_redirect(&first, &hop, 302, SPAN("/loop"), &arena, &hop, &text),
                     HEY_REDIRECT_FAILED);
    assert_string_equal(strbuf_cstr(&text), "Get \"/loop\": stopped after 10 redirects");
}

static void test_url(void **state)
{
    static const struct {
        const char *url, *problem; /* after `parse "URL": `; NULL: none */
    } cases[] = {
        {"http://127.0.0.1:8000/a?b#c", NULL},
        {"", NULL},
        {"foo bar", NULL},
        {"localhost:80/", NULL},
        {"127.0.0.1:80/", "first path segment in URL cannot contain colon"},
        {"::", "missing protocol scheme"},
        {"http://a b/", "invalid character \" \" in host name"},
        {"http://h:8x/", "invalid port \":8x\" after host"},
        {"http://[::1/", "missing ']' in host"},
        {"http://[::1]:80/", NULL},
        {"http://h/%zz", "invalid URL escape \"%zz\""},
        {"http://h/\x01", "net/url: invalid control character in URL"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(strbuf_done) struct strbuf problem = STRBUF_INIT(1 << 16);
        int result = go_url_check(span_cstr(cases[i].url), &problem);
        print_message("%s\n", cases[i].url);
        assert_int_equal(result, cases[i].problem ? -1 : 0);
        if (cases[i].problem)
            assert_non_null(strstr(strbuf_cstr(&problem), cases[i].problem));
    }
}

static void test_unsupported(void **state)
{
    static const struct {
        const char *url, *reason; /* NULL: it is asked for */
    } cases[] = {
        {"foo", "unsupported protocol scheme \"\""},
        {"ftp://x/", "unsupported protocol scheme \"ftp\""},
        {"http://", "http: no Host in request URL"},
        {"http:///x", "http: no Host in request URL"},
        {"HTTPS://h", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(strbuf_done) struct strbuf reason = STRBUF_INIT(1 << 16);
        assert_int_equal(hey_request_unsupported(span_cstr(cases[i].url), &reason),
                         cases[i].reason != NULL);
        assert_string_equal(strbuf_cstr(&reason), cases[i].reason ? cases[i].reason : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire),          cmocka_unit_test(test_redirect),
        cmocka_unit_test(test_ten_redirects), cmocka_unit_test(test_url),
        cmocka_unit_test(test_unsupported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
