/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "report/summary.h"
#include "support/test.h"

struct fixture {
    struct registry *registry;
    const struct metric *trend;
    const struct series *missing;
    struct snapshot *total;
};

static void put(struct snapshot *total, uint32_t series_id, uint64_t count, double sum)
{
    struct sink *sink = &total->sinks[series_id];
    sink->touched = true;
    sink->count = count;
    sink->sum = sum;
}

static void setup(struct fixture *f)
{
    f->registry = registry_new();
    f->trend = registry_add(f->registry, SPAN("big"), METRIC_TREND, METRIC_TIME, NULL);
    f->missing = registry_add_selector(f->registry, SPAN("http_req_duration{status:404}"), NULL);
    f->total = snapshot_new(f->registry);
    struct sink *big = &f->total->sinks[f->trend->series_id];
    big->touched = true;
    const double values[] = {61234.5, 3723456, 0.0004, 1234.5678};
    for (size_t i = 0; i < COUNT_OF(values); i++)
        histogram_add(&big->trend, values[i]);
    put(f->total, registry_metric(f->registry, METRIC_ITERATIONS)->series_id, 1, 1);
    put(f->total, registry_metric(f->registry, METRIC_CHECKS)->series_id, 4, 3);
    put(f->total, registry_metric(f->registry, METRIC_DATA_SENT)->series_id, 1, 0);
    snapshot_check(f->total, SPAN("::a::b"), SPAN("x"))->passes = 1;
    snapshot_check(f->total, SPAN("::a::b"), SPAN("y"))->fails = 1;
    snapshot_check(f->total, SPAN("::a"), SPAN("z"))->passes = 1;
    snapshot_check(f->total, SPAN(""), SPAN("root"))->passes = 1;
}

static void teardown(struct fixture *f)
{
    snapshot_free(&f->total);
    registry_free(&f->registry);
}

static const char *const STATS[] = {"avg", "count", "p(99.9)"};

static struct summary summary_of(const struct fixture *f,
                                 const struct summary_threshold *thresholds, size_t count)
{
    return (struct summary){
        .registry = f->registry,
        .total = f->total,
        .duration_ns = NSEC_PER_SEC / 1000,
        .thresholds = thresholds,
        .threshold_count = count,
        .trend_stats = STATS,
        .trend_stat_count = COUNT_OF(STATS),
        .time_unit = "",
        .time_scale = 1,
    };
}

/* The layout is what k6 1.8 prints for the same samples. */
static const char EXPECTED[] = "\n\n"
                               "  █ THRESHOLDS \n\n"
                               "    big\n"
                               "    ✗ 'p(99.9)<5' p(99.9)=1h1m52s\n\n"
                               "    http_req_duration{status:404}\n"
                               "    ✓ 'avg<100' avg=0s\n\n\n"
                               "  █ TOTAL RESULTS \n\n"
                               "    checks_total.......: 4      4000/s\n"
                               "    checks_succeeded...: 75.00% 3 out of 4\n"
                               "    checks_failed......: 25.00% 1 out of 4\n\n"
                               "    ✓ x\n"
                               "    ✗ y\n"
                               "      ↳  0% — ✓ 0 / ✗ 1\n"
                               "    ✓ z\n"
                               "    ✓ root\n\n"
                               "    CUSTOM\n"
                               "    big.................: avg=15m46s count=4 p(99.9)=1h1m52s\n\n"
                               "    HTTP\n"
                               "    http_req_duration...: avg=0s     count=0 p(99.9)=0s     \n"
                               "      { status:404 }....: avg=0s     count=0 p(99.9)=0s     \n\n"
                               "    EXECUTION\n"
                               "    iterations..........: 1   1000/s\n\n"
                               "    NETWORK\n"
                               "    data_sent...........: 0 B 0 B/s\n\n";

