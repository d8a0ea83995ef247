/* SPDX-License-Identifier: Apache-2.0
 *
 * Names that need no network: literals, `hosts`, /etc/hosts (localhost), and the reserved
 * ".invalid", which no server knows and which may also find no server at all.
 */
#include "base/error.h"
#include "base/map.h"
#include "loop/loop.h"
#include "net/resolver.h"
#include "support/test.h"

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

static struct resolver *make(struct loop *loop, nsec_t ttl_ns)
{
    const struct resolver_config config = {.ttl_ns = ttl_ns};
    struct error err = {0};
    struct resolver *resolver = resolver_new(loop, &config, &err);

    assert_non_null(resolver);
    return resolver;
}

static void turn_until(struct loop *loop, const int *calls, int wanted)
{
    nsec_t until_ns = clock_now(clock_monotonic()) + 60 * NSEC_PER_SEC;

    while (*calls < wanted) {
        loop_turn(loop, 100 * NSEC_PER_MSEC);
        assert_true(clock_now(clock_monotonic()) < until_ns);
    }
}

static void test_at_once(void **state)
{
    struct error err = {0};
    struct loop *loop = loop_new(clock_monotonic(), &err);
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
    resolver_free(&resolver);
    map_done(&texts);
    loop_free(&loop);
}

/* One lookup serves all who wait; then the cache does, for as long as the time-to-live says. */
static void test_shared_and_cached(void **state)
{
    static const nsec_t ttls[] = {0, NSEC_PER_SEC, NSEC_NEVER};
    struct error err = {0};

    for (size_t i = 0; i < COUNT_OF(ttls); i++) {
        struct loop *loop = loop_new(clock_monotonic(), &err);
        struct resolver *resolver = make(loop, ttls[i]);
        struct asked first = {.query.fn = on_resolved}, second = first, third = first;
        struct address address;

        assert_int_equal(resolver_start(resolver, &first.query, SPAN("localhost"), 80, &address),
                         STEP_MORE);
        assert_int_equal(first.calls, 0);
        turn_until(loop, &first.calls, 1);
        assert_int_equal(first.problem, RESOLVER_OK);
        assert_int_equal(address_port(&first.address), 80);
        assert_int_equal(resolver_start(resolver, &second.query, SPAN("localhost"), 443, &address),
                         ttls[i] ? STEP_DONE : STEP_MORE);
        if (ttls[i])
            assert_int_equal(address_port(&address), 443);
        else
            assert_int_equal(
                resolver_start(resolver, &third.query, SPAN("localhost"), 8443, &address),
                STEP_MORE);
        loop_turn(loop, 0);
        assert_int_equal(third.calls, ttls[i] ? 0 : 1);
        resolver_free(&resolver);
        loop_free(&loop);
    }
}

static void test_no_such_host(void **state)
{
    struct error err = {0};
    struct loop *loop = loop_new(clock_monotonic(), &err);
    struct resolver *resolver = make(loop, NSEC_PER_SEC);
    struct asked asked = {.query.fn = on_resolved}, cancelled = asked;
    struct address address;
    struct span name = SPAN("nosuchhost.invalid");

    assert_int_equal(resolver_start(resolver, &asked.query, name, 80, &address), STEP_MORE);
    assert_int_equal(resolver_start(resolver, &cancelled.query, name, 80, &address), STEP_MORE);
    resolver_cancel(&cancelled.query);
    resolver_cancel(&cancelled.query);
    turn_until(loop, &asked.calls, 1);
    assert_true(asked.problem != RESOLVER_OK);
    assert_int_equal(cancelled.calls, 0);

    /* Under way when the resolver goes. */
    assert_int_equal(resolver_start(resolver, &asked.query, name, 80, &address), STEP_MORE);
    resolver_free(&resolver);
    assert_int_equal(asked.calls, 1);
    loop_free(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_shared_and_cached),
        cmocka_unit_test(test_no_such_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
