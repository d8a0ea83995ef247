/* SPDX-License-Identifier: Apache-2.0
 *
 * The codec against nghttp2's server side in memory, whose acts are chosen by path. Bytes travel in
 * pieces of every case's own size, each in a block of its own, so that a span that outlives its
 * input shows under a sanitizer.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/http1_parser.h"
#include "http/http2.h"
#include "http/http2_head.h"
#include "support/h2_server.h"
#include "support/test.h"

#define MAX_STREAMS 8

static const struct http1_limits LIMITS = {
    .head_bytes = 400, .fields = 6, .interim = 3, .body_bytes = 200000};

struct recorded {
    struct http2_stream stream;
    struct strbuf text;
    size_t body_bytes;
    bool ended, sent;
};

struct wire {
    struct http2 *http2;
    struct h2_server *server;
    struct arena arena;
    size_t piece;
    struct recorded streams[MAX_STREAMS];
};

static void on_status(void *arg, unsigned minor, unsigned code, struct span reason)
{
    struct recorded *recorded = arg;
    assert_int_equal(minor, 0);
    assert_int_equal(reason.len, 0);
    strbuf_addf(&recorded->text, "%u|", code);
}

static void on_header(void *arg, struct span name, struct span value)
{
    struct recorded *recorded = arg;
    strbuf_addf(&recorded->text, "%.*s=%.*s|", SPAN_ARG(name), SPAN_ARG(value));
}

static void on_headers_done(void *arg)
{
    struct recorded *recorded = arg;
    strbuf_adds(&recorded->text, "end|");
}

static void on_body(void *arg, struct span bytes)
{
    struct recorded *recorded = arg;
    recorded->body_bytes += bytes.len;
    if (recorded->body_bytes < 10)
        strbuf_addf(&recorded->text, "[%.*s]", SPAN_ARG(bytes));
}

static void on_trailer(void *arg, struct span name, struct span value)
{
    struct recorded *recorded = arg;
    strbuf_addf(&recorded->text, "|trailer %.*s=%.*s", SPAN_ARG(name), SPAN_ARG(value));
}

static const struct http1_events EVENTS = {
    .on_status = on_status,
    .on_header = on_header,
    .on_headers_done = on_headers_done,
    .on_body = on_body,
    .on_trailer = on_trailer,
};

static void wire_init(struct wire *wire, uint32_t max_streams, int32_t window, size_t piece)
{
    *wire = (struct wire){
        .http2 = http2_new(&LIMITS, window),
        .server = h2_server_new(max_streams),
        .piece = piece,
    };
    arena_init(&wire->arena, 4096);
    for (size_t i = 0; i < MAX_STREAMS; i++)
        strbuf_init(&wire->streams[i].text, 4096);
}

static void wire_done(struct wire *wire)
{
    http2_free(&wire->http2);
    h2_server_free(&wire->server);
    for (size_t i = 0; i < MAX_STREAMS; i++)
        strbuf_done(&wire->streams[i].text);
    arena_done(&wire->arena);
}

static struct recorded *begin(struct wire *wire, size_t i, const char *method, const char *path,
                              size_t body_bytes)
{
    const char *problem = "";
    const struct http2_request request = {
        .method = span_cstr(method),
        .scheme = SPAN("http"),
        .authority = SPAN("h"),
        .target = span_cstr(path),
        .body_bytes = body_bytes,
    };
    const struct http2_head *head = http2_head_new(&wire->arena, &request, &problem);
    struct span body = span_of(arena_alloc(&wire->arena, body_bytes + 1), body_bytes);
    struct recorded *recorded = &wire->streams[i];
    assert_non_null(head);
    strbuf_reset(&recorded->text);
    recorded->body_bytes = 0;
    recorded->ended = recorded->sent = false;
    http2_start(wire->http2, &recorded->stream, head, body, &EVENTS, recorded);
    return recorded;
}

static struct recorded *recorded_of(struct http2_stream *stream)
{
    return CONTAINER_OF(stream, struct recorded, stream);
}

static void take_news(struct wire *wire)
{
    struct http2_stream *stream;
    while ((stream = http2_next_sent(wire->http2))) {
        assert_false(recorded_of(stream)->sent);
        recorded_of(stream)->sent = true;
    }
    while ((stream = http2_next(wire->http2))) {
        assert_false(recorded_of(stream)->ended);
        recorded_of(stream)->ended = stream->end != HTTP2_END_NONE;
    }
}

static int deliver(struct wire *wire, const struct strbuf *bytes)
{
    int result = 0;
    for (size_t at = 0; at < bytes->len && result == 0; at += wire->piece) {
        size_t len = MIN_OF(bytes->len - at, wire->piece);
        char *piece = test_malloc(len);
        memcpy(piece, bytes->ptr + at, len);
        result = http2_feed(wire->http2, span_of(piece, len));
        test_free(piece);
        take_news(wire);
    }
    return result;
}

/* Until nobody has anything to say. -1 when the client gave up. */
static int run(struct wire *wire)
{
    for (;;) {
        AUTO(strbuf_done) struct strbuf up = STRBUF_INIT(1 << 22), down = STRBUF_INIT(1 << 22);
        int result = http2_pull(wire->http2, &up, 1 << 20);
        take_news(wire);
        if (result < 0)
            return -1;
        if (up.len > 0)
            assert_int_equal(h2_server_feed(wire->server, up.ptr, up.len), 0);
        h2_server_pull(wire->server, &down);
        if (up.len + down.len == 0)
            return 0;
        if (deliver(wire, &down) < 0)
            return -1;
    }
}

