/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast lane: the same request over and over, through a server that closes, refuses and comes
 * back.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "loop/loop.h"
#include "peer.h"
#include "support/test.h"

#define HELLO   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define MESSAGE "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"

struct tally {
    struct repeat_target target;
    unsigned seen, good, parts, limit, connected;
    enum outcome last;
    int status;
    uint64_t bytes, body_bytes;
    bool rests;
    struct timings timings;
};

static enum repeat_next on_answer(struct repeat *repeat, const struct repeat_answer *answer)
{
    struct tally *tally = repeat->arg;

    tally->bytes = answer->bytes;
    tally->body_bytes = answer->body_bytes;
    tally->timings = *answer->timings;
    if (!answer->is_last) {
        tally->parts++;
        return REPEAT_END;
    }
    tally->seen++;
    tally->good += answer->outcome == OUTCOME_OK;
    tally->last = answer->outcome;
    tally->status = answer->status;
    if (tally->rests)
        return REPEAT_REST;
    return tally->seen < tally->limit ? REPEAT_AGAIN : REPEAT_END;
}

static void on_connected(struct repeat *repeat, enum outcome outcome, const struct timings *timings)
{
    struct tally *tally = repeat->arg;

    tally->connected++;
    tally->last = outcome;
    tally->timings = *timings;
}

static struct repeat make(struct fixture *f, struct tally *tally, uint16_t port)
{
    const char *problem;

    tally->target = (struct repeat_target){
        .message = SPAN(MESSAGE),
        .url = span_cstr(arena_printf(&f->arena, "http://127.0.0.1:%u/x", port)),
        .method = SPAN("GET"),
    };
    assert_int_equal(repeat_target_init(&tally->target, f->client, &problem), 0);
    return (struct repeat){
        .target = &tally->target,
        .on_answer = on_answer,
        .on_connected = on_connected,
        .arg = tally,
    };
}

static void begin(struct fixture *f, struct repeat *repeat)
{
    repeat_init(repeat, f->session);
    repeat_go(repeat);
}

static void run(struct fixture *f, struct repeat *repeat)
{
    for (int turns = 0; repeat->exchange && turns < 10000; turns++)
        loop_turn(f->loop, 100 * NSEC_PER_MSEC);
    assert_null(repeat->exchange);
}

static void test_same_connection(void **state)
{
    struct fixture f;
    struct fixture_sums sums[METRIC_BUILTIN_COUNT];
    struct tally tally = {.limit = 100};
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, peer_port(peer));

    begin(&f, &repeat);
    run(&f, &repeat);
    assert_int_equal(tally.good, 100);
    assert_int_equal(tally.status, 200);
    assert_int_equal(client_counts(f.client)->connections, 1);
    assert_int_equal(client_counts(f.client)->attempts, 100);
    assert_int_equal(client_counts(f.client)->bytes_sent, 100 * strlen(MESSAGE));
    fixture_cut(&f, sums);
    assert_int_equal(sums[METRIC_HTTP_REQS].sum, 100);
    assert_int_equal(sums[METRIC_HTTP_REQ_WAITING].count, 100);
    fixture_done(&f);
    assert_string_equal(peer_request(peer, 9), MESSAGE);
    peer_free(&peer);
}

/* Every connection serves one request and closes: each new one is either opened afresh or found
 * closed and tried again; none is lost or counted twice. */
static void test_closing_server(void **state)
{
    struct fixture f;
    struct tally tally = {.limit = 20};
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS_ONCE(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, peer_port(peer));

    begin(&f, &repeat);
    run(&f, &repeat);
    assert_int_equal(tally.good, 20);
    assert_int_equal(client_counts(f.client)->reported, 20);
    assert_int_equal(client_counts(f.client)->connections, 20);
    fixture_done(&f);
    assert_int_equal(peer_request_count(peer), 20);
    peer_free(&peer);
}

static void test_dead_server(void **state)
{
    struct fixture f;
    struct tally tally = {.limit = 4};
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    uint16_t port = peer_port(peer);

    peer_free(&peer);
    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, port);
    nsec_t start_ns = clock_now(clock_monotonic());

    begin(&f, &repeat);
    run(&f, &repeat);
    assert_int_equal(tally.last, OUTCOME_DIAL_REFUSED);
    assert_int_equal(client_counts(f.client)->never_delivered, 4);
    assert_true(clock_now(clock_monotonic()) - start_ns >= 70 * NSEC_PER_MSEC);
    fixture_done(&f);
}

static void test_bad_url(void **state)
{
    struct fixture f;
    struct repeat_target target = {.url = SPAN("nonsense"), .method = SPAN("GET")};
    const char *problem = NULL;

    fixture_init(&f, NULL, NULL);
    assert_int_equal(repeat_target_init(&target, f.client, &problem), -1);
    assert_non_null(problem);
    fixture_done(&f);
}

/* Three answers to one message, in whatever pieces they come: one attempt, one sample. */
static void test_pipelined(void **state)
{
    struct fixture f;
    struct fixture_sums sums[METRIC_BUILTIN_COUNT];
    struct tally tally = {.limit = 2};
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO HELLO HELLO)), NULL);

    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, peer_port(peer));

    repeat.answers = 3;
    begin(&f, &repeat);
    run(&f, &repeat);
    assert_int_equal(tally.good, 2);
    assert_int_equal(tally.parts, 4);
    assert_int_equal(tally.bytes, 3 * strlen(HELLO));
    assert_int_equal(tally.body_bytes, 5);
    assert_int_equal(client_counts(f.client)->attempts, 2);
    assert_int_equal(client_counts(f.client)->connections, 1);
    fixture_cut(&f, sums);
    assert_int_equal(sums[METRIC_HTTP_REQS].sum, 2);
    fixture_done(&f);
    peer_free(&peer);
}

