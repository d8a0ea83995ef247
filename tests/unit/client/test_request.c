/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole requests against a scripted peer: keep-alive, what is sent, what comes back, counting.
 */
#include <string.h>

#include "fixture.h"
#include "peer.h"
#include "support/test.h"

#define SCRIPT(...)  ((const struct peer_step[]){__VA_ARGS__, {PEER_END, NULL}})
#define SCRIPTS(...) ((const struct peer_step *const[]){__VA_ARGS__, NULL})
#define HELLO        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello"

static void test_get(void **state)
{
    struct fixture f;
    struct fixture_sums sums[METRIC_BUILTIN_COUNT];
    struct peer *peer =
        peer_new(SCRIPTS(SCRIPT({PEER_READ, NULL}, {PEER_SEND, HELLO}, {PEER_AGAIN, NULL})), NULL);

    fixture_init(&f, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        struct response *response = fixture_get(&f, "/a?b=c", peer_port(peer));

        assert_int_equal(response->outcome, OUTCOME_OK);
        assert_int_equal(response->status, 200);
        assert_string_equal(response->error, "");
        assert_true(span_equal(response->body, SPAN("hello")));
        assert_true(span_equal(headers_get(&response->headers, SPAN("x-a")), SPAN("b")));
        assert_string_equal(response->remote_ip, "127.0.0.1");
        assert_true(response->timings.waiting_ns > 0);
        assert_int_equal(response->timings.connecting_ns > 0, i == 0);
    }
    assert_int_equal(client_counts(f.client)->attempts, 3);
    assert_int_equal(client_counts(f.client)->connections, 1);
    fixture_cut(&f, sums);
    assert_int_equal(sums[METRIC_HTTP_REQS].sum, 3);
    assert_int_equal(sums[METRIC_HTTP_REQ_FAILED].count, 3);
    assert_int_equal(sums[METRIC_HTTP_REQ_FAILED].sum, 0);
    assert_int_equal(sums[METRIC_HTTP_REQ_DURATION].count, 3);
    fixture_done(&f);
    assert_non_null(strstr(peer_request(peer, 2), "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:"));
    peer_free(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
