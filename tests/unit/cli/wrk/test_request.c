/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/strbuf.h"
#include "cli/as/wrk/request.h"
#include "cli/as/wrk/wrk_options.h"
#include "support/test.h"

static const struct {
    const char *url;
    const char *headers[4];
    const char *text;    /* NULL: there is none */
    const char *problem; /* then */
} CASES[] = {
    {"http://h.x", {NULL}, "GET / HTTP/1.1\r\nHost: h.x\r\n\r\n", NULL},
    {"http://h.x:80/a?b#c", {NULL}, "GET /a?b#c HTTP/1.1\r\nHost: h.x:80\r\n\r\n", NULL},
    {"http://[::1]:81/", {NULL}, "GET / HTTP/1.1\r\nHost: [::1]:81\r\n\r\n", NULL},
    {"http://u:p@H.x/", {NULL}, "GET / HTTP/1.1\r\nHost: H.x\r\n\r\n", NULL},
    {"http://h/",
     {"A: 1", "B:2", "C: 3", "A: 4"},
     "GET / HTTP/1.1\r\nHost: h\r\nA: 4\r\nC: 3\r\n\r\n",
     NULL},
    {"http://h/", {"Host: x"}, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", NULL},
    {"http://h/", {"host: x"}, "GET / HTTP/1.1\r\nHost: h\r\nhost: x\r\n\r\n", NULL},
    {"http://h/", {"Content-Length: 5"}, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", NULL},
    {"http://h/", {"A: 1\r\nB: 2"}, "GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\n\r\n", NULL},
    {"http://h/", {"E: "}, "GET / HTTP/1.1\r\nHost: h\r\nE: \r\n\r\n", NULL},
    {"http://h/", {": v"}, NULL, "invalid character in header at 3:1"},
    {"http://h/", {"A: 1", "E e: v"}, NULL, "invalid character in header at 4:2"},
    {"http://h/", {"A: x\001y"}, NULL, "invalid character in header at 3:5"},
    {"http://h/", {"A: x\ny"}, NULL, "invalid character in header at 4:2"},
    {"http://h/", {"content-length: 5"}, NULL, "incomplete request at 5:1"},
    {"http://h/", {"Transfer-Encoding: chunked"}, NULL, "incomplete request at 5:1"},
};

static void test_messages(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(10000);
        AUTO(strbuf_done) struct strbuf problem = STRBUF_INIT(10000);
        struct wrk_options options = {.headers = (const char **)CASES[i].headers};
        while (options.header_count < 4 && CASES[i].headers[options.header_count])
            options.header_count++;
        assert_int_equal(wrk_url_parse(span_cstr(CASES[i].url), &options.parts), 0);
        int result = wrk_request_write(&options, &out, &problem);
        assert_int_equal(result, CASES[i].text ? 0 : -1);
        if (result == 0)
            assert_string_equal(strbuf_cstr(&out), CASES[i].text);
        else
            assert_string_equal(strbuf_cstr(&problem), CASES[i].problem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
