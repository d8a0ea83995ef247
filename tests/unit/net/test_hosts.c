/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "net/hosts.h"
#include "support/test.h"

static void put(struct map *map, const char *name, const char *target)
{
    map_put(map, span_cstr(name))->value = (char *)target;
}

static void test_find(void **state)
{
    static const struct {
        const char *name;
        uint16_t port;
        const char *ip; /* NULL: not found */
        uint16_t to;
    } cases[] = {
        {"app.test", 80, "10.0.0.1", 80},
        {"app.test", 443, "10.0.0.2", 8443},
        {"a.wild.test", 80, "10.0.0.3", 80},
        {"b.a.wild.test", 80, "10.0.0.3", 80},
        {"deep.wild.test", 80, "10.0.0.4", 80},
        {"x.deep.wild.test", 80, "10.0.0.5", 80},
        {"wild.test", 80, NULL, 0},
        {"upper.test", 80, "10.0.0.6", 80},
        {"six.test", 80, "::1", 9},
        {"socket.test", 80, "/run/app.sock", 0},
        {"other.test", 80, NULL, 0},
        {"test.", 80, NULL, 0},
        {"", 80, NULL, 0},
    };
    struct map texts = MAP_INIT;
    struct error err = {0};

    put(&texts, "app.test", "10.0.0.1");
    put(&texts, "app.test:443", "10.0.0.2:8443");
    put(&texts, "*.wild.test", "10.0.0.3");
    put(&texts, "deep.wild.test", "10.0.0.4");
    put(&texts, "*.deep.wild.test", "10.0.0.5");
    put(&texts, "UPPER.test", "10.0.0.6");
    put(&texts, "six.test", "[::1]:9");
    put(&texts, "socket.test", "unix:/run/app.sock");

    struct hosts *hosts = hosts_new(&texts, &err);

    assert_non_null(hosts);
    map_done(&texts);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct address address;
        char text[ADDRESS_TEXT_BYTES];
        bool found = hosts_find(hosts, span_cstr(cases[i].name), cases[i].port, &address);

        assert_int_equal(found, cases[i].ip != NULL);
        if (!found)
            continue;
        address_text(&address, text);
        assert_string_equal(text, cases[i].ip);
        assert_int_equal(address_port(&address), cases[i].to);
    }
    hosts_free(&hosts);
}

static void test_refused(void **state)
{
    static const char *const targets[] = {"nonsense", "", "10.0.0.1:", "10.0.0.1:99999"};

    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        struct map texts = MAP_INIT;
        struct error err = {0};

        put(&texts, "app.test", targets[i]);
        assert_null(hosts_new(&texts, &err));
        assert_int_equal(err.code, EXIT_INVALID_CONFIG);
        assert_non_null(strstr(err.message, "app.test"));
        map_done(&texts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
