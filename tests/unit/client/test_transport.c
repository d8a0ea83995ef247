/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways to a server: through a proxy, with other trust, with a certificate of one's own. The peer is
 * the proxy and, once TLS begins, the server behind it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "fixture.h"
#include "http/proxy_rules.h"
#include "peer.h"
#include "support/test.h"

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define OK    "HTTP/1.1 200 Connection established\r\nVia: peer\r\n\r\n"

/* A folder with what TLS needs. */
struct files {
    char folder[32], ca[64], cert[64], key[64], both[64], other[64];
};

static void files_init(struct files *files)
{
    strcpy(files->folder, "/tmp/test_transport_XXXXXX");
    assert_non_null(mkdtemp(files->folder));
    snprintf(files->ca, sizeof(files->ca), "%s/ca", files->folder);
    snprintf(files->cert, sizeof(files->cert), "%s/cert", files->folder);
    snprintf(files->key, sizeof(files->key), "%s/key", files->folder);
    snprintf(files->both, sizeof(files->both), "%s/both", files->folder);
    snprintf(files->other, sizeof(files->other), "%s/other", files->folder);
    peer_identity_new("client.test", files->cert, files->key);
    peer_identity_new("client.test", files->both, files->both);
    peer_identity_new("other.test", files->other, files->other);
}

static void files_done(struct files *files)
{
    unlink(files->ca);
    unlink(files->cert);
    unlink(files->key);
    unlink(files->both);
    unlink(files->other);
    rmdir(files->folder);
}

static const struct transport *transport(struct fixture *f, const struct transport_config *config)
{
    struct error err = {0};
    const struct transport *made = client_transport(f->client, config, &err);
    if (!made)
        fail_msg("%s", err.message);
    return made;
}

static const struct transport *through(struct fixture *f, const char *user, struct peer *peer)
{
    const struct transport_config config = {
        .insecure_skip_tls_verify = true,
        .proxy = arena_printf(&f->arena, "http://%s127.0.0.1:%u", user, peer_port(peer)),
    };
    return transport(f, &config);
}

static struct response *fetch(struct fixture *f, const struct transport *transport, const char *url)
{
    struct request *request = fixture_request(f, "/", 1);
    request->url = span_cstr(url);
    request->transport = transport;
    return fixture_fetch(f, request);
}

static void test_plain_through_proxy(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    fixture_init(&f, NULL, NULL);
    assert_int_equal(fetch(&f, through(&f, "", peer), "http://App.test/x?y#z")->status, 200);
    assert_non_null(strstr(peer_request(peer, 0), "GET http://App.test/x?y HTTP/1.1\r\n"
                                                  "Host: App.test\r\n"));
    assert_null(strstr(peer_request(peer, 0), "Proxy-Authorization"));
    for (int i = 0; i < 2; i++)
        assert_int_equal(fetch(&f, through(&f, "us%65r:p@", peer), "http://app.test:81/")->status,
                         200);
    assert_non_null(strstr(peer_request(peer, 1), "GET http://app.test:81/ HTTP/1.1\r\n"
                                                  "Host: app.test:81\r\n"));
    assert_non_null(strstr(peer_request(peer, 2), "Proxy-Authorization: Basic dXNlcjpw\r\n"));
    assert_int_equal(client_counts(f.client)->connections, 2);
    fixture_done(&f);
    peer_free(&peer);
}

static void test_local_address(void **state)
{
    static const struct {
        const char *local;
        enum outcome outcome;
    } cases[] = {
        {"127.0.0.2", OUTCOME_OK},
        {"192.0.2.1", OUTCOME_DIAL_NO_PORT},
        {"::1", OUTCOME_DIAL_UNKNOWN_ERRNO},
    };
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    char url[64];
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", peer_port(peer));
    fixture_init(&f, NULL, NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct transport_config config = {.insecure_skip_tls_verify = true,
                                                .local_address = cases[i].local,
                                                .buffer_bytes = 4096};
        assert_int_equal(fetch(&f, transport(&f, &config), url)->outcome, cases[i].outcome);
    }
    fixture_done(&f);
    peer_free(&peer);
}

