/* SPDX-License-Identifier: Apache-2.0
 *
 * Exchanges that share a connection, against a server that does what the path says
 * (support/h2_server.h): answers, bad ends, GOAWAY, streams in line, cancelling, back-pressure, and
 * which protocol is spoken with whom.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "fixture.h"
#include "http/headers.h"
#include "loop/loop.h"
#include "peer.h"
#include "support/test.h"

#define MAX_BATCH 32

static const struct peer_step *const SPEAKS_HTTP2[] = {
    (const struct peer_step[]){{PEER_HTTP2, NULL}, {PEER_END, NULL}},
    NULL,
};

struct shared {
    struct fixture f;
    struct peer *peer;
    SSL_CTX *tls;
    char ca_path[64];
};

static void shared_init(struct shared *s, const struct peer_step *const *scripts,
                        const char *selector)
{
    struct client_config config = client_config_defaults();
    *s = (struct shared){0};
    config.http_version = HTTP_2;
    s->peer = peer_new(scripts, NULL);
    fixture_init(&s->f, &config, selector);
}

static void shared_init_tls(struct shared *s, const struct peer_step *const *scripts,
                            enum http_version version, const char *server_speaks)
{
    struct client_config config = client_config_defaults();
    *s = (struct shared){0};
    snprintf(s->ca_path, sizeof(s->ca_path), "/tmp/keneyperf-http2-%d.pem", getpid());
    s->tls = peer_tls_new("127.0.0.1", s->ca_path);
    if (server_speaks)
        peer_tls_speak(s->tls, server_speaks);
    s->peer = peer_new(scripts, s->tls);
    config.ca_file = s->ca_path;
    config.http_version = version;
    fixture_init(&s->f, &config, NULL);
}

static void shared_done(struct shared *s)
{
    fixture_done(&s->f);
    peer_free(&s->peer);
    SSL_CTX_free(s->tls);
    if (s->ca_path[0])
        unlink(s->ca_path);
}

static struct response *get(struct shared *s, const char *path)
{
    return fixture_get(&s->f, path, peer_port(s->peer));
}

static void test_hello(void **state)
{
    struct shared s;
    struct fixture_sums sums[METRIC_BUILTIN_COUNT];
    shared_init(&s, SPEAKS_HTTP2, "http_reqs{proto:HTTP/2.0,status:200}");
    for (int i = 0; i < 3; i++) {
        struct response *response = get(&s, "/");
        assert_int_equal(response->outcome, OUTCOME_OK);
        assert_int_equal(response->status, 200);
        assert_true(response->is_http2);
        assert_true(span_equal(response->status_text, SPAN("OK")));
        assert_true(span_equal(response->body, SPAN("hello")));
        assert_true(
            span_equal(headers_get(&response->headers, SPAN("content-type")), SPAN("text/plain")));
        assert_true(response->timings.waiting_ns > 0 && response->timings.sending_ns > 0);
        assert_int_equal(response->timings.connecting_ns > 0, i == 0);
    }
    fixture_cut(&s.f, sums);
    assert_int_equal(sums[METRIC_HTTP_REQS].sum, 3);
    assert_int_equal(peer_connection_count(s.peer), 1);
    assert_int_equal(client_counts(s.f.client)->connections, 1);
    shared_done(&s);
}

static const struct end_case {
    const char *name, *path;
    enum outcome outcome;
    int code, status;
    unsigned attempts;
} ENDS[] = {
    {"not found", "/status/404", OUTCOME_HTTP_4XX, 1404, 404, 1},
    {"no content", "/status/204", OUTCOME_OK, 0, 204, 1},
    {"large body", "/bytes/1000000", OUTCOME_OK, 0, 200, 1},
    {"trailers", "/trailers", OUTCOME_OK, 0, 200, 1},
    {"interim", "/interim/5", OUTCOME_OK, 0, 200, 1},
    {"endless interim", "/interim/100", OUTCOME_MALFORMED, 1600, 0, 1},
    {"ping", "/ping", OUTCOME_OK, 0, 200, 1},
    {"reset", "/reset/2", OUTCOME_HTTP2_STREAM, 1633, 0, 1},
    {"reset with an unknown code", "/reset/99", OUTCOME_HTTP2_STREAM, 1630, 0, 1},
    {"reset in the body", "/half/11", OUTCOME_HTTP2_STREAM, 1642, 0, 1},
    {"refused each time", "/reset/7", OUTCOME_HTTP2_STREAM, 1638, 0, 7},
    {"goaway each time", "/goaway/11", OUTCOME_HTTP2_GOAWAY, 1622, 0, 7},
    {"too short", "/liar", OUTCOME_HTTP2_STREAM, 1632, 0, 1},
    {"bad field", "/bad-field", OUTCOME_HTTP2_STREAM, 1632, 0, 1},
    {"garbage", "/garbage", OUTCOME_HTTP2_CONNECTION, 1657, 0, 1},
    {"silence", "/silent", OUTCOME_TIMEOUT, 1050, 0, 1},
    {"silence in the body", "/hang", OUTCOME_TIMEOUT, 1050, 0, 1},
};

static void test_ends(void **state)
{
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        struct shared s;
        print_message("%s\n", ENDS[i].name);
        shared_init(&s, SPEAKS_HTTP2, NULL);
        struct request *request = fixture_request(&s.f, ENDS[i].path, peer_port(s.peer));
        if (ENDS[i].outcome == OUTCOME_TIMEOUT)
            request->timeout_ns = 50 * NSEC_PER_MSEC;
        struct response *response = fixture_fetch(&s.f, request);
        assert_int_equal(response->outcome, ENDS[i].outcome);
        assert_int_equal(response->error_code, ENDS[i].code);
        assert_int_equal(response->status, ENDS[i].status);
        assert_int_equal(client_counts(s.f.client)->attempts, ENDS[i].attempts);
        /* Whatever became of it, the next one is served. */
        assert_int_equal(get(&s, "/")->outcome, OUTCOME_OK);
        shared_done(&s);
    }
}

