/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/telemetry/timing.h"
#include "support/test.h"

static const struct header_case {
    struct timing timing;
    nsec_t total_ns;
    const char *text;
} HEADERS[] = {
    {{0}, 1250 * NSEC_PER_USEC, "total;dur=1.250"},
    {{.auth_ns = 5000, .cache = TIMING_CACHE_MEMORY},
     20000,
     "total;dur=0.020, auth;dur=0.005, cache;desc=\"memory\""},
    {{.auth_ns = 5000,
      .pool_ns = 1000,
      .db_ns = 2 * NSEC_PER_MSEC,
      .queries = 2,
      .render_ns = 150 * NSEC_PER_USEC,
      .cache = TIMING_CACHE_MISS},
     3 * NSEC_PER_MSEC,
     "total;dur=3.000, auth;dur=0.005, cache;desc=\"miss\", pool;dur=0.001, "
     "db;dur=2.000;desc=\"2 queries\", render;dur=0.150"},
    {{.db_ns = 1000, .queries = 1, .cache = TIMING_CACHE_SHARED},
     NSEC_PER_SEC,
     "total;dur=1000.000, cache;desc=\"shared\", db;dur=0.001;desc=\"1 query\""},
};

static void test_headers(void **state)
{
    for (size_t i = 0; i < COUNT_OF(HEADERS); i++) {
        AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1024);
        timing_header(&HEADERS[i].timing, HEADERS[i].total_ns, &text);
        assert_string_equal(strbuf_cstr(&text), HEADERS[i].text);
    }
}

static void test_attached(void **state)
{
    struct timing first = {0}, second = {0};
    timing_add_query(1);
    timing_attach(&first);
    timing_add_query(10);
    timing_add_query(5);
    timing_attach(&second);
    timing_add_query(7);
    timing_attach(NULL);
    timing_add_query(100);
    assert_int_equal(first.db_ns, 15);
    assert_int_equal(first.queries, 2);
    assert_int_equal(second.db_ns, 7);
    assert_int_equal(second.queries, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_attached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
