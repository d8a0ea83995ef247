/* SPDX-License-Identifier: Apache-2.0
 *
 * Bad peers: whatever one does is an outcome with k6's code, is counted once, and leaves nothing
 * behind.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "peer.h"
#include "support/test.h"

#define HEAD "HTTP/1.1 200 OK\r\n"
#define READ                                                                                       \
    {                                                                                              \
        PEER_READ, NULL                                                                            \
    }
#define SEND(t)                                                                                    \
    {                                                                                              \
        PEER_SEND, t                                                                               \
    }
#define STEPS(...)                                                                                 \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            PEER_END, NULL                                                                         \
        }                                                                                          \
    }

struct bad_peer {
    const char *name;
    struct peer_step script[5];
    enum outcome outcome;
    int code;
    nsec_t timeout_ns;
};

static const struct bad_peer bad_peers[] = {
    {"reset in mid-body",
     STEPS(READ, SEND(HEAD "Content-Length: 100\r\n\r\nabc"), {PEER_RESET, NULL}), OUTCOME_RESET,
     1220, 0},
    {"close in mid-body", STEPS(READ, SEND(HEAD "Content-Length: 100\r\n\r\nabc")), OUTCOME_CLOSED,
     1221, 0},
    {"close in mid-chunk", STEPS(READ, SEND(HEAD "Transfer-Encoding: chunked\r\n\r\n9\r\nabc")),
     OUTCOME_CLOSED, 1221, 0},
    {"malformed status line", STEPS(READ, SEND("HTTP/1.1 abc OK\r\n\r\n")), OUTCOME_MALFORMED, 1600,
     0},
    {"garbage", STEPS(READ, SEND("\001\002\003\004\r\n\r\n\r\n")), OUTCOME_MALFORMED, 1600, 0},
    {"garbage without end", STEPS(READ, {PEER_REPEAT, "garbage "}), OUTCOME_MALFORMED, 1600, 0},
    {"headers without end", STEPS(READ, SEND(HEAD), {PEER_REPEAT, "X-Filler: aaaaaaaaaaaaaa\r\n"}),
     OUTCOME_TOO_LARGE, 1601, 0},
    {"a header without end", STEPS(READ, SEND(HEAD "X: "), {PEER_REPEAT, "aaaaaaaaaaaaaaaaaaaa"}),
     OUTCOME_TOO_LARGE, 1601, 0},
    {"body over the limit", STEPS(READ, SEND(HEAD "\r\n"), {PEER_REPEAT, "aaaaaaaaaaaaaaaaaaaa"}),
     OUTCOME_TOO_LARGE, 1601, 0},
    {"chunk size overflow",
     STEPS(READ, SEND(HEAD "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n")),
     OUTCOME_MALFORMED, 1600, 0},
    {"conflicting lengths",
     STEPS(READ, SEND(HEAD "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")), OUTCOME_MALFORMED,
     1600, 0},
    {"corrupt gzip",
     STEPS(READ, SEND(HEAD "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")),
     OUTCOME_DECOMPRESSION, 1701, 0},
    {"switching protocols", STEPS(READ, SEND("HTTP/1.1 101 Switching Protocols\r\n\r\n")),
     OUTCOME_MALFORMED, 1600, 0},
    {"close at once", STEPS(READ), OUTCOME_CLOSED, 1221, 0},
    {"never answers", STEPS(READ, {PEER_HOLD, NULL}), OUTCOME_TIMEOUT, 1050, 50 * NSEC_PER_MSEC},
    {"drips its head", STEPS(READ, {PEER_DRIP, HEAD}), OUTCOME_MALFORMED, 1600, 0},
    {"drips its body", STEPS(READ, SEND(HEAD "\r\n"), {PEER_DRIP, "a"}), OUTCOME_TIMEOUT, 1050,
     100 * NSEC_PER_MSEC},
    {"stops answering", STEPS(READ, SEND(HEAD "Content-Le"), {PEER_HOLD, NULL}), OUTCOME_TIMEOUT,
     1050, 50 * NSEC_PER_MSEC},
};

static void check_error(const struct response *response, enum outcome outcome, int code)
{
    assert_int_equal(response->outcome, outcome);
    assert_int_equal(response->error_code, code);
    assert_int_equal(response->status, 0);
    assert_null(response->body.ptr);
    assert_true(response->error[0] != '\0');
}

static void check_counted_once(struct fixture *f)
{
    struct fixture_sums sums[METRIC_BUILTIN_COUNT];

    fixture_cut(f, sums);
    assert_int_equal(sums[METRIC_HTTP_REQS].sum, 1);
    assert_int_equal(sums[METRIC_HTTP_REQ_FAILED].sum, 1);
    assert_int_equal(client_counts(f->client)->attempts, 1);
}

static void test_bad_peers(void **state)
{
    for (size_t i = 0; i < COUNT_OF(bad_peers); i++) {
        const struct bad_peer *bad = &bad_peers[i];
        struct client_config config = client_config_defaults();
        struct fixture f;
        struct peer *peer = peer_new(PEER_SCRIPTS(bad->script), NULL);

        print_message("    %s\n", bad->name);
        config.max_body_bytes = 1 << 20;
        fixture_init(&f, &config, NULL);

        struct request *request = fixture_request(&f, "/", peer_port(peer));

        request->timeout_ns = bad->timeout_ns;
        check_error(fixture_fetch(&f, request), bad->outcome, bad->code);
        check_counted_once(&f);
        fixture_done(&f);
        peer_free(&peer);
    }
}

/* The answer came although the request could not be written to its end. */
static void test_early_answer(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(
        PEER_SCRIPTS(PEER_SCRIPT(SEND("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"))),
        NULL);
    size_t len = (size_t)16 << 20;

    fixture_init(&f, NULL, NULL);

    struct request *request = fixture_request(&f, "/", peer_port(peer));

    request->method = SPAN("POST");
    request->body = span_of(arena_alloc(&f.arena, len), len);
    assert_int_equal(fixture_fetch(&f, request)->status, 413);
    assert_int_equal(request->response.error_code, 1413);
    assert_true(request->response.timings.sending_ns > 0);
    assert_int_equal(request->response.timings.waiting_ns, 0);
    fixture_done(&f);
    peer_free(&peer);
}