static void test_upload(void **state)
{
    struct shared s;
    size_t len = 3000000;
    shared_init(&s, SPEAKS_HTTP2, NULL);
    struct request *request = fixture_request(&s.f, "/echo", peer_port(s.peer));
    request->method = SPAN("POST");
    request->body = span_of(arena_alloc(&s.f.arena, len), len);
    struct response *response = fixture_fetch(&s.f, request);
    assert_int_equal(response->outcome, OUTCOME_OK);
    assert_true(span_equal(headers_get(&response->headers, SPAN("x-got")), SPAN("3000000")));
    request = fixture_request(&s.f, "/early", peer_port(s.peer));
    request->method = SPAN("POST");
    request->body = span_of(arena_alloc(&s.f.arena, len), len);
    response = fixture_fetch(&s.f, request);
    assert_int_equal(response->outcome, OUTCOME_OK);
    assert_true(span_equal(response->body, SPAN("hello")));
    assert_int_equal(peer_connection_count(s.peer), 1);
    shared_done(&s);
}

static void test_bad_peers(void **state)
{
    struct shared s;
    shared_init(&s,
                PEER_SCRIPTS(PEER_SCRIPT({PEER_SEND, "HTTP/1.1 400 Bad Request\r\n\r\n"},
                                         {PEER_HOLD, NULL})),
                NULL);
    struct response *response = get(&s, "/");
    assert_int_equal(response->outcome, OUTCOME_HTTP2_CONNECTION);
    assert_int_equal(response->error_code, 1664);
    assert_string_equal(response->error,
                        "the server answers in HTTP/1.1; do not ask for HTTP/2 here");
    shared_done(&s);

    shared_init(&s, PEER_SCRIPTS(PEER_SCRIPT({PEER_SEND, "\0"})), NULL);
    response = get(&s, "/");
    assert_int_equal(outcome_category(response->outcome), OUTCOME_CATEGORY_BROKEN);
    shared_done(&s);
}

struct batch {
    struct request *requests[MAX_BATCH];
    size_t count;
    unsigned left;
};

static void on_batch_done(struct request *request)
{
    struct batch *batch = request->arg;
    batch->left--;
}

static void batch_start(struct shared *s, struct batch *batch, const char *path, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct request *request = fixture_request(&s->f, path, peer_port(s->peer));
        request->on_done = on_batch_done;
        request->arg = batch;
        request_start(s->f.session, request);
        batch->requests[batch->count++] = request;
        batch->left++;
    }
}

