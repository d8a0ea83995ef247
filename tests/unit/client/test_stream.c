/* SPDX-License-Identifier: Apache-2.0
 *
 * Responses as they come: the head first, then the body in pieces, with back-pressure, and requests
 * that end in the middle of all that.
 */
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "fixture.h"
#include "loop/loop.h"
#include "peer.h"
#include "support/test.h"

#define HEAD  "HTTP/1.1 200 OK\r\nX-A: b\r\n"
#define HELLO HEAD "Content-Length: 5\r\n\r\nhello"

enum act {
    ACT_GO_ON,
    ACT_CANCEL,
    ACT_CLOSE,
    ACT_PAUSE,
    ACT_FREE_SESSION,
};

struct watch {
    struct fixture f;
    struct arena arena; /* of the request */
    enum act at_head, at_body;
    nsec_t idle_timeout_ns;
    bool is_tls;
    unsigned heads, pieces;
    struct response head; /* as it was then */
    struct strbuf body;
    bool is_done;
};

/* After it has ended, nobody may look at a request. */
static void act(struct watch *w, struct request *request, enum act act)
{
    if (act == ACT_CANCEL)
        request_cancel(request);
    else if (act == ACT_CLOSE)
        request_close(request);
    else if (act == ACT_PAUSE)
        request_pause(request);
    else if (act == ACT_FREE_SESSION)
        session_free(&w->f.session);
    if (act == ACT_GO_ON || act == ACT_PAUSE)
        return;
    memset(request, 0xaa, sizeof(*request));
    arena_done(&w->arena);
}

static void on_head(struct request *request)
{
    struct watch *w = request->arg;
    w->heads++;
    w->head = request->response;
    act(w, request, w->at_head);
}

static void on_body(struct request *request, struct span piece)
{
    struct watch *w = request->arg;
    assert_int_equal(w->heads, 1);
    assert_false(w->is_done);
    w->pieces++;
    strbuf_add_span(&w->body, piece);
    act(w, request, w->at_body);
}

static void on_done(struct request *request)
{
    struct watch *w = request->arg;
    w->is_done = true;
}

static struct request *watch_start(struct watch *w, struct peer *peer)
{
    static const struct transport_config trusting = {.insecure_skip_tls_verify = true};
    struct error err = {0};
    const char *url = w->is_tls ? "https://127.0.0.1:#/" : "/";
    struct request *request = fixture_request(&w->f, url, peer_port(peer));
    request->transport = w->is_tls ? client_transport(w->f.client, &trusting, &err) : NULL;
    request->arena = &w->arena;
    request->on_head = on_head;
    request->on_body = on_body;
    request->on_done = on_done;
    request->arg = w;
    request->idle_timeout_ns = w->idle_timeout_ns;
    request_start(w->f.session, request);
    return request;
}

static void watch_init(struct watch *w)
{
    *w = (struct watch){.body = STRBUF_INIT(64 << 20)};
    fixture_init(&w->f, NULL, NULL);
    arena_init(&w->arena, 1024);
}

static void watch_done(struct watch *w, struct peer **peer)
{
    strbuf_done(&w->body);
    fixture_done(&w->f);
    arena_done(&w->arena);
    peer_free(peer);
}

static void turn_until(struct watch *w, const bool *flag)
{
    nsec_t until_ns = clock_now(clock_monotonic()) + 10 * NSEC_PER_SEC;
    while (!*flag) {
        loop_turn(w->f.loop, 100 * NSEC_PER_MSEC);
        assert_true(clock_now(clock_monotonic()) < until_ns);
    }
}

