/* SPDX-License-Identifier: Apache-2.0
 *
 * Literals, `hosts`, /etc/hosts, and names that a name server on loopback knows.
 */
#include "base/error.h"
#include "base/map.h"
#include "loop/loop.h"
#include "name_server.h"
#include "net/resolver.h"
#include "support/test.h"
#include "support/test_poller.h"

struct asked {
    struct resolver_query query;
    int calls;
    enum resolver_problem problem;
    struct address address;
};

static void on_resolved(struct resolver_query *query, enum resolver_problem problem,
                        const struct address *address, const char *text)
{
    struct asked *asked = CONTAINER_OF(query, struct asked, query);

    asked->calls++;
    asked->problem = problem;
    asked->address = *address;
}

static const struct asked fresh = {.query.fn = on_resolved};

static struct resolver *make(struct loop *loop, const struct resolver_config *config)
{
    struct error err = {0};
    struct resolver *resolver = resolver_new(loop, config, &err);

    assert_non_null(resolver);
    return resolver;
}

static void turn_until(struct loop *loop, const int *calls, int wanted)
{
    nsec_t until_ns = clock_now(clock_monotonic()) + 10 * NSEC_PER_SEC;

    while (*calls < wanted) {
        loop_turn(loop, 100 * NSEC_PER_MSEC);
        assert_true(clock_now(clock_monotonic()) < until_ns);
    }
}

static void test_at_once(void **state)
{
    struct error err = {0};
    struct loop *loop = test_loop_new(clock_monotonic());
    struct map texts = MAP_INIT;
    struct resolver_config config = {.hosts = &texts};
    struct asked asked = {.query.fn = on_resolved};
    struct address address;

    map_put(&texts, SPAN("app.test:80"))->value = (char *)"127.0.0.2:8080";

    struct resolver *resolver = resolver_new(loop, &config, &err);

    assert_int_equal(resolver_start(resolver, &asked.query, SPAN("::1"), 80, &address), STEP_DONE);
    assert_int_equal(address_port(&address), 80);
    assert_int_equal(resolver_start(resolver, &asked.query, SPAN("app.test"), 80, &address),
                     STEP_DONE);
    assert_int_equal(address_port(&address), 8080);
    assert_int_equal(resolver_start(resolver, &asked.query, SPAN(""), 80, &address), STEP_FAILED);
    assert_int_equal(resolver_start(resolver, &asked.query, SPAN("no.invalid"), 80, &address),
                     STEP_FAILED);
    resolver_free(&resolver);
    map_done(&texts);
    loop_free(&loop);
}

/* One lookup serves all who wait; then the cache does, for as long as the time-to-live says. */
static void test_shared_and_cached(void **state)
{
    static const struct {
        const char *name;
        nsec_t ttl_ns;
        unsigned questions; /* A and AAAA are two */
    } cases[] = {
        {"localhost", 0, 0},          {"localhost", NSEC_PER_SEC * 9, 0},
        {"both.test", 0, 4},          {"both.test", NSEC_PER_SEC * 9, 2},
        {"both.test", NSEC_NEVER, 2},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct name_server *server = name_server_new();
        struct loop *loop = test_loop_new(clock_monotonic());
        const struct resolver_config config = {.ttl_ns = cases[i].ttl_ns,
                                               .servers = name_server_address(server)};
        struct resolver *resolver = make(loop, &config);
        struct asked first = fresh, second = fresh, third = fresh;
        struct span name = span_cstr(cases[i].name);
        struct address address;

        assert_int_equal(resolver_start(resolver, &first.query, name, 80, &address), STEP_MORE);
        assert_int_equal(first.calls, 0);

        /* What /etc/hosts says is known by now. */
        bool waits = resolver_start(resolver, &second.query, name, 443, &address) == STEP_MORE;

        turn_until(loop, &first.calls, 1);
        assert_int_equal(second.calls, waits);
        assert_int_equal(first.problem, RESOLVER_OK);
        assert_int_equal(address_port(&first.address), 80);
        assert_int_equal(address_port(waits ? &second.address : &address), 443);

        enum step step = resolver_start(resolver, &third.query, name, 8443, &address);

        assert_int_equal(step, cases[i].ttl_ns ? STEP_DONE : STEP_MORE);
        if (step == STEP_MORE)
            turn_until(loop, &third.calls, 1);
        else
            assert_int_equal(address_port(&address), 8443);
        assert_int_equal(name_server_count(server), cases[i].questions);
        resolver_free(&resolver);
        loop_free(&loop);
        name_server_free(&server);
    }
}

