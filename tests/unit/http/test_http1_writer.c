/* SPDX-License-Identifier: Apache-2.0 */
#include "http/headers.h"
#include "http/http1_writer.h"
#include "support/test.h"

static const struct writer_case {
    const char *name;
    const char *method, *target, *host;
    const char *header_name, *header_value; /* NULL: none */
    const char *body;
    const char *wire; /* NULL: refused */
} CASES[] = {
    {"get", "GET", "/a?b", "h:81", NULL, NULL, "", "GET /a?b HTTP/1.1\r\nHost: h:81\r\n\r\n"},
    {"header", "GET", "/", "h", "X-A", "b c", "", "GET / HTTP/1.1\r\nHost: h\r\nX-A: b c\r\n\r\n"},
    {"body", "POST", "/", "h", "Content-Type", "text/plain", "hi",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"},
    {"post without body", "POST", "/", "h", NULL, NULL, "",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"},
    {"delete with body", "DELETE", "/", "h", NULL, NULL, "x",
     "DELETE / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"},
    {"own host left out", "GET", "/", "h", "host", "other", "",
     "GET / HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"own length left out", "PUT", "/", "h", "content-length", "9", "x",
     "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"},
    {"own coding left out", "PUT", "/", "h", "Transfer-Encoding", "chunked", "x",
     "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"},
    {"empty value", "GET", "/", "h", "X", "", "", "GET / HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n"},

    {"no method", "", "/", "h", NULL, NULL, "", NULL},
    {"method with space", "GET /x", "/", "h", NULL, NULL, "", NULL},
    {"no target", "GET", "", "h", NULL, NULL, "", NULL},
    {"target with space", "GET", "/ HTTP/1.1", "h", NULL, NULL, "", NULL},
    {"target with line break", "GET", "/\r\nX:y", "h", NULL, NULL, "", NULL},
    {"no host", "GET", "/", "", NULL, NULL, "", NULL},
    {"host with line break", "GET", "/", "h\r\nX: y", NULL, NULL, "", NULL},
    {"no header name", "GET", "/", "h", "", "x", "", NULL},
    {"header name with colon", "GET", "/", "h", "X:", "x", "", NULL},
    {"header name with line break", "GET", "/", "h", "X\r\nY", "x", "", NULL},
    {"header value with line break", "GET", "/", "h", "X", "a\r\nY: b", "", NULL},
    {"header value with line feed", "GET", "/", "h", "X", "a\nY: b", "", NULL},
};

static const struct writer_case GIVEN_CASES[] = {
    {"given length", "PUT", "/", "h", "content-length", "9", "x",
     "PUT / HTTP/1.1\r\nHost: h\r\ncontent-length: 9\r\n\r\nx"},
    {"given coding", "PUT", "/", "h", "Transfer-Encoding", "chunked", "1\r\nx\r\n0\r\n\r\n",
     "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"},
    {"no framing given", "PUT", "/", "h", "X", "y", "x",
     "PUT / HTTP/1.1\r\nHost: h\r\nX: y\r\nContent-Length: 1\r\n\r\nx"},
};

static void check(const struct writer_case *cases, size_t count, bool framing_given)
{
    for (size_t i = 0; i < count; i++) {
        const struct writer_case *c = &cases[i];
        AUTO(arena_done) struct arena arena;
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
        struct headers headers = {0};
        const char *problem = NULL;
        print_message("%s\n", c->name);
        arena_init(&arena, 1024);
        if (c->header_name)
            headers_add(&headers, &arena, span_cstr(c->header_name), span_cstr(c->header_value));
        const struct http1_request request = {
            .method = span_cstr(c->method),
            .target = span_cstr(c->target),
            .host = span_cstr(c->host),
            .headers = c->header_name ? &headers : NULL,
            .body = span_cstr(c->body),
            .framing_given = framing_given,
        };
        strbuf_adds(&out, "!");
        assert_int_equal(http1_writer_request(&out, &request, &problem), c->wire ? 0 : -1);
        assert_string_equal(out.ptr + 1, c->wire ? c->wire : "");
        assert_int_equal(problem == NULL, c->wire != NULL);
    }
}

static void test_cases(void **state)
{
    check(CASES, COUNT_OF(CASES), false);
}

static void test_framing_given(void **state)
{
    check(GIVEN_CASES, COUNT_OF(GIVEN_CASES), true);
}

static void test_nul(void **state)
{
    struct header header = {SPAN("X"), span_of("a\0b", 3)};
    struct headers headers = {&header, 1, 1};
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
    const struct http1_request request = {SPAN("GET"), SPAN("/"),  SPAN("h"),
                                          &headers,    SPAN_EMPTY, false};
    const char *problem;
    assert_int_equal(http1_writer_request(&out, &request, &problem), -1);
}

static void test_too_large(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(20);
    const struct http1_request request = {SPAN("GET"), SPAN("/"),  SPAN("h"),
                                          NULL,        SPAN_EMPTY, false};
    const char *problem;
    strbuf_adds(&out, "abc");
    assert_int_equal(http1_writer_request(&out, &request, &problem), -1);
    assert_string_equal(out.ptr, "abc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_framing_given),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
