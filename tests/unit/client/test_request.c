/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole requests against a scripted peer: keep-alive, what is sent, what comes back, retries,
 * cancelling, counting.
 */
#include <string.h>

#include "base/error.h"
#include "fixture.h"
#include "http/cookie_jar.h"
#include "http/url.h"
#include "loop/loop.h"
#include "peer.h"
#include "support/test.h"

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello"

static void test_keep_alive(void **state)
{
    struct fixture f;
    struct fixture_sums sums[METRIC_BUILTIN_COUNT];
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        struct response *response = fixture_get(&f, "/a?b=c", peer_port(peer));

        assert_int_equal(response->outcome, OUTCOME_OK);
        assert_int_equal(response->status, 200);
        assert_string_equal(response->error, "");
        assert_true(span_equal(response->status_text, SPAN("OK")));
        assert_true(span_equal(response->body, SPAN("hello")));
        assert_true(span_equal(headers_get(&response->headers, SPAN("x-a")), SPAN("b")));
        assert_string_equal(response->remote_ip, "127.0.0.1");
        assert_int_equal(response->remote_port, peer_port(peer));
        assert_true(response->timings.waiting_ns > 0);
        assert_int_equal(response->timings.connecting_ns > 0, i == 0);
        assert_int_equal(response->timings.blocked_ns > 0, i == 0);
    }
    assert_int_equal(client_counts(f.client)->attempts, 3);
    assert_int_equal(client_counts(f.client)->connections, 1);
    fixture_cut(&f, sums);
    assert_int_equal(sums[METRIC_HTTP_REQS].sum, 3);
    assert_int_equal(sums[METRIC_HTTP_REQ_FAILED].count, 3);
    assert_int_equal(sums[METRIC_HTTP_REQ_FAILED].sum, 0);
    assert_int_equal(sums[METRIC_HTTP_REQ_DURATION].count, 3);
    assert_int_equal(sums[METRIC_HTTP_RETRIES].count, 0);
    fixture_done(&f);
    assert_non_null(strstr(peer_request(peer, 2), "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:"));
    peer_free(&peer);
}

static void test_bytes(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    uint64_t sent, received;

    fixture_init(&f, NULL, NULL);
    fixture_get(&f, "/", peer_port(peer));
    session_take_bytes(f.session, &sent, &received);
    assert_int_equal(sent, strlen(peer_request(peer, 0)));
    assert_int_equal(received, strlen(HELLO));
    session_take_bytes(f.session, &sent, &received);
    assert_int_equal(sent + received, 0);
    assert_int_equal(client_counts(f.client)->bytes_received, strlen(HELLO));
    fixture_done(&f);
    peer_free(&peer);
}

static void test_sent(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);

    struct request *request =
        fixture_request(&f, "http://us%65r:p%40ss@127.0.0.1:#/x", peer_port(peer));
    const struct request_cookie cookie = {SPAN("c"), SPAN("1"), false};

    request->method = SPAN("POST");
    request->body = SPAN("{\"a\":1}");
    request->cookies = &cookie;
    request->cookie_count = 1;
    headers_add(&request->headers, &f.arena, SPAN("Content-Type"), SPAN("application/json"));
    headers_add(&request->headers, &f.arena, SPAN("Content-Length"), SPAN("99"));
    headers_add(&request->headers, &f.arena, SPAN("Host"), SPAN("example.com"));
    headers_add(&request->headers, &f.arena, SPAN("User-Agent"), SPAN("mine"));
    assert_int_equal(fixture_fetch(&f, request)->status, 200);
    assert_string_equal(peer_request(peer, 0), "POST /x HTTP/1.1\r\nHost: example.com\r\n"
                                               "Content-Type: application/json\r\n"
                                               "User-Agent: mine\r\n"
                                               "Authorization: Basic dXNlcjpwQHNz\r\n"
                                               "Cookie: c=1\r\n"
                                               "Content-Length: 7\r\n\r\n{\"a\":1}");
    fixture_done(&f);
    peer_free(&peer);
}

