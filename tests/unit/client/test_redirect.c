/* SPDX-License-Identifier: Apache-2.0
 *
 * Redirects by Go's rules, cookies along the way, and one record a hop.
 */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "fixture.h"
#include "http/cookie_jar.h"
#include "peer.h"
#include "support/test.h"

#define DONE "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"

static void test_methods(void **state)
{
    static const struct {
        const char *status, *method, *then;
        bool keeps_body;
    } cases[] = {
        {"301", "POST", "GET /to", false},   {"302", "PUT", "GET /to", false},
        {"303", "DELETE", "GET /to", false}, {"302", "HEAD", "HEAD /to", false},
        {"307", "POST", "POST /to", true},   {"308", "PATCH", "PATCH /to", true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        char answer[128];

        snprintf(answer, sizeof(answer),
                 "HTTP/1.1 %s Moved\r\nLocation: to\r\nContent-Length: 0\r\n\r\n", cases[i].status);

        struct peer *peer = peer_new(
            PEER_SCRIPTS(PEER_SCRIPT({PEER_READ, NULL}, {PEER_SEND, answer}, {PEER_READ, NULL},
                                     {PEER_SEND, DONE}, {PEER_HOLD, NULL})),
            NULL);

        fixture_init(&f, NULL, NULL);

        struct request *request = fixture_request(&f, "/from", peer_port(peer));

        request->method = span_cstr(cases[i].method);
        request->body = strcmp(cases[i].method, "HEAD") ? SPAN("body!") : SPAN_EMPTY;

        struct response *response = fixture_fetch(&f, request);

        assert_int_equal(response->status, 200);
        assert_true(span_ends_with(response->url, SPAN("/to")));
        assert_int_equal(client_counts(f.client)->reported, 2);
        assert_int_equal(client_counts(f.client)->connections, 1);
        fixture_done(&f);
        assert_ptr_equal(strstr(peer_request(peer, 1), cases[i].then), peer_request(peer, 1));
        assert_int_equal(strstr(peer_request(peer, 1), "body!") != NULL, cases[i].keeps_body);
        assert_non_null(strstr(peer_request(peer, 1), "Referer: http://127.0.0.1:"));
        peer_free(&peer);
    }
}

static void test_limit(void **state)
{
    struct fixture f;
    struct peer *peer =
        peer_new(PEER_SCRIPTS(PEER_ANSWERS(
                     "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 2\r\n\r\nhi")),
                 NULL);

    fixture_init(&f, NULL, NULL);

    struct request *request = fixture_request(&f, "/", peer_port(peer));

    request->max_redirects = 3;

    struct response *response = fixture_fetch(&f, request);

    assert_int_equal(response->status, 302);
    assert_true(span_equal(response->body, SPAN("hi")));
    assert_int_equal(response->error_code, 0);
    assert_int_equal(client_counts(f.client)->reported, 4);
    fixture_done(&f);
    peer_free(&peer);
}

static void test_bad_location(void **state)
{
    struct fixture f;
    struct peer *peer =
        peer_new(PEER_SCRIPTS(PEER_ANSWERS(
                     "HTTP/1.1 302 Found\r\nLocation: gopher://x/\r\nContent-Length: 0\r\n\r\n")),
                 NULL);

    fixture_init(&f, NULL, NULL);

    struct response *response = fixture_get(&f, "/", peer_port(peer));

    assert_int_equal(response->outcome, OUTCOME_INVALID_URL);
    assert_int_equal(response->status, 0);
    assert_int_equal(client_counts(f.client)->reported, 1);
    fixture_done(&f);
    peer_free(&peer);
}

static void test_cookies(void **state)
{
    struct fixture f;
    struct peer *peer =
        peer_new(PEER_SCRIPTS(PEER_SCRIPT(
                     {PEER_READ, NULL},
                     {PEER_SEND, "HTTP/1.1 302 Found\r\nSet-Cookie: s=1; Path=/\r\n"
                                 "Set-Cookie: other=2; Path=/elsewhere\r\n"
                                 "Location: /next\r\nContent-Length: 0\r\n\r\n"},
                     {PEER_READ, NULL}, {PEER_SEND, DONE}, {PEER_READ, NULL}, {PEER_SEND, DONE},
                     {PEER_READ, NULL}, {PEER_SEND, DONE}, {PEER_HOLD, NULL})),
                 NULL);
    const struct request_cookie replaced = {SPAN("s"), SPAN("mine"), true};

    fixture_init(&f, NULL, NULL);

    struct request *request = fixture_request(&f, "/", peer_port(peer));

    headers_add(&request->headers, &f.arena, SPAN("Cookie"), SPAN("given=0"));
    assert_int_equal(fixture_fetch(&f, request)->status, 200);

    request = fixture_request(&f, "/", peer_port(peer));
    request->cookies = &replaced;
    request->cookie_count = 1;
    fixture_fetch(&f, request);
    session_clear_cookies(f.session);
    fixture_get(&f, "/", peer_port(peer));
    fixture_done(&f);
    assert_non_null(strstr(peer_request(peer, 0), "Cookie: given=0\r\n"));
    assert_non_null(strstr(peer_request(peer, 1), "Cookie: s=1\r\n"));
    assert_non_null(strstr(peer_request(peer, 2), "Cookie: s=mine\r\n"));
    assert_null(strstr(peer_request(peer, 3), "Cookie:"));
    peer_free(&peer);
}

/* Headers that name the user stay behind when the host changes, but not for a subdomain. */
static void test_secrets(void **state)
{
    static const struct {
        const char *to;
        bool keeps;
    } cases[] = {
        {"app.test", true},
        {"sub.app.test", true},
        {"evil-app.test", false},
        {"other.test", false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        char answer[256], target[32];
        struct client_config config = client_config_defaults();
        struct map hosts = MAP_INIT;
        struct peer *second = peer_new(PEER_SCRIPTS(PEER_ANSWERS(DONE)), NULL);

        snprintf(answer, sizeof(answer),
                 "HTTP/1.1 307 Go\r\nLocation: http://%s:%u/\r\nContent-Length: 0\r\n\r\n",
                 cases[i].to, peer_port(second));

        struct peer *first = peer_new(PEER_SCRIPTS(PEER_ANSWERS(answer)), NULL);

        snprintf(target, sizeof(target), "127.0.0.1:%u", peer_port(second));
        map_put(&hosts, SPAN("app.test"))->value = (char *)"127.0.0.1";
        map_put(&hosts, SPAN("*.test"))->value = target;
        config.hosts = &hosts;
        fixture_init(&f, &config, NULL);

        struct request *request = fixture_request(&f, "http://app.test:#/", peer_port(first));

        headers_add(&request->headers, &f.arena, SPAN("Authorization"), SPAN("Bearer x"));
        headers_add(&request->headers, &f.arena, SPAN("X-Other"), SPAN("y"));
        assert_int_equal(fixture_fetch(&f, request)->status, 200);
        fixture_done(&f);
        assert_int_equal(strstr(peer_request(second, 0), "Bearer x") != NULL, cases[i].keeps);
        assert_non_null(strstr(peer_request(second, 0), "X-Other: y"));
        map_done(&hosts);
        peer_free(&first);
        peer_free(&second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_methods),      cmocka_unit_test(test_limit),
        cmocka_unit_test(test_bad_location), cmocka_unit_test(test_cookies),
        cmocka_unit_test(test_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