static void batch_wait(struct shared *s, const struct batch *batch, unsigned left)
{
    for (int turns = 0; batch->left > left && turns < 10000; turns++)
        loop_turn(s->f.loop, 100 * NSEC_PER_MSEC);
    assert_int_equal(batch->left, left);
}

static void check_batch(const struct batch *batch, size_t from, enum outcome outcome)
{
    for (size_t i = from; i < batch->count; i++)
        assert_int_equal(batch->requests[i]->response.outcome, outcome);
}

/* They wait for the connection. It allows less streams than all begin before it says so, as in Go;
 * what it refuses is sent again. */
static void test_line(void **state)
{
    struct shared s;
    struct batch batch = {.count = 0};
    shared_init(&s, PEER_SCRIPTS(PEER_SCRIPT({PEER_HTTP2, "3"})), NULL);
    batch_start(&s, &batch, "/bytes/100", 20);
    batch_wait(&s, &batch, 0);
    check_batch(&batch, 0, OUTCOME_OK);
    shared_done(&s);
}

/* When all streams of the one connection are taken, as Go does. */
static void test_second_connection(void **state)
{
    struct shared s;
    struct batch batch = {.count = 0};
    shared_init(&s, PEER_SCRIPTS(PEER_SCRIPT({PEER_HTTP2, "3"})), NULL);
    get(&s, "/");
    batch_start(&s, &batch, "/silent", 3);
    batch_start(&s, &batch, "/", 1);
    batch_wait(&s, &batch, 3);
    assert_int_equal(peer_connection_count(s.peer), 2);
    for (size_t i = 0; i < 3; i++)
        request_cancel(batch.requests[i]);
    assert_int_equal(client_counts(s.f.client)->cut, 3);
    shared_done(&s);
}

static void test_cancel(void **state)
{
    struct shared s;
    struct batch batch = {.count = 0};
    shared_init(&s, SPEAKS_HTTP2, NULL);
    batch_start(&s, &batch, "/silent", 2);
    batch_start(&s, &batch, "/bytes/9", 2);
    request_cancel(batch.requests[3]);
    batch_wait(&s, &batch, 3);
    assert_int_equal(batch.requests[2]->response.outcome, OUTCOME_OK);
    request_cancel(batch.requests[0]);
    request_cancel(batch.requests[1]);
    assert_int_equal(get(&s, "/")->outcome, OUTCOME_OK);
    assert_int_equal(peer_connection_count(s.peer), 1);
    session_close_idle(s.f.session);
    fixture_idle(&s.f, 5 * NSEC_PER_MSEC);
    peer_wait_closed(s.peer, 1);
    assert_non_null(strstr(peer_request(s.peer, 0), "reset 8\nreset 8\n"));
    shared_done(&s);
}

/* The one that opens the connection goes; those that wait for it keep it. */
static void test_cancel_opener(void **state)
{
    struct shared s;
    struct batch batch = {.count = 0};
    shared_init(&s, SPEAKS_HTTP2, NULL);
    batch_start(&s, &batch, "/", 4);
    request_cancel(batch.requests[0]);
    request_cancel(batch.requests[1]);
    batch_wait(&s, &batch, 2);
    check_batch(&batch, 2, OUTCOME_OK);
    assert_int_equal(peer_connection_count(s.peer), 1);
    assert_int_equal(client_counts(s.f.client)->never_delivered, 2);
    shared_done(&s);
}

/* Nobody answers the dial: each of those that wait has its own deadline. */
static void test_waiting_timeouts(void **state)
{
    struct shared s;
    struct batch batch = {.count = 0};
    shared_init_tls(&s, PEER_SCRIPTS(PEER_SCRIPT({PEER_HOLD, NULL}, {PEER_SECURE, NULL})), HTTP_2,
                    "h2");
    for (int i = 0; i < 3; i++) {
        struct request *request = fixture_request(&s.f, "https://127.0.0.1:#/", peer_port(s.peer));
        request->on_done = on_batch_done;
        request->arg = &batch;
        request->timeout_ns = (20 + 10 * i) * NSEC_PER_MSEC;
        request_start(s.f.session, request);
        batch.requests[batch.count++] = request;
        batch.left++;
    }
    batch_wait(&s, &batch, 0);
    check_batch(&batch, 0, OUTCOME_TIMEOUT);
    for (int looks = 0; peer_connection_count(s.peer) == 0 && looks < 1000; looks++)
        fixture_idle(&s.f, 10 * NSEC_PER_MSEC); /* the peer may not have taken it yet */
    assert_int_equal(peer_connection_count(s.peer), 1);
    shared_done(&s);
}