/* The rules of the environment are for requests that name no transport. */
static void test_proxy_rules(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    char proxy[64];
    struct client_config config = client_config_defaults();
    snprintf(proxy, sizeof(proxy), "127.0.0.1:%u", peer_port(peer));
    struct proxy_rules *rules = proxy_rules_new(proxy, NULL, "direct.invalid");
    config.proxies = rules;
    fixture_init(&f, &config, NULL);
    assert_int_equal(fetch(&f, NULL, "http://app.invalid/x")->status, 200);
    assert_non_null(strstr(peer_request(peer, 0), "GET http://app.invalid/x HTTP/1.1\r\n"));
    assert_int_equal(fetch(&f, NULL, "http://direct.invalid/")->status, 0);
    fixture_done(&f);
    proxy_rules_free(&rules);
    peer_free(&peer);
}

static void test_tunnel(void **state)
{
    static const struct peer_step script[] = {
        {PEER_READ, NULL},  {PEER_SEND, OK},    {PEER_SECURE, NULL},
        {PEER_READ, NULL},  {PEER_SEND, HELLO}, {PEER_READ, NULL},
        {PEER_SEND, HELLO}, {PEER_HOLD, NULL},  {PEER_END, NULL}};
    struct fixture f;
    struct files files;
    files_init(&files);
    SSL_CTX *tls = peer_tls_new("app.test", files.ca);
    struct peer *peer = peer_new(PEER_SCRIPTS(script), tls);
    fixture_init(&f, NULL, NULL);
    const struct transport_config config = {
        .ca_file = files.ca,
        .proxy = arena_printf(&f.arena, "http://u:p@localhost:%u/", peer_port(peer)),
    };
    for (int i = 0; i < 2; i++) {
        struct response *response = fetch(&f, transport(&f, &config), "https://App.test/x");
        assert_int_equal(response->status, 200);
        assert_string_equal(response->tls_version, "tls1.3");
        assert_int_equal(response->timings.tls_handshaking_ns > 0, i == 0);
    }
    assert_int_equal(client_counts(f.client)->connections, 1);
    assert_string_equal(peer_request(peer, 0), "CONNECT app.test:443 HTTP/1.1\r\n"
                                               "Host: app.test:443\r\n"
                                               "Proxy-Authorization: Basic dTpw\r\n\r\n");
    assert_non_null(strstr(peer_request(peer, 1), "GET /x HTTP/1.1\r\nHost: App.test\r\n"));
    assert_null(strstr(peer_request(peer, 1), "Proxy-"));
    fixture_done(&f);
    peer_free(&peer);
    SSL_CTX_free(tls);
    files_done(&files);
}