static void test_whole(void **state)
{
    static const struct {
        const char *name, *answer, *body;
        int status;
        enum outcome outcome;
        bool had_head;
    } cases[] = {
        {"length", HELLO, "hello", 200, OUTCOME_OK, true},
        {"empty", HEAD "Content-Length: 0\r\n\r\n", "", 200, OUTCOME_OK, true},
        {"chunked", HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
         "abcde", 200, OUTCOME_OK, true},
        {"until close", HEAD "\r\nall of it", "all of it", 200, OUTCOME_OK, true},
        {"refused", "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\nnope", "nope", 404,
         OUTCOME_HTTP_4XX, true},
        {"cut short", HEAD "Content-Length: 9\r\n\r\nhello", "hello", 200, OUTCOME_CLOSED, true},
        {"corrupt", HEAD "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", "", 200,
         OUTCOME_DECOMPRESSION, true},
        {"no head", "HTTP/1.1 2", "", 0, OUTCOME_CLOSED, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture_sums sums[METRIC_BUILTIN_COUNT];
        struct watch w;
        struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS_ONCE(cases[i].answer)), NULL);
        print_message("    %s\n", cases[i].name);
        watch_init(&w);
        struct request *request = watch_start(&w, peer);
        turn_until(&w, &w.is_done);
        assert_int_equal(w.heads, cases[i].had_head);
        assert_int_equal(w.head.status, cases[i].status);
        assert_int_equal(request->response.status, cases[i].status);
        assert_int_equal(request->response.outcome, cases[i].outcome);
        assert_int_equal(request->response.headers.count > 0, cases[i].had_head);
        assert_null(request->response.body.ptr);
        assert_string_equal(strbuf_cstr(&w.body), cases[i].body);
        if (cases[i].had_head)
            assert_true(w.head.timings.end_ns >= w.head.timings.start_ns + 1);
        assert_true(request->response.timings.end_ns >= w.head.timings.end_ns);
        fixture_cut(&w.f, sums);
        assert_int_equal(sums[METRIC_HTTP_REQS].sum, 1);
        assert_int_equal(sums[METRIC_HTTP_REQ_FAILED].sum, cases[i].outcome != OUTCOME_OK);
        watch_done(&w, &peer);
    }
}

/* The head alone is told while the body is still on its way. */
static void test_head_first(void **state)
{
    struct watch w;
    struct peer *peer = peer_new(
        PEER_SCRIPTS(PEER_SCRIPT({PEER_READ, NULL}, {PEER_SEND, HEAD "Content-Length: 5\r\n\r\n"},
                                 {PEER_HOLD, NULL})),
        NULL);
    watch_init(&w);
    struct request *request = watch_start(&w, peer);
    while (w.heads == 0)
        loop_turn(w.f.loop, 100 * NSEC_PER_MSEC);
    assert_int_equal(w.head.outcome, OUTCOME_OK);
    assert_true(span_equal(headers_get(&w.head.headers, SPAN("X-A")), SPAN("b")));
    assert_true(w.head.timings.waiting_ns > 0);
    assert_string_equal(w.head.remote_ip, "127.0.0.1");
    assert_false(w.is_done);
    request_close(request);
    request_close(request);
    assert_int_equal(client_counts(w.f.client)->reported, 1);
    watch_done(&w, &peer);
}

/* What a redirect says is not told; its cookies and tags are the client's affair. */
static void test_redirect(void **state)
{
    struct watch w;
    struct peer *peer = peer_new(
        PEER_SCRIPTS(PEER_SCRIPT(
            {PEER_READ, NULL},
            {PEER_SEND, "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 3\r\n\r\nold"},
            {PEER_READ, NULL}, {PEER_SEND, HELLO}, {PEER_HOLD, NULL})),
        NULL);
    watch_init(&w);
    watch_start(&w, peer);
    turn_until(&w, &w.is_done);
    assert_int_equal(w.heads, 1);
    assert_int_equal(w.head.status, 200);
    assert_string_equal(strbuf_cstr(&w.body), "hello");
    watch_done(&w, &peer);
}

/* The end of a request from inside its callbacks, also while the answer lies whole in the buffer.
 */