static void test_refused_dial(void **state)
{
    struct shared s;
    struct batch batch = {.count = 0};
    shared_init(&s, SPEAKS_HTTP2, NULL);
    uint16_t port = peer_port(s.peer);
    peer_free(&s.peer);
    for (int i = 0; i < 3; i++) {
        struct request *request = fixture_request(&s.f, "/", port);
        request->on_done = on_batch_done;
        request->arg = &batch;
        request_start(s.f.session, request);
        batch.requests[batch.count++] = request;
        batch.left++;
    }
    batch_wait(&s, &batch, 0);
    check_batch(&batch, 0, OUTCOME_DIAL_REFUSED);
    shared_done(&s);
}

/* A stream that the server left out is sent again elsewhere; one under way is finished. */
static void test_goaway(void **state)
{
    struct shared s;
    struct batch batch = {.count = 0};
    struct fixture_sums sums[METRIC_BUILTIN_COUNT];
    shared_init(&s, SPEAKS_HTTP2, NULL);
    get(&s, "/");
    batch_start(&s, &batch, "/bytes/500000", 1);
    batch_start(&s, &batch, "/last/0", 1);
    batch_start(&s, &batch, "/", 5);
    batch_wait(&s, &batch, 0);
    check_batch(&batch, 0, OUTCOME_OK);
    assert_int_equal(peer_connection_count(s.peer), 2);
    fixture_cut(&s.f, sums);
    assert_int_equal(sums[METRIC_HTTP_RETRIES].sum, 5);
    assert_int_equal(client_counts(s.f.client)->retried, 5);
    fixture_idle(&s.f, 5 * NSEC_PER_MSEC);
    peer_wait_closed(s.peer, 1);
    shared_done(&s);
}

/* The connection dies under several streams: those that may be sent again are, once. */
static void test_death(void **state)
{
    struct shared s;
    struct batch batch = {.count = 0};
    shared_init(&s, SPEAKS_HTTP2, NULL);
    get(&s, "/");
    batch_start(&s, &batch, "/silent", 2);
    fixture_idle(&s.f, 5 * NSEC_PER_MSEC);
    batch_start(&s, &batch, "/garbage", 1);
    batch_wait(&s, &batch, 0);
    check_batch(&batch, 0, OUTCOME_HTTP2_CONNECTION);
    shared_done(&s);
}

static struct response *get_tls(struct shared *s)
{
    return fixture_get(&s->f, "https://127.0.0.1:#/", peer_port(s->peer));
}

static void test_alpn(void **state)
{
    static const struct {
        const char *name;
        enum http_version version;
        const char *server_speaks;
        enum outcome outcome;
        bool is_http2;
    } CASES[] = {
        {"auto, h2", HTTP_AUTO, "h2", OUTCOME_OK, true},
        {"auto, http/1.1", HTTP_AUTO, "http/1.1", OUTCOME_OK, false},
        {"auto, none", HTTP_AUTO, NULL, OUTCOME_OK, false},
        {"h2 alone", HTTP_2, "h2", OUTCOME_OK, true},
        {"h2 alone, http/1.1", HTTP_2, "http/1.1", OUTCOME_NO_HTTP2, false},
        {"http/1.1 alone", HTTP_1_1, "http/1.1", OUTCOME_OK, false},
        {"http/1.1 alone, h2", HTTP_1_1, "h2", OUTCOME_OK, false},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct shared s;
        print_message("%s\n", CASES[i].name);
        shared_init_tls(
            &s,
            CASES[i].is_http2
                ? SPEAKS_HTTP2
                : PEER_SCRIPTS(PEER_ANSWERS("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")),
            CASES[i].version, CASES[i].server_speaks);
        for (int round = 0; round < 2; round++) {
            struct response *response = get_tls(&s);
            assert_int_equal(response->outcome, CASES[i].outcome);
            assert_int_equal(response->is_http2, CASES[i].is_http2);
            if (CASES[i].outcome == OUTCOME_OK)
                assert_string_equal(response->tls_version, "tls1.3");
        }
        if (CASES[i].outcome == OUTCOME_OK)
            assert_int_equal(peer_connection_count(s.peer), 1);
        shared_done(&s);
    }
}

