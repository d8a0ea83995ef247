/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "http/headers.h"
#include "http/http2_head.h"
#include "http/http2_private.h"
#include "support/test.h"

#define START(method) ":method=" method "|:scheme=https|:authority=h:81|:path=/a?b"

static const struct head_case {
    const char *name;
    const char *method, *target, *authority;
    const char *header_name, *header_value; /* NULL: none */
    size_t body_bytes;
    bool length_given;
    const char *fields; /* NULL: refused */
} CASES[] = {
    {"get", "GET", "/a?b", "h:81", NULL, NULL, 0, false, START("GET")},
    {"lower case", "GET", "/a?b", "h:81", "X-Ab", " Cd ", 0, false, START("GET") "|x-ab=Cd"},
    {"length", "POST", "/a?b", "h:81", NULL, NULL, 7, false, START("POST") "|content-length=7"},
    {"no body", "PUT", "/a?b", "h:81", NULL, NULL, 0, false, START("PUT") "|content-length=0"},
    {"own length", "POST", "/a?b", "h:81", "Content-Length", "9", 7, false,
     START("POST") "|content-length=7"},
    {"given length", "POST", "/a?b", "h:81", "Content-Length", "9", 7, true,
     START("POST") "|content-length=9"},
    {"connection", "GET", "/a?b", "h:81", "Connection", "close", 0, false, START("GET")},
    {"keep-alive", "GET", "/a?b", "h:81", "Keep-Alive", "5", 0, false, START("GET")},
    {"proxy-connection", "GET", "/a?b", "h:81", "Proxy-Connection", "x", 0, false, START("GET")},
    {"transfer-encoding", "GET", "/a?b", "h:81", "Transfer-Encoding", "chunked", 0, true,
     START("GET")},
    {"upgrade", "GET", "/a?b", "h:81", "Upgrade", "h2c", 0, false, START("GET")},
    {"host", "GET", "/a?b", "h:81", "Host", "other", 0, false, START("GET")},
    {"te", "GET", "/a?b", "h:81", "TE", "gzip", 0, false, START("GET")},
    {"te trailers", "GET", "/a?b", "h:81", "TE", "trailers", 0, false, START("GET") "|te=trailers"},

    {"no method", "", "/", "h", NULL, NULL, 0, false, NULL},
    {"connect", "CONNECT", "/", "h", NULL, NULL, 0, false, NULL},
    {"method with space", "GET /x", "/", "h", NULL, NULL, 0, false, NULL},
    {"no target", "GET", "", "h", NULL, NULL, 0, false, NULL},
    {"target with space", "GET", "/ x", "h", NULL, NULL, 0, false, NULL},
    {"no host", "GET", "/", "", NULL, NULL, 0, false, NULL},
    {"pseudo-header", "GET", "/", "h", ":path", "/x", 0, false, NULL},
    {"value with line break", "GET", "/", "h", "X", "a\r\nY: b", 0, false, NULL},
};

static void describe(const struct http2_head *head, struct strbuf *out)
{
    for (size_t i = 0; i < head->count; i++) {
        const nghttp2_nv *field = &head->fields[i];
        strbuf_addf(out, "%s%.*s=%.*s", i ? "|" : "", (int)field->namelen, field->name,
                    (int)field->valuelen, field->value);
    }
}

static void test_cases(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const struct head_case *c = &CASES[i];
        AUTO(arena_done) struct arena arena;
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
        struct headers headers = {0};
        const char *problem = NULL;
        print_message("%s\n", c->name);
        arena_init(&arena, 1024);
        if (c->header_name)
            headers_add(&headers, &arena, span_cstr(c->header_name), span_cstr(c->header_value));
        const struct http2_request request = {
            .method = span_cstr(c->method),
            .scheme = SPAN("https"),
            .authority = span_cstr(c->authority),
            .target = span_cstr(c->target),
            .headers = &headers,
            .body_bytes = c->body_bytes,
            .length_given = c->length_given,
        };
        const struct http2_head *head = http2_head_new(&arena, &request, &problem);
        assert_true((head != NULL) == (c->fields != NULL));
        if (head) {
            describe(head, &out);
            assert_string_equal(strbuf_cstr(&out), c->fields);
        } else {
            assert_non_null(problem);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