/* A peer that never reads: the request does not fit into the buffers of the kernel. */
static void test_never_reads(void **state)
{
    struct fixture f;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t address_bytes = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t len = (size_t)32 << 20;

    assert_int_equal(bind(listener, (struct sockaddr *)&address, address_bytes), 0);
    assert_int_equal(listen(listener, 8), 0);
    getsockname(listener, (struct sockaddr *)&address, &address_bytes);
    fixture_init(&f, NULL, NULL);

    struct request *request = fixture_request(&f, "/", ntohs(address.sin_port));

    request->method = SPAN("POST");
    request->body = span_of(arena_alloc(&f.arena, len), len);
    request->timeout_ns = 100 * NSEC_PER_MSEC;
    check_error(fixture_fetch(&f, request), OUTCOME_TIMEOUT, 1050);
    /* All of it went into writing; none of it may be lost from http_req_duration. */
    assert_true(request->response.timings.sending_ns > 0);
    assert_int_equal(request->response.timings.waiting_ns, 0);
    check_counted_once(&f);
    fixture_done(&f);
    close(listener);
}

/* A port that was just free. */
static uint16_t closed_port(void)
{
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_SCRIPT(READ)), NULL);
    uint16_t port = peer_port(peer);

    peer_free(&peer);
    return port;
}

static void test_refused(void **state)
{
    struct fixture f;

    fixture_init(&f, NULL, NULL);
    check_error(fixture_get(&f, "/", closed_port()), OUTCOME_DIAL_REFUSED, 1212);
    assert_int_equal(client_counts(f.client)->never_delivered, 1);
    check_counted_once(&f);
    fixture_done(&f);
}