/* Requests that waited for a connection in the hope of sharing it. */
static void test_alpn_disappoints(void **state)
{
    struct shared s;
    struct batch batch = {.count = 0};
    shared_init_tls(&s,
                    PEER_SCRIPTS(PEER_ANSWERS("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")),
                    HTTP_AUTO, "http/1.1");
    for (int i = 0; i < 4; i++) {
        struct request *request = fixture_request(&s.f, "https://127.0.0.1:#/", peer_port(s.peer));
        request->on_done = on_batch_done;
        request->arg = &batch;
        request_start(s.f.session, request);
        batch.requests[batch.count++] = request;
        batch.left++;
    }
    batch_wait(&s, &batch, 0);
    check_batch(&batch, 0, OUTCOME_OK);
    assert_int_equal(peer_connection_count(s.peer), 4);
    shared_done(&s);
}

struct stream_watch {
    struct shared s;
    size_t bytes;
    bool had_head, is_done;

    enum {
        GO_ON,
        PAUSE,
        CLOSE,
        FREE_SESSION
    } at_head;
};

static void on_head(struct request *request)
{
    struct stream_watch *w = request->arg;
    assert_int_equal(request->response.status, 200);
    w->had_head = true;
    if (w->at_head == PAUSE)
        request_pause(request);
    else if (w->at_head == CLOSE)
        request_close(request);
    else if (w->at_head == FREE_SESSION)
        session_free(&w->s.f.session);
}

static void on_piece(struct request *request, struct span piece)
{
    struct stream_watch *w = request->arg;
    w->bytes += piece.len;
}

static void on_streamed(struct request *request)
{
    struct stream_watch *w = request->arg;
    w->is_done = true;
}

static struct request *watch(struct stream_watch *w, const char *path)
{
    shared_init(&w->s, SPEAKS_HTTP2, NULL);
    struct request *request = fixture_request(&w->s.f, path, peer_port(w->s.peer));
    request->on_head = on_head;
    request->on_body = on_piece;
    request->on_done = on_streamed;
    request->arg = w;
    request_start(w->s.f.session, request);
    for (int turns = 0; !w->had_head && turns < 100; turns++)
        loop_turn(w->s.f.loop, 100 * NSEC_PER_MSEC);
    return request;
}

static void test_pause(void **state)
{
    struct stream_watch w = {.at_head = PAUSE};
    struct request *request = watch(&w, "/bytes/5000000");
    for (int turns = 0; w.bytes == 0 && turns < 100; turns++)
        loop_turn(w.s.f.loop, 100 * NSEC_PER_MSEC);
    fixture_idle(&w.s.f, 50 * NSEC_PER_MSEC);
    assert_in_range(w.bytes, 1, 1 << 20);
    assert_false(w.is_done);
    request_resume(request);
    for (int turns = 0; !w.is_done && turns < 10000; turns++)
        loop_turn(w.s.f.loop, 100 * NSEC_PER_MSEC);
    assert_int_equal(w.bytes, 5000000);
    assert_int_equal(request->response.outcome, OUTCOME_OK);
    shared_done(&w.s);
}

static void test_close(void **state)
{
    struct stream_watch w = {.at_head = CLOSE};
    watch(&w, "/bytes/5000000");
    fixture_idle(&w.s.f, 20 * NSEC_PER_MSEC);
    assert_false(w.is_done);
    assert_int_equal(client_counts(w.s.f.client)->reported, 1);
    assert_int_equal(get(&w.s, "/")->outcome, OUTCOME_OK);
    shared_done(&w.s);
}

