/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include "base/error.h"
#include "load/plan.h"
#include "run/locust_plan.h"
#include "support/test.h"

static const nsec_t SECOND = NSEC_PER_SEC;

static json_t *parse(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    assert_non_null(value);
    return value;
}

/* NULL when the plan is refused. */
static struct plan *plan_of(const char *options_text, const char *ready_text)
{
    struct error err = {0};
    json_t *options = parse(options_text), *ready = parse(ready_text);
    struct plan *plan = locust_plan_new("x.py", options, &err);
    if (plan && locust_plan_complete(plan, options, ready, &err) < 0)
        plan_free(&plan);
    if (!plan)
        assert_int_equal(err.code, EXIT_INVALID_CONFIG);
    json_decref(options);
    json_decref(ready);
    return plan;
}

static const struct length_case {
    const char *options, *ready;
    enum executor_kind kind;
    int64_t max_vus;
    nsec_t seconds;
    size_t stages;
} LENGTHS[] = {
    {"{}", "{\"users\": 10, \"spawn_rate\": 10, \"run_time\": 60}", EXECUTOR_CONSTANT_VUS, 10, 60,
     0},
    {"{}", "{\"users\": 10, \"spawn_rate\": 2, \"run_time\": 60}", EXECUTOR_RAMPING_VUS, 10, 60, 2},
    {"{}", "{\"users\": 100, \"spawn_rate\": 0.5, \"run_time\": 60}", EXECUTOR_RAMPING_VUS, 30, 60,
     1},
    {"{\"stages\": [{\"duration\": \"30s\", \"target\": 5}, {\"duration\": \"1m\", \"target\": "
     "0}]}",
     "{\"users\": 1, \"spawn_rate\": 1, \"run_time\": null}", EXECUTOR_RAMPING_VUS, 5, 90, 2},
    {"{}", "{\"users\": 1, \"spawn_rate\": 1, \"run_time\": 7.5, \"shape\": \"S\"}",
     EXECUTOR_CONSTANT_VUS, 0, 7, 0},
};

static void test_the_plan_says_what_locust_will_do(void **state)
{
    for (size_t i = 0; i < COUNT_OF(LENGTHS); i++) {
        const struct length_case *c = &LENGTHS[i];
        AUTO(plan_free) struct plan *plan = plan_of(c->options, c->ready);
        assert_non_null(plan);
        assert_int_equal(plan->scenario_count, 1);
        assert_int_equal(plan->scenarios[0].kind, c->kind);
        assert_int_equal(scenario_max_vus(&plan->scenarios[0]), c->max_vus);
        assert_int_equal(plan_duration_ns(plan, true) / SECOND, c->seconds);
        assert_int_equal(plan->scenarios[0].stage_count, c->stages);
    }
}

static void test_a_shape_ends_when_it_wants(void **state)
{
    AUTO(plan_free) struct plan *plan = plan_of("{}", "{\"users\": 1, \"shape\": \"S\"}");
    assert_non_null(plan);
    assert_int_equal(plan_duration_ns(plan, true), NSEC_NEVER);
    assert_string_equal(plan->scenarios[0].shape, "S");
}

static void test_a_test_without_end_is_refused(void **state)
{
    assert_null(plan_of("{}", "{\"users\": 1, \"spawn_rate\": 1, \"run_time\": null}"));
}

static void test_more_users_than_can_be_are_refused(void **state)
{
    assert_null(plan_of("{}", "{\"users\": 1e300, \"spawn_rate\": 1, \"run_time\": 60}"));
}

static void test_the_stop_timeout_is_the_grace(void **state)
{
    AUTO(plan_free)
    struct plan *plan =
        plan_of("{}", "{\"users\": 1, \"spawn_rate\": 1, \"run_time\": 10, \"stop_timeout\": 2.5}");
    assert_int_equal(plan_duration_ns(plan, true), 12500 * NSEC_PER_MSEC);
}

static const struct threshold_case {
    const char *text, *selector, *expression; /* NULL: refused */
} THRESHOLDS[] = {
    {"http_req_duration:p(95)<200", "http_req_duration", "p(95)<200"},
    {"http_req_duration{scenario:A}:p(95)<200", "http_req_duration{scenario:A}", "p(95)<200"},
    {"http_reqs:rate>1", "http_reqs", "rate>1"},
    {"http_reqs", NULL, NULL},
    {"http_reqs{a:b}", NULL, NULL},
    {"http_reqs:", NULL, NULL},
    {":rate>1", NULL, NULL},
    {"", NULL, NULL},
};

static void test_thresholds_name_series_and_expression(void **state)
{
    for (size_t i = 0; i < COUNT_OF(THRESHOLDS); i++) {
        const struct threshold_case *c = &THRESHOLDS[i];
        struct error err = {0};
        json_t *options = json_pack("{s [s]}", "thresholds", c->text);
        AUTO(plan_free) struct plan *plan = locust_plan_new("x.py", options, &err);
        json_decref(options);
        if (!c->selector) {
            assert_null(plan);
            assert_int_equal(err.code, EXIT_INVALID_CONFIG);
            continue;
        }
        assert_non_null(plan);
        assert_string_equal(plan->thresholds[0].selector, c->selector);
        assert_string_equal(plan->thresholds[0].expression, c->expression);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_plan_says_what_locust_will_do),
        cmocka_unit_test(test_a_shape_ends_when_it_wants),
        cmocka_unit_test(test_a_test_without_end_is_refused),
        cmocka_unit_test(test_more_users_than_can_be_are_refused),
        cmocka_unit_test(test_the_stop_timeout_is_the_grace),
        cmocka_unit_test(test_thresholds_name_series_and_expression),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