static void test_layout(void **state)
{
    struct fixture f;
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(100000);
    setup(&f);
    const struct summary_threshold thresholds[] = {
        {f.missing, "avg<100", "avg", 0, true},
        {registry_series(f.registry, f.trend->series_id), "p(99.9)<5", "p(99.9)", 3712469.3, false},
    };
    struct summary summary = summary_of(&f, thresholds, COUNT_OF(thresholds));
    summary_text(&out, &summary);
    assert_string_equal(strbuf_cstr(&out), EXPECTED);
    teardown(&f);
}

static void test_submetrics_come_by_name(void **state)
{
    struct fixture f;
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(100000);
    setup(&f);
    const struct series *second = registry_add_selector(f.registry, SPAN("big{name:b}"), NULL);
    const struct series *first = registry_add_selector(f.registry, SPAN("big{name:a}"), NULL);
    /* A snapshot holds the series that the registry had when it was made. */
    snapshot_free(&f.total);
    f.total = snapshot_new(f.registry);
    const struct summary_threshold thresholds[] = {
        {second, "avg<100", "avg", 0, true},
        {first, "avg<100", "avg", 0, true},
    };
    struct summary summary = summary_of(&f, thresholds, COUNT_OF(thresholds));
    summary_text(&out, &summary);
    const char *table = strstr(strbuf_cstr(&out), "CUSTOM");
    assert_non_null(table);
    assert_true(strstr(table, "{ name:a }") < strstr(table, "{ name:b }"));
    teardown(&f);
}

static void test_rehearsals_are_said_first(void **state)
{
    struct fixture f;
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(100000);
    setup(&f);
    struct summary summary = summary_of(&f, NULL, 0);
    summary.time_scale = 0.02;
    summary_text(&out, &summary);
    assert_non_null(strstr(strbuf_cstr(&out), "multiplied by 0.02"));
    teardown(&f);
}

static void test_json_shapes(void **state)
{
    struct fixture f;
    AUTO(strbuf_done) struct strbuf data = STRBUF_INIT(100000), exported = STRBUF_INIT(100000);
    setup(&f);
    const struct summary_threshold thresholds[] = {{f.missing, "avg<100", "avg", 0, true}};
    struct summary summary = summary_of(&f, thresholds, 1);
    summary_handle_json(&data, &summary, "{\"x\":1}", false, false);
    summary_export_json(&exported, &summary, "{\"x\":1}");
    assert_non_null(strstr(strbuf_cstr(&data), "\"thresholds\":{\"avg<100\":{\"ok\":true}}"));
    assert_non_null(strstr(strbuf_cstr(&data), "\"id\":\"7dd4103b2f1a7305f971d430101027b7\""));
    assert_non_null(strstr(strbuf_cstr(&data), "\"setup_data\":{\"x\":1}}"));
    assert_non_null(strstr(strbuf_cstr(&exported), "\"thresholds\":{\"avg<100\":false}"));
    assert_non_null(strstr(strbuf_cstr(&exported), "\"checks\":{\"value\":0.75"));
    teardown(&f);
}

static void test_trend_stats(void **state)
{
    static const struct {
        const char *stat;
        int result;
        double value;
    } cases[] = {
        {"min", 0, 1},     {"max", 0, 3},        {"med", 0, 2},     {"count", 0, 3},
        {"p(0)", 0, 1},    {"p(100)", 0, 3},     {"p(50.0)", 0, 2}, {"p(101)", -1, 0},
        {"p(-1)", -1, 0},  {"p(50)junk", -1, 0}, {"p(50", -1, 0},   {"p()", -1, 0},
        {"p(nan)", -1, 0}, {"mean", -1, 0},      {"", -1, 0},
    };
    struct histogram trend;

    histogram_init(&trend);
    for (int value = 1; value <= 3; value++)
        histogram_add(&trend, value);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double value = 0;
        print_message("    %s\n", cases[i].stat);
        assert_int_equal(summary_trend_stat(&trend, cases[i].stat, &value), cases[i].result);
        assert_true(fabs(value - cases[i].value) <= 0.002 * cases[i].value);
    }
    histogram_done(&trend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_submetrics_come_by_name),
        cmocka_unit_test(test_rehearsals_are_said_first),
        cmocka_unit_test(test_json_shapes),
        cmocka_unit_test(test_trend_stats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