static void test_ends_in_callback(void **state)
{
    static const struct {
        enum act at_head, at_body;
        uint64_t reported, cut;
    } cases[] = {
        {ACT_CANCEL, ACT_GO_ON, 0, 1},       {ACT_GO_ON, ACT_CANCEL, 0, 1},
        {ACT_CLOSE, ACT_GO_ON, 1, 0},        {ACT_GO_ON, ACT_CLOSE, 1, 0},
        {ACT_FREE_SESSION, ACT_GO_ON, 0, 1}, {ACT_GO_ON, ACT_FREE_SESSION, 0, 1},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture_sums sums[METRIC_BUILTIN_COUNT];
        struct watch w;
        struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
        watch_init(&w);
        w.at_head = cases[i].at_head;
        w.at_body = cases[i].at_body;
        watch_start(&w, peer);
        while (client_counts(w.f.client)->cut + client_counts(w.f.client)->reported == 0)
            loop_turn(w.f.loop, 100 * NSEC_PER_MSEC);
        loop_turn(w.f.loop, 0);
        assert_false(w.is_done);
        assert_int_equal(w.heads, 1);
        assert_int_equal(w.pieces, cases[i].at_head == ACT_GO_ON);
        assert_int_equal(client_counts(w.f.client)->reported, cases[i].reported);
        assert_int_equal(client_counts(w.f.client)->cut, cases[i].cut);
        fixture_cut(&w.f, sums);
        assert_int_equal(sums[METRIC_HTTP_REQS].sum, cases[i].reported);
        assert_int_equal(sums[METRIC_HTTP_REQ_FAILED].sum, 0);
        watch_done(&w, &peer);
    }
}

/* A paused request takes nothing more from its socket, whatever comes, and its silence is no
 * timeout. What TLS had read already, up to a few records, still comes. */
static void check_back_pressure(SSL_CTX *tls)
{
    struct watch w;
    struct peer *peer =
        peer_new(PEER_SCRIPTS(PEER_SCRIPT({PEER_READ, NULL}, {PEER_SEND, HEAD "\r\n"},
                                          {PEER_REPEAT, "0123456789"})),
                 tls);
    watch_init(&w);
    w.at_body = ACT_PAUSE;
    w.is_tls = tls != NULL;
    w.idle_timeout_ns = 250 * NSEC_PER_MSEC;
    struct request *request = watch_start(&w, peer);
    for (unsigned i = 0; i < 5; i++) {
        unsigned before = w.pieces;
        while (w.pieces == before)
            loop_turn(w.f.loop, 100 * NSEC_PER_MSEC);
        unsigned read = w.pieces;
        fixture_idle(&w.f, (i == 0 ? 400 : 20) * NSEC_PER_MSEC);
        assert_int_equal(w.pieces, read);
        assert_false(w.is_done);
        request_resume(request);
    }
    request_cancel(request);
    watch_done(&w, &peer);
}

static void test_back_pressure(void **state)
{
    check_back_pressure(NULL);
}

static void test_back_pressure_over_tls(void **state)
{
    SSL_CTX *tls = peer_tls_new("127.0.0.1", "/dev/null");
    check_back_pressure(tls);
    SSL_CTX_free(tls);
}

/* A connection that was paused when its response ended serves the next request all the same. */
static void test_pause_ends_with_the_response(void **state)
{
    struct watch w;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    watch_init(&w);
    w.at_body = ACT_PAUSE;
    watch_start(&w, peer);
    turn_until(&w, &w.is_done);
    assert_int_equal(fixture_get(&w.f, "/", peer_port(peer))->status, 200);
    assert_int_equal(client_counts(w.f.client)->connections, 1);
    watch_done(&w, &peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_head_first),
        cmocka_unit_test(test_redirect),
        cmocka_unit_test(test_ends_in_callback),
        cmocka_unit_test(test_back_pressure),
        cmocka_unit_test(test_back_pressure_over_tls),
        cmocka_unit_test(test_pause_ends_with_the_response),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
