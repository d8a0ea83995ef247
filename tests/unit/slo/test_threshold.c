/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "slo/threshold.h"
#include "slo/threshold_set.h"
#include "support/test.h"

static const struct parse_case {
    const char *metric, *expression;
    bool ok;
    enum aggregate_kind kind;
    double percentile;
    enum threshold_op op;
    double bound;
} PARSES[] = {
    {"http_req_duration", "p(95)<200", true, AGGREGATE_PERCENTILE, 95, OP_LESS, 200},
    {"http_req_duration", " p(99.9) <= 1000.5 ", true, AGGREGATE_PERCENTILE, 99.9, OP_LESS_EQUAL,
     1000.5},
    {"http_req_duration", "p( 0 )>=-1e3", true, AGGREGATE_PERCENTILE, 0, OP_GREATER_EQUAL, -1000},
    {"http_req_duration", "p(100)<1", true, AGGREGATE_PERCENTILE, 100, OP_LESS, 1},
    {"http_req_duration", "avg<1", true, AGGREGATE_AVG, 0, OP_LESS, 1},
    {"http_req_duration", "min>0", true, AGGREGATE_MIN, 0, OP_GREATER, 0},
    {"http_req_duration", "max!=5", true, AGGREGATE_MAX, 0, OP_NOT_EQUAL, 5},
    {"http_req_duration", "med==5", true, AGGREGATE_MED, 0, OP_EQUAL, 5},
    {"http_reqs", "count===5", true, AGGREGATE_COUNT, 0, OP_EQUAL, 5},
    {"http_reqs", "rate>100", true, AGGREGATE_RATE, 0, OP_GREATER, 100},
    {"http_req_failed", "rate<0.01", true, AGGREGATE_RATE, 0, OP_LESS, 0.01},
    {"vus", "value<=.5", true, AGGREGATE_VALUE, 0, OP_LESS_EQUAL, 0.5},
    {"http_req_duration", "p(101)<1", false, 0, 0, 0, 0},
    {"http_req_duration", "p(-1)<1", false, 0, 0, 0, 0},
    {"http_req_duration", "p()<1", false, 0, 0, 0, 0},
    {"http_req_duration", "p(95<1", false, 0, 0, 0, 0},
    {"http_req_duration", "p95<1", false, 0, 0, 0, 0},
    {"http_req_duration", "rate<1", false, 0, 0, 0, 0},
    {"http_req_duration", "count<1", false, 0, 0, 0, 0},
    {"http_req_failed", "count<1", false, 0, 0, 0, 0},
    {"vus", "max<1", false, 0, 0, 0, 0},
    {"http_reqs", "value<1", false, 0, 0, 0, 0},
    {"http_req_duration", "p(95)", false, 0, 0, 0, 0},
    {"http_req_duration", "p(95)=1", false, 0, 0, 0, 0},
    {"http_req_duration", "p(95)<<1", false, 0, 0, 0, 0},
    {"http_req_duration", "p(95)<", false, 0, 0, 0, 0},
    {"http_req_duration", "<1", false, 0, 0, 0, 0},
    {"http_req_duration", "p(95)<200ms", false, 0, 0, 0, 0},
    {"http_req_duration", "p(95)<0x10", false, 0, 0, 0, 0},
    {"http_req_duration", "p(95)<nan", false, 0, 0, 0, 0},
    {"http_req_duration", "p(95)<1e999", false, 0, 0, 0, 0},
    {"http_req_duration", "avg<1 && max<2", false, 0, 0, 0, 0},
    {"http_req_duration", "", false, 0, 0, 0, 0},
};

static void test_grammar(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    for (size_t i = 0; i < COUNT_OF(PARSES); i++) {
        const struct parse_case *c = &PARSES[i];
        struct threshold t = {0};
        struct error err = {0};
        print_message("%s: '%s'\n", c->metric, c->expression);
        const struct series *series = registry_add_selector(registry, span_cstr(c->metric), NULL);
        assert_int_equal(threshold_parse(span_cstr(c->expression), series, &t, &err),
                         c->ok ? 0 : -1);
        assert_int_equal(err.code, c->ok ? 0 : EXIT_INVALID_CONFIG);
        if (!c->ok) {
            assert_non_null(strstr(err.message, c->metric));
            assert_non_null(strstr(err.message, c->expression));
            continue;
        }
        assert_int_equal(t.aggregate.kind, c->kind);
        assert_true(t.aggregate.percentile == c->percentile);
        assert_int_equal(t.op, c->op);
        assert_true(t.bound == c->bound);
    }
}

static const struct holds_case {
    enum threshold_op op;
    bool below, same, above; /* observed against a bound of 1 */
} HOLDS[] = {
    {OP_LESS, true, false, false},    {OP_LESS_EQUAL, true, true, false},
    {OP_GREATER, false, false, true}, {OP_GREATER_EQUAL, false, true, true},
    {OP_EQUAL, false, true, false},   {OP_NOT_EQUAL, true, false, true},
};

static void test_operators(void **state)
{
    for (size_t i = 0; i < COUNT_OF(HOLDS); i++) {
        print_message("%s\n", threshold_op_text(HOLDS[i].op));
        assert_int_equal(threshold_holds(HOLDS[i].op, 0.5, 1), HOLDS[i].below);
        assert_int_equal(threshold_holds(HOLDS[i].op, 1, 1), HOLDS[i].same);
        assert_int_equal(threshold_holds(HOLDS[i].op, 1.5, 1), HOLDS[i].above);
    }
}