static void test_policy_and_select(void **state)
{
    static const struct {
        enum dns_policy policy;
        enum dns_select select;
        const char *answers[3]; /* in turn */
    } cases[] = {
        {DNS_PREFER_IPV4, DNS_FIRST, {"10.0.0.1", "10.0.0.1", "10.0.0.1"}},
        {DNS_PREFER_IPV4, DNS_ROUND_ROBIN, {"10.0.0.1", "10.0.0.2", "10.0.0.1"}},
        {DNS_PREFER_IPV6, DNS_FIRST, {"fd00::1", "fd00::1", "fd00::1"}},
        {DNS_ONLY_IPV4, DNS_ROUND_ROBIN, {"10.0.0.1", "10.0.0.2", "10.0.0.1"}},
        {DNS_ONLY_IPV6, DNS_RANDOM, {"fd00::1", "fd00::1", "fd00::1"}},
    };
    struct name_server *server = name_server_new();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct loop *loop = test_loop_new(clock_monotonic());
        const struct resolver_config config = {.ttl_ns = NSEC_NEVER,
                                               .policy = cases[i].policy,
                                               .select = cases[i].select,
                                               .servers = name_server_address(server)};
        struct resolver *resolver = make(loop, &config);

        for (size_t k = 0; k < COUNT_OF(cases[i].answers); k++) {
            struct asked asked = fresh;
            char text[ADDRESS_TEXT_BYTES];

            if (resolver_start(resolver, &asked.query, SPAN("both.test"), 80, &asked.address) ==
                STEP_MORE)
                turn_until(loop, &asked.calls, 1);
            address_text(&asked.address, text);
            assert_string_equal(text, cases[i].answers[k]);
        }
        resolver_free(&resolver);
        loop_free(&loop);
    }
    name_server_free(&server);
}

/* One after the other, the preferred family first. */
static void test_next(void **state)
{
    static const struct {
        enum dns_policy policy;
        const char *answers[4];
    } cases[] = {
        {DNS_PREFER_IPV4, {"10.0.0.1", "10.0.0.2", "fd00::1"}},
        {DNS_PREFER_IPV6, {"fd00::1", "10.0.0.1", "10.0.0.2"}},
        {DNS_ONLY_IPV4, {"10.0.0.1", "10.0.0.2"}},
    };
    struct name_server *server = name_server_new();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct loop *loop = test_loop_new(clock_monotonic());
        const struct resolver_config config = {.ttl_ns = NSEC_NEVER,
                                               .policy = cases[i].policy,
                                               .select = DNS_FIRST,
                                               .keep_all = true,
                                               .servers = name_server_address(server)};
        struct resolver *resolver = make(loop, &config);
        struct asked asked = fresh;
        assert_int_equal(
            resolver_start(resolver, &asked.query, SPAN("both.test"), 80, &asked.address),
            STEP_MORE);
        turn_until(loop, &asked.calls, 1);
        for (size_t k = 0; cases[i].answers[k]; k++) {
            char text[ADDRESS_TEXT_BYTES];
            struct address failed = asked.address;
            address_text(&failed, text);
            assert_string_equal(text, cases[i].answers[k]);
            assert_int_equal(address_port(&failed), 80);
            assert_int_equal(resolver_next(resolver, SPAN("both.test"), &failed, &asked.address),
                             cases[i].answers[k + 1] != NULL);
            assert_false(resolver_next(resolver, SPAN("other.test"), &failed, &failed));
        }
        resolver_free(&resolver);
        loop_free(&loop);
    }
    name_server_free(&server);
}

/* Every address is as likely, both families together. */
static void test_any_and_random(void **state)
{
    struct name_server *server = name_server_new();
    struct loop *loop = test_loop_new(clock_monotonic());
    const struct resolver_config config = {
        .ttl_ns = NSEC_NEVER, .policy = DNS_ANY, .servers = name_server_address(server)};
    struct resolver *resolver = make(loop, &config);
    int ipv6 = 0;

    for (int i = 0; i < 1000; i++) {
        struct asked asked = fresh;

        if (resolver_start(resolver, &asked.query, SPAN("both.test"), 80, &asked.address) ==
            STEP_MORE)
            turn_until(loop, &asked.calls, 1);
        ipv6 += address_is_ipv6(&asked.address);
    }
    assert_in_range(ipv6, 200, 480);
    resolver_free(&resolver);
    loop_free(&loop);
    name_server_free(&server);
}

static void test_no_such_host(void **state)
{
    struct name_server *server = name_server_new();
    struct loop *loop = test_loop_new(clock_monotonic());
    const struct resolver_config config = {.ttl_ns = NSEC_NEVER,
                                           .servers = name_server_address(server)};
    struct resolver *resolver = make(loop, &config);
    struct asked asked = fresh, cancelled = fresh;
    struct span name = SPAN("absent.test");
    struct address address;

    assert_int_equal(resolver_start(resolver, &asked.query, name, 80, &address), STEP_MORE);
    assert_int_equal(resolver_start(resolver, &cancelled.query, name, 80, &address), STEP_MORE);
    resolver_cancel(&cancelled.query);
    resolver_cancel(&cancelled.query);
    turn_until(loop, &asked.calls, 1);
    assert_int_equal(asked.problem, RESOLVER_NO_SUCH_HOST);
    assert_int_equal(cancelled.calls, 0);

    /* Failures are not kept. */
    assert_int_equal(resolver_start(resolver, &asked.query, name, 80, &address), STEP_MORE);
    turn_until(loop, &asked.calls, 2);

    /* Under way when the resolver goes. */
    name = SPAN("silent.test");
    assert_int_equal(resolver_start(resolver, &asked.query, name, 80, &address), STEP_MORE);
    loop_turn(loop, NSEC_PER_MSEC);
    resolver_free(&resolver);
    assert_int_equal(asked.calls, 2);
    loop_free(&loop);
    name_server_free(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_once),           cmocka_unit_test(test_shared_and_cached),
        cmocka_unit_test(test_policy_and_select), cmocka_unit_test(test_next),
        cmocka_unit_test(test_any_and_random),    cmocka_unit_test(test_no_such_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