/* Nothing of the caller's is doubled, changed or left out; what it lacks is added. */
static void test_sent_as_given(void **state)
{
    static const struct {
        const char *method, *name, *value, *body, *wire;
    } cases[] = {
        {"GET", "X", "y", "", "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\nCookie: jar=1\r\n\r\n"},
        {"GET", "cookie", "own=2", "", "GET / HTTP/1.1\r\nHost: h\r\ncookie: own=2\r\n\r\n"},
        {"GET", "User-Agent", "", "",
         "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: \r\nCookie: jar=1\r\n\r\n"},
        {"GET", "Accept-Encoding", "identity", "",
         "GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: identity\r\nCookie: jar=1\r\n\r\n"},
        {"GET", "Connection", "close", "",
         "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nCookie: jar=1\r\n\r\n"},
        {"GET", "Content-Length", "0", "",
         "GET / HTTP/1.1\r\nHost: h\r\nCookie: jar=1\r\nContent-Length: 0\r\n\r\n"},
        {"POST", "Content-Length", "2", "hi",
         "POST / HTTP/1.1\r\nHost: h\r\nCookie: jar=1\r\nContent-Length: 2\r\n\r\nhi"},
        {"POST", "X", "y", "hi",
         "POST / HTTP/1.1\r\nHost: h\r\nX: y\r\nCookie: jar=1\r\nContent-Length: 2\r\n\r\nhi"},
    };
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    struct client_config config = client_config_defaults();
    struct fixture f;
    const char *problem;
    struct url url;

    config.user_agent = "";
    fixture_init(&f, &config, NULL);
    assert_int_equal(url_parse(SPAN("http://127.0.0.1/"), &url, &problem), 0);
    cookie_jar_take(session_jar(f.session), &url, SPAN("jar=1"), clock_wall());
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct request *request = fixture_request(&f, "/", peer_port(peer));

        request->method = span_cstr(cases[i].method);
        request->body = span_cstr(cases[i].body);
        request->headers_as_given = true;
        headers_add(&request->headers, &f.arena, SPAN("host"), SPAN("h"));
        headers_add(&request->headers, &f.arena, span_cstr(cases[i].name),
                    span_cstr(cases[i].value));
        assert_int_equal(fixture_fetch(&f, request)->status, 200);
        assert_string_equal(peer_request(peer, i), cases[i].wire);
    }
    fixture_done(&f);
    peer_free(&peer);
}

/* No wire is touched when nothing can be sent; it is a failed request all the same. */
static void test_unsendable(void **state)
{
    static const struct {
        const char *url;
        const char *header;
        enum outcome outcome;
    } cases[] = {
        {"nonsense", "fine", OUTCOME_INVALID_URL},
        {"ftp://127.0.0.1/", "fine", OUTCOME_INVALID_URL},
        {"http://127.0.0.1:#/", "line\r\nbreak", OUTCOME_GENERIC},
    };
    struct fixture f;

    fixture_init(&f, NULL, NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct request *request = fixture_request(&f, cases[i].url, 1);

        if (i < 2)
            request->url = span_cstr(cases[i].url);
        headers_add(&request->headers, &f.arena, SPAN("X"), span_cstr(cases[i].header));

        struct response *response = fixture_fetch(&f, request);

        assert_int_equal(response->outcome, cases[i].outcome);
        assert_int_equal(response->status, 0);
        assert_true(response->error[0] != '\0');
    }
    assert_int_equal(client_counts(f.client)->attempts, COUNT_OF(cases));
    assert_int_equal(client_counts(f.client)->never_delivered, COUNT_OF(cases));
    assert_int_equal(client_counts(f.client)->connections, 0);
    fixture_done(&f);
}

static void test_bodies(void **state)
{
    static const struct {
        const char *name, *method, *answer, *body; /* NULL: none */
        int status;
    } cases[] = {
        {"chunked", "GET",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
         "abcde", 200},
        {"until close", "GET", "HTTP/1.1 200 OK\r\n\r\nall of it", "all of it", 200},
        {"empty", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", 200},
        {"no content", "GET", "HTTP/1.1 204 No Content\r\n\r\n", NULL, 204},
        {"not modified", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", NULL,
         304},
        {"head", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", NULL, 200},
        {"early hints", "GET",
         "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!",
         "!", 200},
        {"server error", "GET", "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", "busy", 503},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS_ONCE(cases[i].answer)), NULL);

        fixture_init(&f, NULL, NULL);

        struct request *request = fixture_request(&f, "/", peer_port(peer));

        request->method = span_cstr(cases[i].method);

        struct response *response = fixture_fetch(&f, request);

        assert_int_equal(response->status, cases[i].status);
        assert_int_equal(response->error_code, cases[i].status >= 400 ? 1000 + cases[i].status : 0);
        assert_int_equal(response->body.ptr != NULL, cases[i].body != NULL);
        assert_true(span_equal(response->body, span_cstr(cases[i].body)));
        fixture_done(&f);
        peer_free(&peer);
    }
}

