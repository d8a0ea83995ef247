/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS against an OpenSSL server with a certificate made for the test.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/map.h"
#include "fixture.h"
#include "peer.h"
#include "support/test.h"

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static const struct peer_step answers[] = {
    {PEER_READ, NULL}, {PEER_SEND, HELLO}, {PEER_AGAIN, NULL}, {PEER_END, NULL}};
static const struct peer_step *const scripts[] = {answers, NULL};

struct tls_fixture {
    struct fixture f;
    char ca_path[32];
    SSL_CTX *tls;
    struct peer *peer;
    struct map hosts;
};

enum trust {
    TRUST_NOBODY,
    TRUST_IT,
    TRUST_EVERYBODY,
};

static void tls_fixture_init(struct tls_fixture *t, const char *name, int version, enum trust trust)
{
    struct client_config config = client_config_defaults();
    int fd;

    strcpy(t->ca_path, "/tmp/test_tls_XXXXXX");
    fd = mkstemp(t->ca_path);
    close(fd);
    t->tls = peer_tls_new(name, t->ca_path);
    SSL_CTX_set_max_proto_version(t->tls, version);
    t->peer = peer_new(scripts, t->tls);
    t->hosts = MAP_INIT;
    map_put(&t->hosts, SPAN("app.test"))->value = (char *)"127.0.0.1";
    config.hosts = &t->hosts;
    config.ca_file = trust == TRUST_IT ? t->ca_path : NULL;
    config.insecure_skip_tls_verify = trust == TRUST_EVERYBODY;
    fixture_init(&t->f, &config, NULL);
}

static void tls_fixture_done(struct tls_fixture *t)
{
    fixture_done(&t->f);
    peer_free(&t->peer);
    SSL_CTX_free(t->tls);
    unlink(t->ca_path);
    map_done(&t->hosts);
}

static void test_outcomes(void **state)
{
    static const struct {
        const char *name, *certificate, *url;
        int version;
        enum trust trust;
        enum outcome outcome;
        int code;
        const char *problem;
    } cases[] = {
        {"1.3", "app.test", "https://app.test:#/", TLS1_3_VERSION, TRUST_IT, OUTCOME_OK, 0, ""},
        {"1.2", "app.test", "https://app.test:#/", TLS1_2_VERSION, TRUST_IT, OUTCOME_OK, 0, ""},
        {"by address", "127.0.0.1", "https://127.0.0.1:#/", TLS1_3_VERSION, TRUST_IT, OUTCOME_OK, 0,
         ""},
        {"unknown authority", "app.test", "https://app.test:#/", TLS1_3_VERSION, TRUST_NOBODY,
         OUTCOME_TLS_UNKNOWN_AUTHORITY, 1310, "self-signed certificate"},
        {"wrong name", "other.test", "https://app.test:#/", TLS1_3_VERSION, TRUST_IT,
         OUTCOME_TLS_HOSTNAME, 1311, "hostname mismatch"},
        {"wrong address", "app.test", "https://127.0.0.1:#/", TLS1_3_VERSION, TRUST_IT,
         OUTCOME_TLS_HOSTNAME, 1311, "IP address mismatch"},
        {"insecure", "other.test", "https://app.test:#/", TLS1_3_VERSION, TRUST_EVERYBODY,
         OUTCOME_OK, 0, ""},
        {"too old", "app.test", "https://app.test:#/", TLS1_1_VERSION, TRUST_IT,
         OUTCOME_TLS_VERSION, 1300, ""},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct tls_fixture t;

        print_message("    %s\n", cases[i].name);
        tls_fixture_init(&t, cases[i].certificate, cases[i].version, cases[i].trust);

        struct response *response = fixture_get(&t.f, cases[i].url, peer_port(t.peer));

        assert_int_equal(response->outcome, cases[i].outcome);
        assert_int_equal(response->error_code, cases[i].code);
        assert_string_equal(response->tls_problem, cases[i].problem);
        if (cases[i].outcome == OUTCOME_OK) {
            assert_string_equal(response->tls_version,
                                cases[i].version == TLS1_3_VERSION ? "tls1.3" : "tls1.2");
            assert_true(strncmp(response->tls_cipher_suite, "TLS_", 4) == 0);
            assert_true(response->timings.tls_handshaking_ns > 0);
            assert_true(response->timings.blocked_ns >= response->timings.tls_handshaking_ns);
        } else {
            assert_int_equal(client_counts(t.f.client)->never_delivered, 1);
        }
        tls_fixture_done(&t);
    }
}

static void test_keep_alive_and_resumption(void **state)
{
    struct tls_fixture t;

    tls_fixture_init(&t, "app.test", TLS1_3_VERSION, TRUST_IT);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fixture_get(&t.f, "https://app.test:#/", peer_port(t.peer))->status, 200);
    assert_int_equal(client_counts(t.f.client)->connections, 1);
    assert_int_equal(SSL_CTX_sess_hits(t.tls), 0);
    session_close_idle(t.f.session);
    assert_int_equal(fixture_get(&t.f, "https://app.test:#/", peer_port(t.peer))->status, 200);
    assert_int_equal(client_counts(t.f.client)->connections, 2);
    assert_int_equal(SSL_CTX_sess_hits(t.tls), 1);
    tls_fixture_done(&t);
}

static void test_big_bodies(void **state)
{
    struct tls_fixture t;
    size_t len = (size_t)4 << 20; /* more than the kernel buffers */

    tls_fixture_init(&t, "app.test", TLS1_3_VERSION, TRUST_IT);

    struct request *request = fixture_request(&t.f, "https://app.test:#/", peer_port(t.peer));
    char *body = arena_alloc(&t.f.arena, len);

    memset(body, 'x', len);
    request->method = SPAN("PUT");
    request->body = span_of(body, len);
    assert_int_equal(fixture_fetch(&t.f, request)->status, 200);
    assert_int_equal(strlen(strstr(peer_request(t.peer, 0), "\r\n\r\n")), len + 4);
    tls_fixture_done(&t);
}

/* https to a server that speaks plain HTTP. */
static void test_plain_peer(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(
        PEER_SCRIPTS(PEER_SCRIPT({PEER_SEND, "HTTP/1.1 400 Bad\r\n\r\n"}, {PEER_HOLD, NULL})),
        NULL);

    fixture_init(&f, NULL, NULL);

    struct response *response = fixture_get(&f, "https://127.0.0.1:#/", peer_port(peer));

    assert_int_equal(response->outcome, OUTCOME_TLS_HEADER);
    assert_int_equal(response->error_code, 1301);
    fixture_done(&f);
    peer_free(&peer);
}

static void test_bad_ca_file(void **state)
{
    struct fixture f;
    struct client_config config = client_config_defaults();
    struct error err = {0};

    fixture_init(&f, NULL, NULL);
    config.ca_file = "/nonexistent.pem";
    assert_null(client_new(f.loop, f.recorder, f.tags, &config, &err));
    assert_int_equal(err.code, EXIT_INVALID_CONFIG);
    assert_non_null(strstr(err.message, "/nonexistent.pem"));
    fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),    cmocka_unit_test(test_keep_alive_and_resumption),
        cmocka_unit_test(test_big_bodies),  cmocka_unit_test(test_plain_peer),
        cmocka_unit_test(test_bad_ca_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