static const struct stream_case {
    const char *name;
    const char *method, *path;
    size_t request_bytes;
    const char *transcript;
    size_t body_bytes;
    enum http2_end end;
    uint32_t error_code;
    const char *log; /* what the server must have seen after the request; NULL: nothing */
} CASES[] = {
    {"hello", "GET", "/", 0, "200|content-type=text/plain|content-length=5|end|[hello]", 5,
     HTTP2_END_WHOLE, 0, NULL},
    {"no body", "GET", "/status/204", 0, "204|end|", 0, HTTP2_END_WHOLE, 0, NULL},
    {"error status", "GET", "/status/503", 0, "503|end|", 0, HTTP2_END_WHOLE, 0, NULL},
    {"trailers", "GET", "/trailers", 0, "200|end|[hello]|trailer x-t=1", 5, HTTP2_END_WHOLE, 0,
     NULL},
    {"interim", "GET", "/interim/3", 0, "200|content-type=text/plain|content-length=5|end|[hello]",
     5, HTTP2_END_WHOLE, 0, NULL},
    {"too many interim", "GET", "/interim/4", 0, "", 0, HTTP2_END_TOO_MANY_INTERIM, 8, "reset 8"},
    {"large body", "GET", "/bytes/150000", 0, "200|content-length=150000|end|", 150000,
     HTTP2_END_WHOLE, 0, NULL},
    {"body over the limit", "GET", "/bytes/200001", 0, "200|content-length=200001|end|", 0,
     HTTP2_END_BODY_TOO_LONG, 8, "reset 8"},
    {"upload", "POST", "/echo", 150000, "200|x-got=150000|end|", 0, HTTP2_END_WHOLE, 0, NULL},
    {"early answer", "POST", "/early", 150000,
     "200|content-type=text/plain|content-length=5|end|[hello]", 5, HTTP2_END_WHOLE, 8, "reset 8"},
    {"reset", "GET", "/reset/2", 0, "", 0, HTTP2_END_RESET, 2, NULL},
    {"refused", "GET", "/reset/7", 0, "", 0, HTTP2_END_REFUSED, 7, NULL},
    {"unknown code", "GET", "/reset/99", 0, "", 0, HTTP2_END_RESET, 99, NULL},
    {"reset in the body", "GET", "/half/11", 0, "200|end|[half]", 4, HTTP2_END_RESET, 11, NULL},
    {"goaway", "GET", "/goaway/0", 0, "", 0, HTTP2_END_REFUSED, 7, NULL},
    {"goaway after it", "GET", "/last/0", 0,
     "200|content-type=text/plain|content-length=5|end|[hello]", 5, HTTP2_END_WHOLE, 0, NULL},
    {"ping", "GET", "/ping", 0, "200|content-type=text/plain|content-length=5|end|[hello]", 5,
     HTTP2_END_WHOLE, 0, "pong"},
    {"enough fields", "GET", "/fields/6", 0,
     "200|x-field=value|x-field=value|x-field=value|x-field=value|x-field=value|x-field=value|end|",
     0, HTTP2_END_WHOLE, 0, NULL},
    {"too many fields", "GET", "/fields/7", 0,
     "200|x-field=value|x-field=value|x-field=value|x-field=value|x-field=value|x-field=value|", 0,
     HTTP2_END_TOO_MANY_FIELDS, 8, "reset 8"},
    {"too short", "GET", "/liar", 0, "200|content-length=10|end|[hello]", 5, HTTP2_END_MALFORMED, 1,
     "reset 1"},
    {"status below 100", "GET", "/status/051", 0, "", 0, HTTP2_END_MALFORMED, 1, "reset 1"},
    {"bad field", "GET", "/bad-field", 0, "200|", 0, HTTP2_END_MALFORMED, 1, "reset 1"},
};

