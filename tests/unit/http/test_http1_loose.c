/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers read as ApacheBench reads them. Each row was put to ApacheBench 2.3 of Debian 12; what is
 * expected is what it counted.
 */
#include "http/http1_loose.h"
#include "support/test.h"

struct piece_case {
    const char *name;
    const char *first, *second; /* two reads; second may be NULL */
    bool keep_alive, is_head;
    enum step step; /* after the reads; STEP_MORE: the server closes then */
    unsigned status;
    uint64_t body_bytes;
    bool keeps; /* the connection */
};

static const struct piece_case CASES[] = {
    {"length is nothing without keep-alive", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
     "defg", false, false, STEP_MORE, 200, 7, false},
    {"chunks are body",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", NULL, false,
     false, STEP_MORE, 200, 13, false},
    {"an interim answer is the answer", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
     NULL, false, false, STEP_MORE, 100, 19, false},
    {"keep-alive", "HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 3\r\n\r\nabc",
     NULL, true, false, STEP_DONE, 200, 3, true},
    {"any header, any case", "HTTP/1.1 200 OK\r\nX: KEEP-alive\r\nA-CONTENT-length:3\r\n\r\nabc",
     NULL, true, false, STEP_DONE, 200, 3, true},
    {"bare line feeds", "HTTP/1.1 200 OK\nX: keep-alive\nContent-Length: 3\n\nabc", NULL, true,
     false, STEP_DONE, 200, 3, true},
    {"mixed line ends", "HTTP/1.1 200 OK\n\r\nX: Keep-Alive\r\nContent-Length: 3\r\n\r\nabc", NULL,
     true, false, STEP_DONE, 200, 3, true},
    {"too much in the same read", "HTTP/1.1 200 OK\r\nX: Keep-Alive\r\nContent-Length: 3\r\n\r\n",
     "abcd", true, false, STEP_DONE, 200, 4, true},
    {"head cut", "HTTP/1.1 200 OK\r\nX: Keep-Al", "ive\r\nContent-Length: 3\r\n\r\nabc", true,
     false, STEP_DONE, 200, 3, true},
    {"no length with keep-alive", "HTTP/1.1 200 OK\r\nX: Keep-Alive\r\n\r\nabc", NULL, true, false,
     STEP_DONE, 200, 3, true},
    {"negative length", "HTTP/1.1 200 OK\r\nX: Keep-Alive\r\nContent-Length: -5\r\n\r\nabc", NULL,
     true, false, STEP_MORE, 200, 3, false},
    {"short body", "HTTP/1.1 200 OK\r\nX: Keep-Alive\r\nContent-Length: 10\r\n\r\nab", "cde", true,
     false, STEP_MORE, 200, 5, false},
    {"HEAD", "HTTP/1.1 200 OK\r\nX: Keep-Alive\r\nContent-Length: 10\r\n\r\n", NULL, true, true,
     STEP_DONE, 200, 0, true},
    {"keep-alive unasked", "HTTP/1.1 200 OK\r\nX: Keep-Alive\r\nContent-Length: 3\r\n\r\nabc", NULL,
     false, false, STEP_MORE, 200, 3, false},
    {"not HTTP", "ICY 200 OK\r\n\r\nabc", NULL, false, false, STEP_MORE, 500, 3, false},
    {"short status", "HTTP/1.1 20\r\n\r\nabc", NULL, false, false, STEP_MORE, 200, 3, false},
    {"no status", "HTTP/1.1\r\nX: y\r\n\r\nabc", NULL, false, false, STEP_MORE, 500, 3, false},
    {"HTTP/2 200 is read at the wrong place", "HTTP/2 200\r\n\r\nabc", NULL, false, false,
     STEP_MORE, 500, 3, false},
    {"empty head", "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", NULL, false, false, STEP_MORE, 500, 19,
     false},
    {"end within the head", "HTTP/1.1 200 OK\r\nServer: x\r\n", NULL, false, false, STEP_MORE, 0, 0,
     false},
    {"no head", "hello world\n", NULL, false, false, STEP_MORE, 0, 0, false},
};

static enum step feed(struct http1_parser *parser, const char *text)
{
    size_t used;
    enum step step = http1_parser_feed(parser, span_cstr(text), &used);
    assert_int_equal(used, strlen(text));
    return step;
}

static void check(const struct piece_case *row)
{
    struct http1_limits limits = http1_limits_defaults();
    AUTO(http1_parser_done) struct http1_parser parser;
    limits.reading = row->keep_alive ? HTTP1_READING_LOOSE_KEEP_ALIVE : HTTP1_READING_LOOSE;
    http1_parser_init(&parser, &limits, NULL, NULL);
    for (int again = 0; again < 2; again++) {
        http1_parser_reset(&parser, row->is_head);
        enum step step = feed(&parser, row->first);
        if (step == STEP_MORE && row->second)
            step = feed(&parser, row->second);
        assert_int_equal(step, row->step);
        if (step == STEP_MORE)
            assert_int_equal(http1_parser_eof(&parser), STEP_DONE);
        assert_int_equal(http1_parser_status(&parser), row->status);
        assert_int_equal(http1_parser_body_bytes(&parser), row->body_bytes);
        assert_int_equal(http1_parser_keep_alive(&parser), row->keeps);
    }
}

static void test_cases(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        print_message("%s\n", CASES[i].name);
        check(&CASES[i]);
    }
}

/* Nothing at all may be a connection that the server has just closed: the client looks into it. */
static void test_closed_at_once(void **state)
{
    struct http1_limits limits = http1_limits_defaults();
    AUTO(http1_parser_done) struct http1_parser parser;
    limits.reading = HTTP1_READING_LOOSE;
    http1_parser_init(&parser, &limits, NULL, NULL);
    assert_int_equal(http1_parser_eof(&parser), STEP_FAILED);
    assert_int_equal(http1_parser_problem(&parser), HTTP1_PROBLEM_CLOSED);
}

static void test_endless_head(void **state)
{
    struct http1_limits limits = {.reading = HTTP1_READING_LOOSE, .head_bytes = 16};
    AUTO(http1_parser_done) struct http1_parser parser;
    size_t used;
    http1_parser_init(&parser, &limits, NULL, NULL);
    assert_int_equal(http1_parser_feed(&parser, SPAN("HTTP/1.1 200 OK"), &used), STEP_MORE);
    assert_int_equal(http1_parser_feed(&parser, SPAN("\r\nServer"), &used), STEP_FAILED);
    assert_int_equal(http1_parser_problem(&parser), HTTP1_PROBLEM_HEAD_TOO_LONG);
}

static void note_text(void *arg, struct span text)
{
    struct strbuf *seen = arg;
    strbuf_addf(seen, "[%.*s]", SPAN_ARG(text));
}

static void test_texts(void **state)
{
    static const struct http1_events EVENTS = {.on_text = note_text};
    struct http1_limits limits = http1_limits_defaults();
    AUTO(strbuf_done) struct strbuf seen = STRBUF_INIT(1024);
    AUTO(http1_parser_done) struct http1_parser parser;
    limits.reading = HTTP1_READING_LOOSE;
    http1_parser_init(&parser, &limits, &EVENTS, &seen);
    assert_int_equal(feed(&parser, "HTTP/1"), STEP_MORE);
    assert_int_equal(feed(&parser, ".1 200\n\nab"), STEP_MORE);
    assert_int_equal(feed(&parser, "c"), STEP_MORE);
    assert_string_equal(strbuf_cstr(&seen), "[HTTP/1][HTTP/1.1 200\n\nab]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_closed_at_once),
        cmocka_unit_test(test_endless_head),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
