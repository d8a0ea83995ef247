/* SPDX-License-Identifier: Apache-2.0
 *
 * A name with two addresses, at the first of which nobody listens.
 */
#include "fixture.h"
#include "peer.h"
#include "support/test.h"
#include "unit/net/name_server.h"

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static void test_next_address(void **state)
{
    static const struct {
        const char *name;
        bool tries_all, is_closed;
        const char *url;
        enum outcome outcome;
    } cases[] = {
        {"second answers", true, false, "http://local.test:#/", OUTCOME_OK},
        {"nobody answers", true, true, "http://local.test:#/", OUTCOME_DIAL_REFUSED},
        {"first alone is tried", false, false, "http://local.test:#/", OUTCOME_DIAL_REFUSED},
        {"literals have no second", true, false, "http://127.0.0.2:#/", OUTCOME_DIAL_REFUSED},
    };
    struct name_server *server = name_server_new();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct client_config config = client_config_defaults();
        struct fixture f;
        struct peer *peer = peer_new(PEER_SCRIPTS(PEER_ANSWERS(HELLO)), NULL);
        uint16_t port = peer_port(peer);
        print_message("    %s\n", cases[i].name);
        if (cases[i].is_closed)
            peer_free(&peer);
        config.dns_servers = name_server_address(server);
        config.dns_select = DNS_FIRST;
        config.try_all_addresses = cases[i].tries_all;
        fixture_init(&f, &config, NULL);
        /* The second time the addresses are known. */
        for (int k = 0; k < 2; k++) {
            session_close_idle(f.session);
            struct response *response = fixture_get(&f, cases[i].url, port);
            assert_int_equal(response->outcome, cases[i].outcome);
            if (cases[i].outcome == OUTCOME_OK)
                assert_string_equal(response->remote_ip, "127.0.0.1");
        }
        fixture_done(&f);
        peer_free(&peer);
    }
    name_server_free(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
