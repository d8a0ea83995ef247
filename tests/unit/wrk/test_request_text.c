/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "script/wrk/request_text.h"
#include "support/test.h"

static const struct {
    const char *name, *text;
    size_t count;          /* whole requests */
    const char *reason;    /* why it ends; NULL: at the end of the text; "": in the middle of one */
    unsigned line, column; /* of the reason */
    const char *last;      /* "METHOD target body" of the last whole request */
} CASES[] = {
    {"one", "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", 1, NULL, 0, 0, "GET /a "},
    {"bare line ends", "GET /a HTTP/1.1\nHost: x\n\n", 1, NULL, 0, 0, "GET /a "},
    {"no headers", "PUT /a HTTP/1.0\r\n\r\n", 1, NULL, 0, 0, "PUT /a "},
    {"empty lines before", "\r\n\r\nGET /a HTTP/1.1\r\n\r\n", 1, NULL, 0, 0, "GET /a "},
    {"empty lines behind", "GET /a HTTP/1.1\r\n\r\n\r\n", 1, "", 4, 1, "GET /a "},
    {"body", "POST /b HTTP/1.1\r\ncontent-length: 3\r\n\r\nxyz", 1, NULL, 0, 0, "POST /b xyz"},
    {"empty body", "POST /b HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 1, NULL, 0, 0, "POST /b "},
    {"three",
     "GET /a HTTP/1.1\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nxyM-SEARCH * "
     "HTTP/1.1\r\n\r\n",
     3, NULL, 0, 0, "M-SEARCH * "},
    {"whole URL", "GET http://h:1/p?q HTTP/1.1\r\n\r\n", 1, NULL, 0, 0, "GET http://h:1/p?q "},
    {"chunks",
     "POST /c HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: 1\r\n\r\nGET /d "
     "HTTP/1.1\r\n\r\n",
     2, NULL, 0, 0, "GET /d "},
    {"nothing", "", 0, "", 1, 1, NULL},
    {"start of a method", "GE", 0, "", 1, 3, NULL},
    {"half a head", "GET / HTTP/1.1\r\nHost: x\r\n", 0, "", 3, 1, NULL},
    {"half a body", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", 0, "", 4, 4, NULL},
    {"half a chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", 0, "", 5, 4,
     NULL},
    {"lower case", "get / HTTP/1.1\r\n\r\n", 0, "invalid HTTP method", 1, 1, NULL},
    {"no method", "5", 0, "invalid HTTP method", 1, 1, NULL},
    {"no target", "GET\r\n\r\n", 0, "invalid HTTP method", 1, 4, NULL},
    {"second", "GET / HTTP/1.1\r\n\r\nabc", 1, "invalid HTTP method", 3, 1, "GET / "},
    {"relative target", "GET a HTTP/1.1\r\n\r\n", 0, "invalid URL", 1, 6, NULL},
    {"no version", "GET /a\r\n\r\n", 0, "invalid URL", 1, 7, NULL},
    {"space in target", "GET /a b HTTP/1.1\r\n\r\n", 0, "invalid constant string", 1, 8, NULL},
    {"HTTP/2", "GET /a HTTP/2.0\r\n\r\n", 0, "invalid constant string", 1, 8, NULL},
    {"no colon", "GET /a HTTP/1.1\r\nA b\r\n\r\n", 0, "invalid character in header", 2, 2, NULL},
    {"no name", "GET /a HTTP/1.1\r\n: b\r\n\r\n", 0, "invalid character in header", 2, 1, NULL},
    {"folded", "GET /a HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 0, "invalid character in header", 3, 1,
     NULL},
    {"control character", "GET /a HTTP/1.1\r\nA: b\x01\r\n\r\n", 0, "invalid character in header",
     2, 5, NULL},
    {"length", "GET /a HTTP/1.1\r\nContent-Length: x\r\n\r\n", 0,
     "invalid character in content-length header", 2, 17, NULL},
    {"two lengths", "GET /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 0,
     "invalid character in content-length header", 3, 17, NULL},
    {"two framings",
     "POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nab", 0,
     "both content-length and transfer-encoding", 5, 1, NULL},
    {"gzip", "POST /a HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 0, "unknown transfer coding", 2,
     20, NULL},
    {"chunk size", "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 0,
     "invalid character in chunk size header", 4, 1, NULL},
    {"endless chunk", "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
     0, "invalid character in chunk size header", 4, 16, NULL},
    {"chunk end", "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 0,
     "invalid character in chunk", 5, 2, NULL},
};

static void check_last(const struct request_text *request, const char *name, const char *expected)
{
    char text[200];
    snprintf(text, sizeof(text), "%.*s %.*s %.*s", SPAN_ARG(request->method),
             SPAN_ARG(request->target), SPAN_ARG(request->body));
    if (strcmp(text, expected) != 0)
        fail_msg("%s: %s", name, text);
}

static void test_cases(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct span text = span_cstr(CASES[i].text), rest = text;
        struct request_text request = {0};
        struct request_problem problem = {"", text.ptr + text.len};
        size_t count = 0;
        unsigned line, column;
        enum step step;
        do {
            step = request_text_next(&rest, &request, &problem);
            count += step == STEP_DONE;
        } while (step == STEP_DONE && rest.len);
        const char *reason = step == STEP_DONE ? NULL : problem.reason;
        if (count != CASES[i].count || !reason != !CASES[i].reason ||
            (reason && strcmp(reason, CASES[i].reason) != 0))
            fail_msg("%s: %zu requests, %s", CASES[i].name, count, reason ? reason : "no problem");
        request_text_place(text, problem.at, &line, &column);
        if (reason && (line != CASES[i].line || column != CASES[i].column))
            fail_msg("%s: at %u:%u", CASES[i].name, line, column);
        if (count)
            check_last(&request, CASES[i].name, CASES[i].last);
    }
}

/* Every prefix of a good text is only not whole yet. */
static void test_prefixes(void **state)
{
    struct span text = SPAN("POST /b HTTP/1.1\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "3\r\nabc\r\n0\r\n\r\n");
    for (size_t len = 0; len < text.len; len++) {
        struct span rest = span_head(text, len);
        struct request_text request;
        struct request_problem problem;
        assert_int_equal(request_text_next(&rest, &request, &problem), STEP_MORE);
        assert_int_equal(rest.len, len);
    }
}

static void test_fields(void **state)
{
    struct span rest = SPAN("GET / HTTP/1.1\r\nA:  1 \r\nb:\r\nConnection: x, Close\r\n\r\n");
    struct span name, value;
    struct request_text request;
    struct request_problem problem;
    assert_int_equal(request_text_next(&rest, &request, &problem), STEP_DONE);
    assert_true(request.closes);
    rest = request.fields;
    assert_true(request_text_field(&rest, &name, &value));
    assert_true(span_equal(name, SPAN("A")) && span_equal(value, SPAN("1")));
    assert_true(request_text_field(&rest, &name, &value));
    assert_true(span_equal(name, SPAN("b")) && value.len == 0);
    assert_true(request_text_field(&rest, &name, &value));
    assert_false(request_text_field(&rest, &name, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
