/* SPDX-License-Identifier: Apache-2.0
 *
 * Deadlines by counted seconds: what is due ends, what was cleared or moved stays.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "keneyapp/http/deadlines.h"
#include "keneyapp/telemetry/metrics.h"
#include "support/test.h"

static struct metrics *metrics;
static struct deadlines *deadlines;

struct peer {
    int fds[2]; /* the server's end, the client's */
    struct deadline deadline;
};

static int set_up(void **state)
{
    static const char *const NAMES[] = {"GET"};
    struct error err = {0};
    metrics = metrics_new(NAMES, 1, NAMES, 1);
    deadlines = deadlines_new(metrics, &err);
    return deadlines ? 0 : -1;
}

static int tear_down(void **state)
{
    deadlines_free(&deadlines);
    metrics_free(&metrics);
    return 0;
}

static void open_peer(struct peer *peer)
{
    *peer = (struct peer){0};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, peer->fds), 0);
    deadlines_add(deadlines, &peer->deadline, peer->fds[0]);
}

static void close_peer(struct peer *peer)
{
    deadlines_remove(deadlines, &peer->deadline);
    close(peer->fds[0]);
    close(peer->fds[1]);
}

/* The client's end has nothing to read and is open. */
static bool is_open(const struct peer *peer)
{
    char byte;
    return recv(peer->fds[1], &byte, 1, MSG_DONTWAIT) < 0;
}

/* The thread counts as well, so there may be more seconds than these. */
static unsigned pass(unsigned seconds)
{
    unsigned ended = 0;
    for (unsigned i = 0; i < seconds; i++)
        ended += deadlines_tick(deadlines);
    return ended;
}

static void test_ends(void **state)
{
    struct peer slow, none, cleared, later;
    open_peer(&slow);
    open_peer(&none);
    open_peer(&cleared);
    open_peer(&later);
    deadline_set(deadlines, &slow.deadline, 3 * NSEC_PER_SEC);
    deadline_set(deadlines, &cleared.deadline, 3 * NSEC_PER_SEC);
    deadline_set(deadlines, &later.deadline, 3 * NSEC_PER_SEC);
    deadline_clear(&cleared.deadline);
    deadline_set(deadlines, &later.deadline, 3600 * NSEC_PER_SEC);
    assert_true(is_open(&slow));
    assert_in_range(pass(4), 0, 1);
    assert_false(is_open(&slow));
    assert_true(is_open(&none));
    assert_true(is_open(&cleared));
    assert_true(is_open(&later));
    assert_int_equal(pass(5), 0);
    close_peer(&slow);
    close_peer(&none);
    close_peer(&cleared);
    close_peer(&later);
}

/* What was removed is not touched, whoever has its number now. */
static void test_removed(void **state)
{
    struct peer peer;
    open_peer(&peer);
    deadline_set(deadlines, &peer.deadline, NSEC_PER_SEC);
    deadlines_remove(deadlines, &peer.deadline);
    assert_int_equal(pass(5), 0);
    assert_true(is_open(&peer));
    close_peer(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_removed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