/* What the caller sends instead of its target's message decides how the answer is read. */
static void test_own_message(void **state)
{
    struct fixture f;
    struct tally tally = {.limit = 3};
    struct peer *peer =
        peer_new(PEER_SCRIPTS(PEER_ANSWERS("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")), NULL);

    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, peer_port(peer));

    repeat.message = SPAN("HEAD /y HTTP/1.1\r\nHost: a\r\n\r\n");
    begin(&f, &repeat);
    run(&f, &repeat);
    assert_int_equal(tally.good, 3);
    fixture_done(&f);
    assert_string_equal(peer_request(peer, 2), "HEAD /y HTTP/1.1\r\nHost: a\r\n\r\n");
    peer_free(&peer);
}

static void turn_until(struct fixture *f, const unsigned *count, unsigned wanted)
{
    for (int turns = 0; *count < wanted && turns < 10000; turns++)
        loop_turn(f->loop, 100 * NSEC_PER_MSEC);
    assert_int_equal(*count, wanted);
}

/* A connection opened ahead is no attempt, and is the one that the first message uses. */
static void test_connect(void **state)
{
    struct fixture f;
    struct tally tally = {.rests = true};
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, peer_port(peer));

    repeat_init(&repeat, f.session);
    for (unsigned i = 1; i <= 2; i++) {
        repeat_connect(&repeat);
        assert_int_equal(tally.connected, i - 1);
        turn_until(&f, &tally.connected, i);
        assert_int_equal(tally.last, OUTCOME_OK);
    }
    assert_int_equal(client_counts(f.client)->attempts, 0);
    assert_int_equal(client_counts(f.client)->connections, 1);
    repeat_go(&repeat);
    turn_until(&f, &tally.seen, 1);
    assert_int_equal(client_counts(f.client)->connections, 1);
    assert_int_equal(tally.timings.connecting_ns, 0);
    repeat_done(&repeat);
    assert_int_equal(client_counts(f.client)->cut, 0);
    fixture_done(&f);
    peer_free(&peer);
}

static void test_connect_refused(void **state)
{
    struct fixture f;
    struct tally tally = {.rests = true};
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    uint16_t port = peer_port(peer);

    peer_free(&peer);
    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, port);

    repeat_init(&repeat, f.session);
    repeat_connect(&repeat);
    turn_until(&f, &tally.connected, 1);
    assert_int_equal(tally.last, OUTCOME_DIAL_REFUSED);
    repeat_connect(&repeat);
    repeat_done(&repeat);
    assert_int_equal(client_counts(f.client)->cut, 0);
    fixture_done(&f);
}

/* Timed from when it was due, once: a second that it waited elsewhere is in the duration, in the
 * lateness, and not in the uncorrected one. */
static void test_due(void **state)
{
    struct fixture f;
    struct fixture_sums sums[METRIC_BUILTIN_COUNT];
    struct tally tally = {.rests = true};
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, peer_port(peer));

    repeat_init(&repeat, f.session);
    repeat.due_ns = clock_now(loop_clock(f.loop)) - NSEC_PER_SEC;
    repeat_go(&repeat);
    assert_int_equal(repeat.due_ns, 0);
    turn_until(&f, &tally.seen, 1);
    fixture_cut(&f, sums);
    assert_true(sums[METRIC_HTTP_REQ_DURATION].sum >= 1000);
    assert_true(sums[METRIC_HTTP_REQ_SEND_LATENESS].sum >= 1000);
    assert_true(sums[METRIC_HTTP_REQ_DURATION_UNCORRECTED].sum + 1000 <=
                sums[METRIC_HTTP_REQ_DURATION].sum);
    repeat_go(&repeat);
    turn_until(&f, &tally.seen, 2);
    fixture_cut(&f, sums);
    assert_int_equal(sums[METRIC_HTTP_REQ_SEND_LATENESS].count, 0);
    repeat_done(&repeat);
    fixture_done(&f);
    peer_free(&peer);
}

static void test_stop(void **state)
{
    struct fixture f;
    struct tally tally = {.limit = UINT32_MAX};
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, peer_port(peer));

    begin(&f, &repeat);
    fixture_idle(&f, 10 * NSEC_PER_MSEC);
    repeat_done(&repeat);
    repeat_done(&repeat);
    assert_int_equal(client_counts(f.client)->cut, 1);
    assert_int_equal(client_counts(f.client)->reported, tally.seen);

    /* The session ends what is still under way. */
    begin(&f, &repeat);
    fixture_done(&f);
    assert_null(repeat.exchange);
    peer_free(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_connection),
        cmocka_unit_test(test_closing_server),
        cmocka_unit_test(test_dead_server),
        cmocka_unit_test(test_bad_url),
        cmocka_unit_test(test_pipelined),
        cmocka_unit_test(test_own_message),
        cmocka_unit_test(test_connect),
        cmocka_unit_test(test_connect_refused),
        cmocka_unit_test(test_due),
        cmocka_unit_test(test_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