static const struct empty_case {
    const char *metric, *expression;
    bool ok;
} EMPTIES[] = {
    {"http_reqs", "count==0", true},          {"http_reqs", "count>0", false},
    {"http_reqs", "rate==0", true},           {"vus", "value==0", true},
    {"http_req_duration", "p(95)<200", true}, {"http_req_duration", "min>0", false},
    {"http_req_failed", "rate>1", true},      {"checks{check:x}", "rate>0.99", true},
};

static void test_series_without_samples(void **state)
{
    for (size_t i = 0; i < COUNT_OF(EMPTIES); i++) {
        AUTO(registry_free) struct registry *registry = registry_new();
        AUTO(threshold_set_free) struct threshold_set *set = threshold_set_new();
        struct threshold_result result;
        print_message("%s %s\n", EMPTIES[i].metric, EMPTIES[i].expression);
        assert_int_equal(threshold_set_add(set, registry, span_cstr(EMPTIES[i].metric),
                                           span_cstr(EMPTIES[i].expression), NULL),
                         0);
        AUTO(snapshot_free) struct snapshot *total = snapshot_new(registry);
        assert_true(threshold_set_evaluate(set, total, NSEC_PER_SEC, false, &result));
        assert_false(result.observed);
        assert_int_equal(threshold_set_evaluate(set, total, NSEC_PER_SEC, true, &result),
                         EMPTIES[i].ok);
        assert_true(result.value == 0);
    }
}

static const struct value_case {
    const char *metric, *expression;
    bool ok;
    double value;
} VALUES[] = {
    {"http_reqs", "count==10", true, 10},
    {"http_reqs", "rate<5", false, 5},
    {"vus", "value==9", true, 9},
    {"http_req_failed", "rate<=0.1", true, 0.1},
    {"http_req_duration", "avg<=4.5", true, 4.5},
    {"http_req_duration", "min>0", false, 0},
    {"http_req_duration", "max<9", false, 9},
};

static void test_values(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(threshold_set_free) struct threshold_set *set = threshold_set_new();
    struct threshold_result results[COUNT_OF(VALUES)];
    for (size_t i = 0; i < COUNT_OF(VALUES); i++)
        assert_int_equal(threshold_set_add(set, registry, span_cstr(VALUES[i].metric),
                                           span_cstr(VALUES[i].expression), NULL),
                         0);
    struct recorder *recorder = recorder_new(registry, 0);
    for (int i = 0; i < 10; i++) {
        recorder_add(recorder, METRIC_HTTP_REQS, NULL, 1);
        recorder_add(recorder, METRIC_VUS, NULL, i);
        recorder_add(recorder, METRIC_HTTP_REQ_FAILED, NULL, i == 3);
        recorder_add(recorder, METRIC_HTTP_REQ_DURATION, NULL, i);
    }
    struct snapshot *total = recorder_cut(recorder, 2 * NSEC_PER_SEC);
    assert_false(threshold_set_evaluate(set, total, 2 * NSEC_PER_SEC, false, results));
    for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
        print_message("%s\n", threshold_set_at(set, i)->expression);
        assert_true(results[i].observed);
        assert_int_equal(results[i].ok, VALUES[i].ok);
        assert_true(results[i].value == VALUES[i].value);
        assert_false(results[i].abort);
    }
    recorder_recycle(recorder, total);
    recorder_free(&recorder);
}

static void test_abort_waits_for_its_delay(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(threshold_set_free) struct threshold_set *set = threshold_set_new();
    struct threshold_result result;
    assert_int_equal(threshold_set_add(set, registry, SPAN("http_reqs"), SPAN("count>0"), NULL), 0);
    threshold_set_abort(set, 10 * NSEC_PER_SEC);
    AUTO(snapshot_free) struct snapshot *total = snapshot_new(registry);
    threshold_set_evaluate(set, total, 20 * NSEC_PER_SEC, false, &result);
    assert_false(result.abort); /* nothing recorded: ignored while running */
    total->sinks[METRIC_HTTP_REQS].touched = true;
    threshold_set_evaluate(set, total, 10 * NSEC_PER_SEC, false, &result);
    assert_true(!result.ok && !result.abort);
    threshold_set_evaluate(set, total, 10 * NSEC_PER_SEC + 1, false, &result);
    assert_true(!result.ok && result.abort);
}

static void test_adding(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(threshold_set_free) struct threshold_set *set = threshold_set_new();
    struct error err = {0};
    size_t before = registry_series_count(registry);
    assert_int_equal(threshold_set_add(set, registry, SPAN("checks{a:b}"), SPAN_EMPTY, &err), 0);
    assert_int_equal(registry_series_count(registry), before + 1);
    assert_int_equal(threshold_set_count(set), 0);
    assert_int_equal(threshold_set_add(set, registry, SPAN("nope"), SPAN("rate<1"), &err), -1);
    assert_int_equal(err.code, EXIT_INVALID_CONFIG);
    assert_non_null(strstr(err.message, "nope"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grammar),
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_series_without_samples),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_abort_waits_for_its_delay),
        cmocka_unit_test(test_adding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