static void test_bad_proxies(void **state)
{
    static const struct {
        const char *name;
        struct peer_step script[4];
        const char *error;
        nsec_t timeout_ns;
        enum outcome outcome;
    } cases[] = {
        {"demands a password",
         {{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 407 Who\r\nContent-Length: 4\r\n\r\nbody"}},
         "proxy: it answered CONNECT with 407; give user and password in its URL",
         0,
         OUTCOME_PROXY},
        {"forbids",
         {{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.0 403 No\r\n\r\n"}},
         "proxy: it answered CONNECT with 403",
         0,
         OUTCOME_PROXY},
        {"closes",
         {{PEER_READ, NULL}},
         "proxy: it closed the connection instead of answering CONNECT",
         0,
         OUTCOME_PROXY},
        {"resets",
         {{PEER_READ, NULL}, {PEER_RESET, NULL}},
         "proxy: it closed the connection instead of answering CONNECT",
         0,
         OUTCOME_PROXY},
        {"is none",
         {{PEER_SEND, "220 mail.test ESMTP\r\n\r\n"}, {PEER_HOLD, NULL}},
         "proxy: what answers there is no HTTP proxy",
         0,
         OUTCOME_PROXY},
        {"talks for the server",
         {{PEER_READ, NULL}, {PEER_SEND, OK "hello"}, {PEER_HOLD, NULL}},
         "proxy: what answers there is no HTTP proxy",
         0,
         OUTCOME_PROXY},
        {"has a head without end",
         {{PEER_READ, NULL}, {PEER_REPEAT, "HTTP/1.1 200 OK\r\nA: b\r\n"}},
         "proxy: what answers there is no HTTP proxy",
         0,
         OUTCOME_PROXY},
        {"never answers",
         {{PEER_READ, NULL}, {PEER_HOLD, NULL}},
         "dial: i/o timeout",
         50 * NSEC_PER_MSEC,
         OUTCOME_DIAL_TIMEOUT},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        struct peer *peer = peer_new(PEER_SCRIPTS(cases[i].script), NULL);
        print_message("    %s\n", cases[i].name);
        fixture_init(&f, NULL, NULL);
        struct request *request = fixture_request(&f, "/", 1);
        request->url = SPAN("https://app.test/");
        request->transport = through(&f, "", peer);
        request->connect_timeout_ns = cases[i].timeout_ns;
        struct response *response = fixture_fetch(&f, request);
        assert_int_equal(response->outcome, cases[i].outcome);
        assert_string_equal(response->error, cases[i].error);
        assert_int_equal(client_counts(f.client)->never_delivered, 1);
        fixture_done(&f);
        peer_free(&peer);
    }
}

static void test_no_proxy_there(void **state)
{
    struct fixture f;
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
    fixture_init(&f, NULL, NULL);
    const struct transport *transport = through(&f, "", peer);
    peer_free(&peer);
    assert_int_equal(fetch(&f, transport, "https://app.test/")->outcome, OUTCOME_DIAL_REFUSED);
    assert_int_equal(fetch(&f, transport, "http://app.test/")->outcome, OUTCOME_DIAL_REFUSED);
    fixture_done(&f);
}

/* Whoever trusts nobody, somebody or everybody does so on connections of its own. */
static void test_trust(void **state)
{
    struct fixture f;
    struct files files;
    files_init(&files);
    SSL_CTX *tls = peer_tls_new("127.0.0.1", files.ca);
    struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), tls);
    const struct transport_config configs[] = {
        {.insecure_skip_tls_verify = true},
        {.ca_file = files.ca},
        {.ca_file = files.other},
        {.proxy = NULL},
    };

    static const enum outcome outcomes[] = {OUTCOME_OK, OUTCOME_OK, OUTCOME_TLS_UNKNOWN_AUTHORITY,
                                            OUTCOME_TLS_UNKNOWN_AUTHORITY};

    fixture_init(&f, NULL, NULL);
    const char *url = arena_printf(&f.arena, "https://127.0.0.1:%u/", peer_port(peer));
    for (size_t i = 0; i < COUNT_OF(configs); i++)
        assert_int_equal(fetch(&f, transport(&f, &configs[i]), url)->outcome, outcomes[i]);
    assert_int_equal(fetch(&f, NULL, url)->outcome, OUTCOME_TLS_UNKNOWN_AUTHORITY);
    assert_int_equal(fetch(&f, transport(&f, &configs[0]), url)->outcome, OUTCOME_OK);
    assert_int_equal(client_counts(f.client)->connections, 2);
    fixture_done(&f);
    peer_free(&peer);
    SSL_CTX_free(tls);
    files_done(&files);
}

static void test_client_certificate(void **state)
{
    struct files files;
    files_init(&files);

    const struct {
        const char *cert, *key;
        enum outcome outcome;
    } cases[] = {
        {files.cert, files.key, OUTCOME_OK},
        {files.both, NULL, OUTCOME_TLS_CLIENT_CERTIFICATE},
        {NULL, NULL, OUTCOME_TLS_REFUSED},
    };

    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            struct fixture f;
            SSL_CTX *tls = peer_tls_new("127.0.0.1", files.ca);
            peer_tls_demand(tls, files.cert);
            SSL_CTX_set_max_proto_version(tls, version);
            struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), tls);
            const struct transport_config config = {
                .ca_file = files.ca,
                .cert_file = cases[i].cert,
                .key_file = cases[i].key,
            };
            fixture_init(&f, NULL, NULL);
            const char *url = arena_printf(&f.arena, "https://127.0.0.1:%u/", peer_port(peer));
            enum outcome outcome = fetch(&f, transport(&f, &config), url)->outcome;
            /* In TLS 1.3 a client has sent its request before it hears that it may not. */
            if (version == TLS1_3_VERSION && cases[i].outcome != OUTCOME_OK)
                assert_int_not_equal(outcome, OUTCOME_OK);
            else
                assert_int_equal(outcome, cases[i].outcome);
            fixture_done(&f);
            peer_free(&peer);
            SSL_CTX_free(tls);
        }
    }
    files_done(&files);
}

