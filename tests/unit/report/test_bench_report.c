/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "report/bench_report.h"
#include "support/test.h"

static void test_json_has_the_documented_fields(void **state)
{
    struct registry *registry = registry_new();
    struct snapshot *total = snapshot_new(registry);
    const struct bench_error errors[] = {{1212, "dial: connection refused", 2}};
    const struct bench_status statuses[] = {{200, 8}};
    struct bench_result result = {
        .url = "http://x/",
        .method = "GET",
        .connections = 1,
        .workers = 1,
        .duration_ns = NSEC_PER_SEC,
        .total = total,
        .attempts = 11,
        .requests = 10,
        .failed = 2,
        .cut = 1,
        .errors = errors,
        .error_count = 1,
        .statuses = statuses,
        .status_count = 1,
        .cpu_ns = 100000,
        .busiest_worker = 0.99,
    };
    AUTO(strbuf_done) struct strbuf json = STRBUF_INIT(100000), text = STRBUF_INIT(100000);
    bench_report_json(&json, &result);
    bench_report_text(&text, &result);
    static const char *const IN_JSON[] = {
        "\"version\":1",
        "\"totals\":{\"requests\":10,\"failed\":2,\"attempts\":11",
        "\"statuses\":{\"200\":8}",
        "\"code\":1212",
        "\"cpu_us_per_request\":10",
        "\"saturated\":true",
    };
    for (size_t i = 0; i < COUNT_OF(IN_JSON); i++)
        assert_non_null(strstr(strbuf_cstr(&json), IN_JSON[i]));
    assert_non_null(strstr(strbuf_cstr(&text), "this client was a limit"));
    assert_non_null(strstr(strbuf_cstr(&text), "10, 10.0/s, 2 failed"));
    snapshot_free(&total);
    registry_free(&registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_has_the_documented_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