static void check_case(const struct stream_case *c, size_t piece)
{
    AUTO(wire_done) struct wire wire;
    wire_init(&wire, 0, HTTP2_LARGE_WINDOW, piece);
    struct recorded *recorded = begin(&wire, 0, c->method, c->path, c->request_bytes);
    assert_int_equal(http2_active(wire.http2), 1);
    assert_int_equal(run(&wire), 0);
    assert_true(recorded->ended);
    assert_int_equal(recorded->stream.end, c->end);
    assert_int_equal(recorded->stream.error_code, c->error_code);
    assert_int_equal(recorded->body_bytes, c->body_bytes);
    assert_int_equal(http2_stream_body_bytes(&recorded->stream), c->body_bytes);
    if (piece > 100)
        assert_string_equal(strbuf_cstr(&recorded->text), c->transcript);
    assert_int_equal(http2_active(wire.http2), 0);
    const char *log = strchr(h2_server_log(wire.server), '\n') + 1;
    assert_int_equal(strncmp(log, c->log ? c->log : "", c->log ? strlen(c->log) : 1), 0);
}

static void test_cases(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        print_message("%s\n", CASES[i].name);
        check_case(&CASES[i], 1 << 20);
        check_case(&CASES[i], 100);
        check_case(&CASES[i], 1);
    }
}

static void test_request_line(void **state)
{
    AUTO(wire_done) struct wire wire;
    wire_init(&wire, 0, HTTP2_LARGE_WINDOW, 1000);
    struct recorded *recorded = begin(&wire, 0, "HEAD", "/bytes/77", 0);
    assert_int_equal(run(&wire), 0);
    assert_true(recorded->sent && recorded->ended);
    assert_int_equal(http2_stream_content_length(&recorded->stream), 77);
    assert_false(http2_stream_has_body(&recorded->stream));
}

/* Streams of one connection, started in turn again and again. */
static void test_many(void **state)
{
    AUTO(wire_done) struct wire wire;
    wire_init(&wire, 0, HTTP2_LARGE_WINDOW, 5000);
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < MAX_STREAMS; i++)
            begin(&wire, i, "GET", i % 2 ? "/bytes/3000" : "/", 0);
        assert_int_equal(http2_active(wire.http2), MAX_STREAMS);
        assert_int_equal(run(&wire), 0);
        for (size_t i = 0; i < MAX_STREAMS; i++)
            assert_int_equal(wire.streams[i].body_bytes, i % 2 ? 3000 : 5);
    }
    assert_int_equal(h2_server_request_count(wire.server), 50 * MAX_STREAMS);
}

static void test_settings(void **state)
{
    AUTO(wire_done) struct wire wire;
    wire_init(&wire, 3, HTTP2_LARGE_WINDOW, 1000);
    assert_true(http2_has_output(wire.http2));
    assert_int_equal(http2_max_active(wire.http2), 100);
    assert_int_equal(run(&wire), 0);
    assert_int_equal(http2_max_active(wire.http2), 3);
    assert_false(http2_has_output(wire.http2));
}

/* Before it is on the wire, after, and again when it is over. */
static void test_cancel(void **state)
{
    AUTO(wire_done) struct wire wire;
    wire_init(&wire, 0, HTTP2_LARGE_WINDOW, 1000);
    struct recorded *early = begin(&wire, 0, "POST", "/echo", 1000);
    http2_cancel(wire.http2, &early->stream);
    assert_int_equal(http2_active(wire.http2), 0);
    arena_reset(&wire.arena);
    assert_int_equal(run(&wire), 0);
    assert_false(early->ended);
    assert_int_equal(h2_server_request_count(wire.server), 0);

    struct recorded *late = begin(&wire, 0, "GET", "/silent", 0);
    assert_int_equal(run(&wire), 0);
    assert_true(late->sent);
    http2_cancel(wire.http2, &late->stream);
    http2_cancel(wire.http2, &late->stream);
    begin(&wire, 0, "GET", "/", 0);
    assert_int_equal(run(&wire), 0);
    assert_true(late->ended);
    assert_non_null(strstr(h2_server_log(wire.server), "/silent\nreset 8\n"));
}

static void test_goaway(void **state)
{
    AUTO(wire_done) struct wire wire;
    uint32_t code = 77;
    wire_init(&wire, 0, HTTP2_LARGE_WINDOW, 1000);
    struct recorded *first = begin(&wire, 0, "GET", "/hang", 0);
    assert_int_equal(run(&wire), 0);
    assert_true(http2_is_open(wire.http2));
    assert_false(http2_is_going(wire.http2, &code));
    struct recorded *second = begin(&wire, 1, "GET", "/last/11", 0);
    struct recorded *third = begin(&wire, 2, "GET", "/", 0);
    assert_int_equal(run(&wire), 0);
    assert_false(http2_is_open(wire.http2));
    assert_true(http2_is_going(wire.http2, &code));
    assert_int_equal(code, 11);
    assert_false(first->ended);
    assert_int_equal(second->stream.end, HTTP2_END_WHOLE);
    assert_int_equal(third->stream.end, HTTP2_END_REFUSED);
    assert_int_equal(http2_active(wire.http2), 1);
}

