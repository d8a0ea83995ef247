/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "keneyapp/http/rate_limits.h"
#include "support/test.h"

enum {
    THREADS = 8,
    PER_MINUTE = 600,
};

static struct virtual_clock virtual_time;

static struct rate_limits *new_limits(enum rate_limits_mode mode)
{
    struct rate_limits_config config = {.mode = mode, .clock = &virtual_time.clock};
    virtual_clock_init(&virtual_time, NSEC_PER_SEC);
    return rate_limits_new(&config);
}

/* How many of `tries` requests at this moment pass. */
static unsigned passed(struct rate_limits *limits, const char *peer, size_t route, unsigned tries)
{
    unsigned count = 0;
    for (unsigned i = 0; i < tries; i++)
        count += rate_limits_check(limits, peer, route, 60) == 0;
    return count;
}

static void test_bucket(void **state)
{
    struct rate_limits *limits = new_limits(RATE_LIMITS_ON);
    assert_int_equal(passed(limits, "192.0.2.1", 1, 100), 60);
    assert_int_equal(rate_limits_check(limits, "192.0.2.1", 1, 60), 1);
    virtual_clock_advance(&virtual_time, NSEC_PER_SEC - 1);
    assert_int_equal(passed(limits, "192.0.2.1", 1, 5), 0);
    virtual_clock_advance(&virtual_time, 1);
    assert_int_equal(passed(limits, "192.0.2.1", 1, 5), 1);
    virtual_clock_advance(&virtual_time, 10 * NSEC_PER_SEC);
    assert_int_equal(passed(limits, "192.0.2.1", 1, 50), 10);
    virtual_clock_advance(&virtual_time, 3600 * NSEC_PER_SEC);
    assert_int_equal(passed(limits, "192.0.2.1", 1, 100), 60);
    rate_limits_free(&limits);
}

static void test_retry_after(void **state)
{
    struct rate_limits *limits = new_limits(RATE_LIMITS_ON);
    for (int i = 0; i < 5; i++)
        assert_int_equal(rate_limits_check(limits, "192.0.2.1", 1, 5), 0);
    assert_int_equal(rate_limits_check(limits, "192.0.2.1", 1, 5), 12);
    virtual_clock_advance(&virtual_time, NSEC_PER_SEC / 2);
    assert_int_equal(rate_limits_check(limits, "192.0.2.1", 1, 5), 12);
    virtual_clock_advance(&virtual_time, NSEC_PER_SEC);
    assert_int_equal(rate_limits_check(limits, "192.0.2.1", 1, 5), 11);
    rate_limits_free(&limits);
}

static const struct pair_case {
    const char *one, *other;
    bool same; /* one client */
} PAIRS[] = {
    {"192.0.2.1", "192.0.2.1", true},
    {"192.0.2.1", "192.0.2.2", false},
    {"192.0.2.1", "::ffff:192.0.2.1", true},
    {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
    {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
    {"::ffff:192.0.2.1", "::ffff:192.0.2.2", false},
    {"", "nonsense", true},
};

static void test_who_is_one_client(void **state)
{
    for (size_t i = 0; i < COUNT_OF(PAIRS); i++) {
        struct rate_limits *limits = new_limits(RATE_LIMITS_ON);
        print_message("%s and %s\n", PAIRS[i].one, PAIRS[i].other);
        assert_int_equal(passed(limits, PAIRS[i].one, 1, 60), 60);
        assert_int_equal(passed(limits, PAIRS[i].other, 1, 60), PAIRS[i].same ? 0 : 60);
        assert_int_equal(passed(limits, PAIRS[i].one, 2, 60), 60); /* another route */
        rate_limits_free(&limits);
    }
}

static const struct mode_case {
    enum rate_limits_mode mode;
    const char *peer;
    bool limited;
} MODES[] = {
    {RATE_LIMITS_AUTO, "127.0.0.1", false}, {RATE_LIMITS_AUTO, "127.9.9.9", false},
    {RATE_LIMITS_AUTO, "::1", false},       {RATE_LIMITS_AUTO, "::ffff:127.0.0.1", false},
    {RATE_LIMITS_AUTO, "192.0.2.1", true},  {RATE_LIMITS_AUTO, "::2", true},
    {RATE_LIMITS_AUTO, "7f00::1", true},    {RATE_LIMITS_ON, "127.0.0.1", true},
    {RATE_LIMITS_OFF, "192.0.2.1", false},
};

static void test_modes(void **state)
{
    for (size_t i = 0; i < COUNT_OF(MODES); i++) {
        struct rate_limits *limits = new_limits(MODES[i].mode);
        print_message("%s\n", MODES[i].peer);
        assert_int_equal(passed(limits, MODES[i].peer, 1, 61), MODES[i].limited ? 60 : 61);
        assert_int_equal(rate_limits_check(limits, MODES[i].peer, 1, 0), 0);
        rate_limits_free(&limits);
    }
}

/* Far more clients than buckets: each of them is still served and limited by its own. */
static void test_memory_is_bounded(void **state)
{
    struct rate_limits *limits = new_limits(RATE_LIMITS_ON);
    for (unsigned i = 0; i < 100000; i++) {
        char peer[32];
        snprintf(peer, sizeof(peer), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        assert_int_equal(rate_limits_check(limits, peer, 1, 1), 0);
    }
    assert_int_equal(passed(limits, "192.0.2.1", 1, 100), 60);
    rate_limits_free(&limits);
}

static void test_refusal(void **state)
{
    struct response response = {.body = STRBUF_INIT(1024)};
    struct rate_limits *limits = new_limits(RATE_LIMITS_ON);
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
    passed(limits, "192.0.2.1", 1, 63);
    rate_limits_render(limits, &out);
    assert_non_null(strstr(strbuf_cstr(&out), "\nhttp_rate_limited_total 3\n"));
    rate_limits_refuse(&response, 60, 7);
    assert_int_equal(response.status, 429);
    assert_int_equal(response.retry_after_s, 7);
    assert_string_equal(strbuf_cstr(&response.body),
                        "{\"detail\":\"Too many requests: 60 per minute are allowed here\"}");
    strbuf_done(&response.body);
    rate_limits_free(&limits);
}

struct flood {
    struct rate_limits *limits;
    atomic_uint passed;
};

static void *flood_thread(void *context)
{
    struct flood *flood = context;
    for (int i = 0; i < PER_MINUTE; i++)
        if (rate_limits_check(flood->limits, "192.0.2.1", 1, PER_MINUTE) == 0)
            atomic_fetch_add(&flood->passed, 1);
    return NULL;
}

static void test_threads(void **state)
{
    struct flood flood = {.limits = new_limits(RATE_LIMITS_ON)};
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, flood_thread, &flood), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(flood.passed, PER_MINUTE);
    rate_limits_free(&flood.limits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bucket),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_who_is_one_client),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_memory_is_bounded),
        cmocka_unit_test(test_refusal),
        cmocka_unit_test(test_threads),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