static void test_discarded_body(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);

    struct request *request = fixture_request(&f, "/", peer_port(peer));

    request->discard_body = true;
    assert_null(fixture_fetch(&f, request)->body.ptr);
    assert_int_equal(fixture_get(&f, "/", peer_port(peer))->body.len, 5);
    assert_int_equal(client_counts(f.client)->connections, 1);
    fixture_done(&f);
    peer_free(&peer);
}

/* The server closes after one answer; the next request must not notice. */
static void test_idle_close(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS_ONCE(HELLO), PEER_ANSWERS(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);
    assert_int_equal(fixture_get(&f, "/", peer_port(peer))->status, 200);
    peer_wait_closed(peer, 1);
    fixture_idle(&f, 5 * NSEC_PER_MSEC);
    assert_int_equal(fixture_get(&f, "/", peer_port(peer))->status, 200);
    assert_int_equal(client_counts(f.client)->retried, 0);
    assert_int_equal(client_counts(f.client)->connections, 2);
    fixture_done(&f);
    peer_free(&peer);
}

/* The server reads the second request on a connection and closes instead of answering. */
static void test_retry(void **state)
{
    static const struct {
        const char *name, *method;
        enum retry retry;
        enum outcome outcome;
        unsigned retried;
        enum peer_op end;
    } cases[] = {
        {"idempotent", "GET", RETRY_SAFE, OUTCOME_OK, 1, PEER_END},
        {"idempotent, reset", "GET", RETRY_SAFE, OUTCOME_OK, 1, PEER_RESET},
        {"may have acted", "POST", RETRY_SAFE, OUTCOME_CLOSED, 0, PEER_END},
        {"may have acted, reset", "POST", RETRY_SAFE, OUTCOME_RESET, 0, PEER_RESET},
        {"never", "GET", RETRY_NEVER, OUTCOME_CLOSED, 0, PEER_END},
        {"never, reset", "GET", RETRY_NEVER, OUTCOME_RESET, 0, PEER_RESET},
        {"always", "POST", RETRY_ALWAYS, OUTCOME_OK, 1, PEER_END},
        {"always, reset", "POST", RETRY_ALWAYS, OUTCOME_OK, 1, PEER_RESET},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        struct fixture_sums sums[METRIC_BUILTIN_COUNT];
        const struct peer_step first[] = {
            {PEER_READ, NULL},    {PEER_SEND, HELLO}, {PEER_READ, NULL},
            {cases[i].end, NULL}, {PEER_END, NULL},
        };
        struct peer *peer = peer_new(PEER_SCRIPTS(first, PEER_ANSWERS(HELLO)), NULL);

        print_message("    %s\n", cases[i].name);
        fixture_init(&f, NULL, NULL);
        assert_int_equal(fixture_get(&f, "/1", peer_port(peer))->status, 200);

        struct request *request = fixture_request(&f, "/2", peer_port(peer));

        request->method = span_cstr(cases[i].method);
        request->retry = cases[i].retry;
        assert_int_equal(fixture_fetch(&f, request)->outcome, cases[i].outcome);
        assert_int_equal(client_counts(f.client)->reported, 2);
        assert_int_equal(client_counts(f.client)->retried, cases[i].retried);
        fixture_cut(&f, sums);
        assert_int_equal(sums[METRIC_HTTP_REQS].sum, 2);
        assert_int_equal(sums[METRIC_HTTP_RETRIES].sum, cases[i].retried);
        fixture_done(&f);
        peer_free(&peer);
    }
}

/* Without retries a connection that the server has closed is not used, although the loop had no
 * turn to notice it; one that lives is. */
