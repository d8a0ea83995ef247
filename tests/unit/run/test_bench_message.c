/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "http/headers.h"
#include "run/bench_message.h"
#include "support/test.h"

enum {
    MAX_HEADERS = 3,
};

static const struct message_case {
    const char *name, *url;
    const char *headers[MAX_HEADERS];
    const char *proxy;
    const char *text;
} CASES[] = {
    {.name = "plain",
     .url = "http://a:81/x?y=1",
     .text = "GET /x?y=1 HTTP/1.1\r\nHost: a:81\r\nUser-Agent: u\r\n\r\n"},
    {.name = "the last of a name counts",
     .url = "http://a/",
     .headers = {"X: 1", "x: 2", "User-Agent: own"},
     .text = "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: own\r\nX: 2\r\n\r\n"},
    {.name = "a host of its own",
     .url = "http://127.0.0.1:81/",
     .headers = {"host: api.example.com"},
     .text = "GET / HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: u\r\n\r\n"},
    {.name = "a host of its own, through a proxy",
     .url = "http://a/",
     .headers = {"Host: b"},
     .proxy = "http://p:1/",
     .text = "GET http://a/ HTTP/1.1\r\nHost: b\r\nUser-Agent: u\r\n\r\n"},
    {.name = "who the URL says we are",
     .url = "http://Aladdin:open%20sesame@a/",
     .text = "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: u\r\n"
             "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"},
    {.name = "a header says it instead",
     .url = "http://user:password@a/",
     .headers = {"authorization: Bearer t"},
     .text = "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: u\r\nauthorization: Bearer t\r\n\r\n"},
};

static struct bench_message message_of(const struct message_case *c)
{
    size_t count = 0;
    while (count < MAX_HEADERS && c->headers[count])
        count++;
    return (struct bench_message){
        .url = c->url,
        .method = "GET",
        .headers = c->headers,
        .header_count = count,
        .user_agent = "u",
        .proxy = c->proxy,
    };
}

static void test_messages(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        const struct bench_message message = message_of(&CASES[i]);
        struct error err;
        if (bench_message_write(&message, &out, &err) < 0)
            fail_msg("%s: %s", CASES[i].name, err.message);
        if (strcmp(strbuf_cstr(&out), CASES[i].text) != 0)
            fail_msg("%s:\n%s", CASES[i].name, strbuf_cstr(&out));
    }
}

static const struct refusal {
    const char *header, *problem;
} REFUSALS[] = {
    {"X-1", "header \"X-1\": write it as \"Name: value\""},
    {"content-length: 5", "header \"content-length: 5\": leave it out, it follows from the body"},
    {"Transfer-Encoding: chunked",
     "header \"Transfer-Encoding: chunked\": leave it out, it follows from the body"},
};

static void test_refusals(void **state)
{
    for (size_t i = 0; i < COUNT_OF(REFUSALS); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        const struct message_case row = {.url = "http://a/", .headers = {REFUSALS[i].header}};
        const struct bench_message message = message_of(&row);
        struct error err;
        assert_int_equal(bench_message_write(&message, &out, &err), -1);
        assert_string_equal(err.message, REFUSALS[i].problem);
    }
}

static void test_headers_alone(void **state)
{
    AUTO(arena_done) struct arena arena;
    const struct bench_message message = message_of(&CASES[4]);
    struct headers headers;
    struct error err;
    arena_init(&arena, 4096);
    assert_int_equal(bench_message_headers(&message, &arena, &headers, &err), 0);
    assert_true(span_equal(headers_get(&headers, SPAN("Authorization")),
                           SPAN("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_headers_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