static void test_unresolvable(void **state)
{
    struct fixture f;

    fixture_init(&f, NULL, NULL);

    struct request *request = fixture_request(&f, "http://nosuchhost.invalid:#/", 80);

    check_error(fixture_fetch(&f, request), OUTCOME_DNS_NO_SUCH_HOST, 1101);
    assert_int_equal(client_counts(f.client)->never_delivered, 1);
    check_counted_once(&f);
    fixture_done(&f);
}

/* Nobody takes connections from a full backlog: the SYN goes unanswered. */
static void test_unroutable(void **state)
{
    struct client_config config = client_config_defaults();
    struct fixture f;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t address_bytes = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int fillers[4];

    assert_int_equal(bind(listener, (struct sockaddr *)&address, address_bytes), 0);
    assert_int_equal(listen(listener, 0), 0);
    getsockname(listener, (struct sockaddr *)&address, &address_bytes);
    for (size_t i = 0; i < COUNT_OF(fillers); i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(fillers[i], (struct sockaddr *)&address, address_bytes);
    }
    config.connect_timeout_ns = 100 * NSEC_PER_MSEC;
    fixture_init(&f, &config, NULL);
    check_error(fixture_get(&f, "/", ntohs(address.sin_port)), OUTCOME_DIAL_TIMEOUT, 1211);
    check_counted_once(&f);
    fixture_done(&f);
    for (size_t i = 0; i < COUNT_OF(fillers); i++)
        close(fillers[i]);
    close(listener);
}

/* So that no further descriptor can be opened. */
static struct rlimit forbid_descriptors(void)
{
    struct rlimit limit, none;

    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    return limit;
}

static void test_descriptors(void **state)
{
    struct fixture f;
    struct peer *peer =
        peer_new(PEER_SCRIPTS(PEER_ANSWERS(HEAD "Content-Length: 0\r\n\r\n")), NULL);

    fixture_init(&f, NULL, NULL);

    struct rlimit limit = forbid_descriptors();
    struct response *response = fixture_get(&f, "/", peer_port(peer));

    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    check_error(response, OUTCOME_DESCRIPTORS, 1215);
    assert_non_null(strstr(response->error, "too many open files: the limit is "));
    assert_non_null(strstr(response->error, "raise it with ulimit -n"));
    check_counted_once(&f);
    assert_int_equal(fixture_get(&f, "/", peer_port(peer))->status, 200);
    fixture_done(&f);
    peer_free(&peer);
}

/* The server dies under a request on an idle connection, and the retry cannot even connect: the
 * outcome is that of the last attempt, and names no peer. */
static void test_retry_fails(void **state)
{
    struct fixture f;
    struct peer *peer =
        peer_new(PEER_SCRIPTS(PEER_SCRIPT(READ, SEND(HEAD "Content-Length: 0\r\n\r\n"), READ,
                                          {PEER_RESET, NULL})),
                 NULL);

    fixture_init(&f, NULL, NULL);
    assert_int_equal(fixture_get(&f, "/", peer_port(peer))->status, 200);

    struct rlimit limit = forbid_descriptors();
    struct response *response = fixture_get(&f, "/", peer_port(peer));

    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    check_error(response, OUTCOME_DESCRIPTORS, 1215);
    assert_string_equal(response->remote_ip, "");
    assert_int_equal(client_counts(f.client)->attempts, 3);
    assert_int_equal(client_counts(f.client)->retried, 1);
    fixture_done(&f);
    peer_free(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_peers),    cmocka_unit_test(test_early_answer),
        cmocka_unit_test(test_never_reads),  cmocka_unit_test(test_refused),
        cmocka_unit_test(test_unresolvable), cmocka_unit_test(test_unroutable),
        cmocka_unit_test(test_descriptors),  cmocka_unit_test(test_retry_fails),

    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
