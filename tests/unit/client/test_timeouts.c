/* SPDX-License-Identifier: Apache-2.0
 *
 * The three limits of a request: the whole, connecting, silence. Which one ended it is told by the
 * outcome, and the time it took is there even when there never was a connection.
 */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "peer.h"
#include "support/test.h"

#define HELLO   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define LIMIT   (50 * NSEC_PER_MSEC)
#define SLACK   (LIMIT / 2) /* a limit counts from the time of the loop's turn, which is earlier */

#define FILLERS 4

/* A port whose backlog is full: a SYN goes unanswered. */
struct blackhole {
    int fds[FILLERS + 1];
    uint16_t port;
};

static void blackhole_init(struct blackhole *hole)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    hole->fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(hole->fds[0], (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(hole->fds[0], 0), 0);
    getsockname(hole->fds[0], (struct sockaddr *)&address, &len);
    for (size_t i = 1; i <= FILLERS; i++) {
        hole->fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(hole->fds[i], (struct sockaddr *)&address, len);
    }
    hole->port = ntohs(address.sin_port);
}

static void blackhole_done(struct blackhole *hole)
{
    for (size_t i = 0; i < COUNT_OF(hole->fds); i++)
        close(hole->fds[i]);
}

static void test_connecting(void **state)
{
    static const struct {
        const char *name;
        nsec_t whole_ns, connect_ns, idle_ns;
        enum outcome outcome;
    } cases[] = {
        {"connecting", NSEC_NEVER, LIMIT, 0, OUTCOME_DIAL_TIMEOUT},
        {"connecting, with all limits", 100 * LIMIT, LIMIT, 1, OUTCOME_DIAL_TIMEOUT},
        {"the whole", LIMIT, NSEC_NEVER, 1, OUTCOME_TIMEOUT},
        {"the whole before the client's own limit", LIMIT, 0, 0, OUTCOME_TIMEOUT},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        struct blackhole hole;
        print_message("    %s\n", cases[i].name);
        blackhole_init(&hole);
        fixture_init(&f, NULL, NULL);
        struct request *request = fixture_request(&f, "/", hole.port);
        request->timeout_ns = cases[i].whole_ns;
        request->connect_timeout_ns = cases[i].connect_ns;
        request->idle_timeout_ns = cases[i].idle_ns;
        struct response *response = fixture_fetch(&f, request);
        assert_int_equal(response->outcome, cases[i].outcome);
        assert_true(timings_total_ns(&response->timings) >= LIMIT - SLACK);
        fixture_done(&f);
        blackhole_done(&hole);
    }
}

static void test_silence(void **state)
{
    static const struct peer_step mute[] = {{PEER_READ, NULL}, {PEER_HOLD, NULL}, {PEER_END, NULL}};
    static const struct peer_step stuck[] = {{PEER_READ, NULL},
                                             {PEER_SEND, "HTTP/1.1 200 OK\r\n\r\nabc"},
                                             {PEER_HOLD, NULL},
                                             {PEER_END, NULL}};
    const struct peer_step *const scripts[] = {mute, stuck};
    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        struct fixture f;
        struct peer *peer = peer_new(PEER_SCRIPTS(scripts[i]), NULL);
        fixture_init(&f, NULL, NULL);
        struct request *request = fixture_request(&f, "/", peer_port(peer));
        request->timeout_ns = NSEC_NEVER;
        request->idle_timeout_ns = LIMIT;
        assert_int_equal(fixture_fetch(&f, request)->outcome, OUTCOME_TIMEOUT);
        assert_true(timings_total_ns(&request->response.timings) >= LIMIT - SLACK);
        fixture_done(&f);
        peer_free(&peer);
    }
}

/* Bytes that keep coming are no silence; only the whole ends this. */
static void test_slow_is_not_silent(void **state)
{
    struct fixture f;
    struct peer *peer =
        peer_new(PEER_SCRIPTS(PEER_SCRIPT({PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 200 OK\r\n\r\n"},
                                          {PEER_DRIP, "a"})),
                 NULL);
    fixture_init(&f, NULL, NULL);
    struct request *request = fixture_request(&f, "/", peer_port(peer));
    request->timeout_ns = 24 * LIMIT;
    request->idle_timeout_ns = 20 * LIMIT;
    assert_int_equal(fixture_fetch(&f, request)->outcome, OUTCOME_TIMEOUT);
    assert_true(timings_total_ns(&request->response.timings) >= request->timeout_ns - SLACK);
    fixture_done(&f);
    peer_free(&peer);
}

/* An idle connection in the pool has no limit, and neither has the next request on it. */
static void test_limits_end_with_their_request(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    fixture_init(&f, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        struct request *request = fixture_request(&f, "/", peer_port(peer));
        request->timeout_ns = NSEC_NEVER;
        request->idle_timeout_ns = i < 2 ? 100 * LIMIT : 0;
        assert_int_equal(fixture_fetch(&f, request)->status, 200);
        assert_int_equal(timings_total_ns(&request->response.timings),
                         request->response.timings.blocked_ns +
                             timings_duration_ns(&request->response.timings));
        fixture_idle(&f, NSEC_PER_MSEC);
    }
    assert_int_equal(client_counts(f.client)->connections, 1);
    fixture_done(&f);
    peer_free(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connecting),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_slow_is_not_silent),
        cmocka_unit_test(test_limits_end_with_their_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
