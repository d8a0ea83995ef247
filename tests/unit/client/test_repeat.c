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
    unsigned seen, good, limit;
    enum outcome last;
    int status;
};

static bool on_response(struct repeat *repeat, enum outcome outcome, int status,
                        const struct timings *timings)
{
    struct tally *tally = repeat->arg;

    tally->seen++;
    tally->good += outcome == OUTCOME_OK;
    tally->last = outcome;
    tally->status = status;
    return tally->seen < tally->limit;
}

static struct repeat make(struct fixture *f, struct tally *tally, uint16_t port)
{
    return (struct repeat){
        .message = SPAN(MESSAGE),
        .url = span_cstr(arena_printf(&f->arena, "http://127.0.0.1:%u/x", port)),
        .method = SPAN("GET"),
        .on_response = on_response,
        .arg = tally,
    };
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

    repeat_start(f.session, &repeat);
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

    repeat_start(f.session, &repeat);
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

    repeat_start(f.session, &repeat);
    run(&f, &repeat);
    assert_int_equal(tally.last, OUTCOME_DIAL_REFUSED);
    assert_int_equal(client_counts(f.client)->never_delivered, 4);
    assert_true(clock_now(clock_monotonic()) - start_ns >= 70 * NSEC_PER_MSEC);
    fixture_done(&f);
}

static void test_bad_url(void **state)
{
    struct fixture f;
    struct tally tally = {.limit = 4};

    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, 1);

    repeat.url = SPAN("nonsense");
    repeat_start(f.session, &repeat);
    run(&f, &repeat);
    assert_int_equal(tally.seen, 1);
    assert_int_equal(tally.last, OUTCOME_INVALID_URL);
    fixture_done(&f);
}

static void test_stop(void **state)
{
    struct fixture f;
    struct tally tally = {.limit = UINT32_MAX};
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);

    fixture_init(&f, NULL, NULL);

    struct repeat repeat = make(&f, &tally, peer_port(peer));

    repeat_start(f.session, &repeat);
    fixture_idle(&f, 10 * NSEC_PER_MSEC);
    repeat_stop(&repeat);
    repeat_stop(&repeat);
    assert_int_equal(client_counts(f.client)->cut, 1);
    assert_int_equal(client_counts(f.client)->reported, tally.seen);

    /* The session ends what is still under way. */
    repeat_start(f.session, &repeat);
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
        cmocka_unit_test(test_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