static void test_interned(void **state)
{
    struct fixture f;
    struct files files;
    files_init(&files);
    const struct transport_config configs[] = {
        {.insecure_skip_tls_verify = true},
        {.ca_file = files.cert},
        {.cert_file = files.both},
        {.cert_file = files.cert, .key_file = files.key},
        {.proxy = "http://h:1"},
        {.proxy = "http://h:2"},
        {.proxy = "http://h:1", .ca_file = files.cert},
    };
    fixture_init(&f, NULL, NULL);
    for (size_t i = 0; i < COUNT_OF(configs); i++) {
        for (size_t k = 0; k < COUNT_OF(configs); k++) {
            struct transport_config copy = configs[k];
            copy.proxy = copy.proxy ? arena_dup(&f.arena, span_cstr(copy.proxy)) : NULL;
            assert_int_equal(transport(&f, &configs[i]) == transport(&f, &copy), i == k);
        }
    }
    fixture_done(&f);
    files_done(&files);
}

static void test_unusable(void **state)
{
    struct fixture f;
    struct files files;
    files_init(&files);

    const struct {
        struct transport_config config;
        const char *named;
    } cases[] = {
        {{.ca_file = "/nonexistent.pem"}, "/nonexistent.pem"},
        {{.ca_file = files.key}, files.key},
        {{.cert_file = "/nonexistent.pem"}, "/nonexistent.pem"},
        {{.cert_file = files.key}, files.key},
        {{.cert_file = files.cert}, files.cert},
        {{.cert_file = files.cert, .key_file = files.other}, files.other},
        {{.local_address = "localhost"}, "localhost"},
        {{.ciphers = "NO-SUCH-CIPHER"}, "NO-SUCH-CIPHER"},
        {{.ciphers = "TLS_NO_SUCH"}, "TLS_NO_SUCH"},
        {{.tls_min_version = TLS1_3_VERSION, .tls_max_version = TLS1_2_VERSION}, "tls1.3"},
        {{.proxy = "127.0.0.1:8080"}, "proxy"},
        {{.proxy = "https://127.0.0.1:8080"}, "write http://"},
        {{.proxy = "socks5://127.0.0.1:8080"}, "proxy"},
    };

    fixture_init(&f, NULL, NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {0};
        assert_null(client_transport(f.client, &cases[i].config, &err));
        assert_int_equal(err.code, EXIT_INVALID_CONFIG);
        print_message("    %s\n", err.message);
        assert_non_null(strstr(err.message, cases[i].named));
    }
    fixture_done(&f);
    files_done(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_through_proxy),
        cmocka_unit_test(test_local_address),
        cmocka_unit_test(test_proxy_rules),
        cmocka_unit_test(test_tunnel),
        cmocka_unit_test(test_bad_proxies),
        cmocka_unit_test(test_no_proxy_there),
        cmocka_unit_test(test_trust),
        cmocka_unit_test(test_client_certificate),
        cmocka_unit_test(test_interned),
        cmocka_unit_test(test_unusable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