static void test_free_session(void **state)
{
    struct stream_watch w = {.at_head = FREE_SESSION};
    watch(&w, "/hang");
    fixture_idle(&w.s.f, 20 * NSEC_PER_MSEC);
    assert_null(w.s.f.session);
    assert_int_equal(client_counts(w.s.f.client)->cut, 1);
    shared_done(&w.s);
}

struct lanes {
    struct repeat repeats[8];
    size_t count; /* of repeats */
    unsigned seen, good, limit;
};

static enum repeat_next on_answer(struct repeat *repeat, const struct repeat_answer *answer)
{
    struct lanes *lanes = repeat->arg;
    lanes->seen++;
    lanes->good += answer->outcome == OUTCOME_OK;
    if (answer->outcome == OUTCOME_OK) {
        assert_int_equal(answer->body_bytes, 5);
        assert_true(answer->bytes > 5 + 2 * 9);
    }
    return lanes->seen < lanes->limit ? REPEAT_AGAIN : REPEAT_END;
}

static void run_lanes(struct shared *s, struct lanes *lanes, struct repeat_target *target,
                      const char *path)
{
    const char *problem = "";
    *target = (struct repeat_target){
        .url =
            span_cstr(arena_printf(&s->f.arena, "http://127.0.0.1:%u%s", peer_port(s->peer), path)),
        .method = SPAN("POST"),
        .body = SPAN("0123456789"),
    };
    assert_int_equal(repeat_target_init(target, s->f.client, &problem), 0);
    for (size_t i = 0; i < lanes->count; i++) {
        lanes->repeats[i] = (struct repeat){
            .target = target,
            .on_answer = on_answer,
            .arg = lanes,
        };
        repeat_init(&lanes->repeats[i], s->f.session);
        repeat_go(&lanes->repeats[i]);
    }
    for (int turns = 0; lanes->seen < lanes->limit && turns < 10000; turns++)
        loop_turn(s->f.loop, 100 * NSEC_PER_MSEC);
    for (size_t i = 0; i < lanes->count; i++)
        repeat_done(&lanes->repeats[i]);
}

static void test_lanes(void **state)
{
    static const char *const limits[] = {NULL, "3"};
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        struct shared s;
        struct lanes lanes = {.limit = 500, .count = 8};
        struct repeat_target target;
        shared_init(&s, PEER_SCRIPTS(PEER_SCRIPT({PEER_HTTP2, limits[i]})), NULL);
        run_lanes(&s, &lanes, &target, "/");
        assert_int_equal(lanes.good, lanes.seen);
        assert_int_equal(peer_connection_count(s.peer), 1);
        shared_done(&s);
    }
}

/* A connection serves one request, or few: the rest is refused, several times perhaps. */
static void test_lanes_goaway(void **state)
{
    struct shared s;
    struct lanes lanes = {.limit = 50, .count = 5};
    struct repeat_target target;
    shared_init(&s, SPEAKS_HTTP2, NULL);
    run_lanes(&s, &lanes, &target, "/last/0");
    assert_true(lanes.good >= lanes.seen / 2); /* none is refused for ever */
    assert_true(peer_connection_count(s.peer) >= 10);
    shared_done(&s);
}

static void test_lanes_stop(void **state)
{
    struct shared s;
    struct lanes lanes = {.limit = 0, .count = 8};
    struct repeat_target target;
    shared_init(&s, SPEAKS_HTTP2, NULL);
    run_lanes(&s, &lanes, &target, "/");
    assert_int_equal(client_counts(s.f.client)->cut, lanes.count);
    shared_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hello),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_upload),
        cmocka_unit_test(test_bad_peers),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_second_connection),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cancel_opener),
        cmocka_unit_test(test_waiting_timeouts),
        cmocka_unit_test(test_refused_dial),
        cmocka_unit_test(test_goaway),
        cmocka_unit_test(test_death),
        cmocka_unit_test(test_alpn),
        cmocka_unit_test(test_alpn_disappoints),
        cmocka_unit_test(test_pause),
        cmocka_unit_test(test_close),
        cmocka_unit_test(test_free_session),
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_lanes_goaway),
        cmocka_unit_test(test_lanes_stop),
    };
    signal(SIGPIPE, SIG_IGN); /* the peer's OpenSSL may write to a client that has gone */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