/* The server may send what the window allows and no more until the stream goes on. */
static void test_pause(void **state)
{
    AUTO(wire_done) struct wire wire;
    wire_init(&wire, 0, 1000, 1 << 20);
    struct recorded *paused = begin(&wire, 0, "GET", "/window", 0);
    http2_pause(&paused->stream);
    assert_int_equal(run(&wire), 0);
    assert_int_equal(paused->body_bytes, 1000);
    struct recorded *other = begin(&wire, 1, "GET", "/bytes/100000", 0);
    assert_int_equal(run(&wire), 0);
    assert_int_equal(other->body_bytes, 100000);
    assert_int_equal(paused->body_bytes, 1000);
    http2_resume(wire.http2, &paused->stream);
    assert_int_equal(run(&wire), 0);
    assert_int_equal(paused->body_bytes, 100000);
    assert_true(paused->ended);
}

static void test_failures(void **state)
{
    static const struct {
        const char *name, *bytes, *text;
        size_t len;
    } BROKEN[] = {
        {"http/1.1", "HTTP/1.1 400 Bad Request\r\n\r\n",
         "the server answers in HTTP/1.1; do not ask for HTTP/2 here", 28},
        {"ssh", "SSH-2.0-OpenSSH_9.2\r\n",
         "what the server says is not HTTP/2; do not ask for HTTP/2 here", 21},
        {"no settings first", "\0\0\0\1\4\0\0\0\1",
         "what the server says is not HTTP/2; do not ask for HTTP/2 here", 9},
        {"too long a frame", "\xff\xff\xff\4\0\0\0\0\0", "", 9},
        {"settings of 5 bytes", "\0\0\5\4\0\0\0\0\0\0\1\0\0\0", "", 14},
        {"pushed",
         "\0\0\0\4\0\0\0\0\0"
         "\0\0\0\4\1\0\0\0\0"
         "\0\0\4\5\4\0\0\0\1\0\0\0\2",
         "PROTOCOL_ERROR", 31},
    };

    for (size_t i = 0; i < COUNT_OF(BROKEN); i++) {
        AUTO(wire_done) struct wire wire;
        AUTO(strbuf_done) struct strbuf bytes = STRBUF_INIT(100), up = STRBUF_INIT(1000);
        print_message("%s\n", BROKEN[i].name);
        wire_init(&wire, 0, HTTP2_LARGE_WINDOW, 1000);
        begin(&wire, 0, "GET", "/", 0);
        assert_int_equal(http2_pull(wire.http2, &up, 1000), 0);
        strbuf_add(&bytes, BROKEN[i].bytes, BROKEN[i].len);
        bool is_broken = deliver(&wire, &bytes) < 0 || http2_pull(wire.http2, &up, 1000) < 0;
        assert_true(is_broken);
        assert_false(http2_is_open(wire.http2));
        assert_int_equal(http2_feed(wire.http2, SPAN("x")), -1);
        struct http2_failure failure = http2_failure(wire.http2);
        print_message("  %s (%s)\n", failure.text, http2_code_name(failure.error_code));
        assert_int_not_equal(failure.error_code, 0);
        if (BROKEN[i].text[0])
            assert_string_equal(failure.text, BROKEN[i].text);
    }
}

/* A listener may be missing. */
static void test_deaf(void **state)
{
    AUTO(wire_done) struct wire wire;
    wire_init(&wire, 0, HTTP2_LARGE_WINDOW, 1000);
    begin(&wire, 0, "GET", "/trailers", 0);
    wire.streams[0].stream.events = &(const struct http1_events){0};
    assert_int_equal(run(&wire), 0);
    assert_int_equal(wire.streams[0].stream.end, HTTP2_END_WHOLE);
    assert_int_equal(http2_stream_status(&wire.streams[0].stream), 200);
    assert_int_equal(http2_stream_body_bytes(&wire.streams[0].stream), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),  cmocka_unit_test(test_request_line),
        cmocka_unit_test(test_many),   cmocka_unit_test(test_settings),
        cmocka_unit_test(test_cancel), cmocka_unit_test(test_goaway),
        cmocka_unit_test(test_pause),  cmocka_unit_test(test_failures),
        cmocka_unit_test(test_deaf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