static void test_stale(void **state)
{
    static const struct peer_step once[] = {
        {PEER_READ, NULL}, {PEER_SEND, HELLO}, {PEER_END, NULL}};
    static const struct peer_step more[] = {
        {PEER_READ, NULL}, {PEER_SEND, HELLO "extra"}, {PEER_HOLD, NULL}, {PEER_END, NULL}};
    static const struct peer_step twice[] = {{PEER_READ, NULL},
                                             {PEER_SEND, HELLO},
                                             {PEER_READ, NULL},
                                             {PEER_SEND, HELLO},
                                             {PEER_END, NULL}};

    static const struct {
        const char *name;
        const struct peer_step *first;
        unsigned connections, closed;
    } cases[] = {
        {"closed", once, 2, 1},
        {"unasked bytes", more, 2, 0},
        {"alive", twice, 1, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        struct peer *peer = peer_new(PEER_SCRIPTS(cases[i].first, PEER_ANSWERS(HELLO)), NULL);

        print_message("    %s\n", cases[i].name);
        fixture_init(&f, NULL, NULL);
        assert_int_equal(fixture_get(&f, "/1", peer_port(peer))->status, 200);
        peer_wait_closed(peer, cases[i].closed);

        struct request *request = fixture_request(&f, "/2", peer_port(peer));

        request->method = SPAN("POST");
        request->retry = RETRY_NEVER;
        assert_int_equal(fixture_fetch(&f, request)->outcome, OUTCOME_OK);
        assert_int_equal(client_counts(f.client)->retried, 0);
        assert_int_equal(client_counts(f.client)->connections, cases[i].connections);
        fixture_done(&f);
        peer_free(&peer);
    }
}

/* Bytes that nobody asked for: the connection is not used again. */
static void test_leftovers(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(
        PEER_SCRIPTS(PEER_SCRIPT({PEER_READ, NULL}, {PEER_SEND, HELLO "extra"}, {PEER_HOLD, NULL}),
                     PEER_ANSWERS(HELLO)),
        NULL);

    fixture_init(&f, NULL, NULL);
    assert_int_equal(fixture_get(&f, "/", peer_port(peer))->status, 200);
    assert_int_equal(fixture_get(&f, "/", peer_port(peer))->status, 200);
    assert_int_equal(client_counts(f.client)->connections, 2);
    fixture_done(&f);
    peer_free(&peer);
}

static void test_no_reuse(void **state)
{
    struct fixture f;
    struct client_config config = client_config_defaults();
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);

    config.no_connection_reuse = true;
    fixture_init(&f, &config, NULL);
    fixture_get(&f, "/", peer_port(peer));
    fixture_get(&f, "/", peer_port(peer));
    assert_int_equal(client_counts(f.client)->connections, 2);
    fixture_done(&f);
    assert_non_null(strstr(peer_request(peer, 0), "Connection: close\r\n"));
    peer_free(&peer);
}

static void never(struct request *request)
{
    fail_msg("on_done after request_cancel()");
}

static void test_cancel(void **state)
{
    struct fixture f;
    struct fixture_sums sums[METRIC_BUILTIN_COUNT];
    struct peer *peer =
        peer_new(PEER_SCRIPTS(PEER_SCRIPT({PEER_READ, NULL}, {PEER_HOLD, NULL})), NULL);

    fixture_init(&f, NULL, NULL);
    for (int turns = 0; turns < 4; turns++) {
        struct request *request = fixture_request(&f, "/", peer_port(peer));

        request->on_done = never;
        request_start(f.session, request);
        for (int i = 0; i < turns; i++)
            loop_turn(f.loop, NSEC_PER_MSEC);
        request_cancel(request);
        request_cancel(request);
        loop_turn(f.loop, 0);
    }
    assert_int_equal(client_counts(f.client)->cut, 4);
    fixture_cut(&f, sums);
    assert_int_equal(sums[METRIC_HTTP_CUT].sum, 4);
    assert_int_equal(sums[METRIC_HTTP_REQS].count, 0);

    struct request *last = fixture_request(&f, "/", peer_port(peer));

    last->on_done = never;
    request_start(f.session, last);
    fixture_done(&f);
    peer_free(&peer);
}

static void free_session(struct request *request)
{
    struct fixture *f = request->arg;

    session_free(&f->session);
    f->is_done = true;
}

static void test_session_ends_in_callback(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);

    struct request *request = fixture_request(&f, "/", peer_port(peer));

    request->on_done = free_session;
    fixture_fetch(&f, request);
    fixture_done(&f);
    peer_free(&peer);
}

static void test_big_body(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    size_t len = (size_t)4 << 20; /* more than the kernel buffers */

    fixture_init(&f, NULL, NULL);

    struct request *request = fixture_request(&f, "/", peer_port(peer));
    char *body = arena_alloc(&f.arena, len);

    memset(body, 'x', len);
    request->method = SPAN("PUT");
    request->body = span_of(body, len);
    assert_int_equal(fixture_fetch(&f, request)->status, 200);
    fixture_done(&f);
    assert_int_equal(strlen(strstr(peer_request(peer, 0), "\r\n\r\n")), len + 4);
    peer_free(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keep_alive),     cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_sent),           cmocka_unit_test(test_sent_as_given),
        cmocka_unit_test(test_unsendable),     cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_discarded_body), cmocka_unit_test(test_idle_close),
        cmocka_unit_test(test_retry),          cmocka_unit_test(test_stale),
        cmocka_unit_test(test_leftovers),      cmocka_unit_test(test_no_reuse),
        cmocka_unit_test(test_cancel),         cmocka_unit_test(test_session_ends_in_callback),
        cmocka_unit_test(test_big_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
