/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/util.h"
#include "load/plan.h"
#include "support/test.h"

#define MS     NSEC_PER_MSEC
#define SECOND NSEC_PER_SEC

static struct scenario scenario_of(enum executor_kind kind, const char *name)
{
    struct scenario scenario;
    scenario_init(&scenario, name, kind);
    return scenario;
}

static void set_scenarios(struct plan *plan, const struct scenario *scenarios, size_t count)
{
    plan->scenarios = ARENA_NEW_ARRAY(&plan->arena, struct scenario, count);
    memcpy(plan->scenarios, scenarios, count * sizeof(*scenarios));
    plan->scenario_count = count;
}

static void defaults(void **state)
{
    AUTO(plan_free) struct plan *plan = plan_new();
    assert_int_equal(plan->setup_timeout_ns, 60 * SECOND);
    assert_int_equal(plan->handle_summary_timeout_ns, 120 * SECOND);
    assert_int_equal(plan->max_redirects, 10);
    assert_int_equal(plan->summary_trend_stat_count, 6);
    assert_string_equal(plan->summary_trend_stats[5], "p(95)");
    assert_int_equal(plan_validate(plan, NULL), 0);
    assert_int_equal(plan_max_vus(plan), 0);
}

static void executor_names(void **state)
{
    for (int i = 0; i <= EXECUTOR_RAMPING_ARRIVAL_RATE; i++) {
        enum executor_kind kind;
        const char *name = executor_name((enum executor_kind)i);
        assert_int_equal(executor_from_name(span_cstr(name), &kind), 0);
        assert_int_equal(kind, i);
    }
    enum executor_kind kind;
    assert_int_equal(executor_from_name(SPAN("externally-controlled"), &kind), -1);
}

static const struct stage NO_TARGET[] = {{SECOND, PLAN_UNSET}, {PLAN_UNSET, 3}};
static const struct stage ZERO[] = {{SECOND, 0}};

static const struct {
    enum executor_kind kind;
    const char *name;
    struct scenario change; /* fields that are not zero replace the defaults */
    const char *problems;   /* NULL: valid */
} VALIDATED[] = {
    {EXECUTOR_SHARED_ITERATIONS, "a", {0}, NULL},
    {EXECUTOR_PER_VU_ITERATIONS, "a", {.vus = 7}, NULL},
    {EXECUTOR_CONSTANT_VUS, "a", {.duration_ns = SECOND}, NULL},
    {EXECUTOR_CONSTANT_ARRIVAL_RATE, "a", {.duration_ns = SECOND, .rate = 1, .vus = 1}, NULL},
    {EXECUTOR_SHARED_ITERATIONS,
     "a",
     {.vus = 5, .iterations = 2, .duration_ns = 500 * MS},
     "the number of iterations (2) can't be less than the number of VUs (5), the maxDuration must "
     "be at least 1s, but is 500ms"},
    {EXECUTOR_CONSTANT_VUS, "b", {0}, "the duration is unspecified"},
    {EXECUTOR_CONSTANT_VUS,
     "b",
     {.exec = "", .duration_ns = SECOND / 4},
     "exec value cannot be empty, the duration must be at least 1s, but is 250ms"},
    {EXECUTOR_RAMPING_VUS, "b", {0}, "at least one stage has to be specified"},
    {EXECUTOR_RAMPING_VUS,
     "b",
     {.vus = -2, .stages = ZERO, .stage_count = 1},
     "the number of start VUs can't be negative, either startVUs or one of the stages' target "
     "values must be greater than 0"},
    {EXECUTOR_RAMPING_ARRIVAL_RATE,
     "b",
     {.vus = 1, .stages = NO_TARGET, .stage_count = 2},
     "stage 1 doesn't have a target, stage 2 doesn't have a duration"},
    {EXECUTOR_CONSTANT_ARRIVAL_RATE,
     "c",
     {.vus = 5, .max_vus = 2},
     "the iteration rate isn't specified, the duration is unspecified, maxVUs can't be less than "
     "preAllocatedVUs"},
    {EXECUTOR_CONSTANT_ARRIVAL_RATE,
     "c",
     {.vus = 5, .rate = 10000001, .duration_ns = SECOND},
     "the rate of 10000001 per timeUnit exceeds max limit of 10000000 a second"},
    {EXECUTOR_CONSTANT_ARRIVAL_RATE,
     "c d",
     {.rate = -3, .duration_ns = SECOND},
     "the scenario name should contain only numbers, latin letters, underscores, and dashes, the "
     "iteration rate must be more than 0, the number of preAllocatedVUs isn't specified"},
};

static void apply(struct scenario *scenario, const struct scenario *change)
{
    scenario->exec = change->exec ? change->exec : scenario->exec;
    scenario->vus = change->vus ? change->vus : scenario->vus;
    scenario->max_vus = change->max_vus ? change->max_vus : scenario->max_vus;
    scenario->iterations = change->iterations ? change->iterations : scenario->iterations;
    scenario->duration_ns = change->duration_ns ? change->duration_ns : scenario->duration_ns;
    scenario->rate = change->rate ? change->rate : scenario->rate;
    scenario->stages = change->stages;
    scenario->stage_count = change->stage_count;
}

static void validation_speaks_as_k6(void **state)
{
    for (size_t i = 0; i < COUNT_OF(VALIDATED); i++) {
        AUTO(plan_free) struct plan *plan = plan_new();
        struct scenario scenario = scenario_of(VALIDATED[i].kind, VALIDATED[i].name);
        apply(&scenario, &VALIDATED[i].change);
        set_scenarios(plan, &scenario, 1);
        struct error err = {0};
        int result = plan_validate(plan, &err);
        if (!VALIDATED[i].problems) {
            assert_int_equal(result, 0);
            continue;
        }
        char expected[1024];
        snprintf(expected, sizeof(expected),
                 "There were problems with the specified script configuration:\n\t- scenario %s "
                 "has configuration errors: %s",
                 VALIDATED[i].name, VALIDATED[i].problems);
        assert_int_equal(result, -1);
        assert_int_equal(err.code, EXIT_INVALID_CONFIG);
        assert_string_equal(err.message, expected);
    }
}

static const struct stage EXAMPLE[] = {
    {2 * SECOND, 6}, {5 * SECOND, 1}, {4 * SECOND, 5}, {4 * SECOND, 1},
    {3 * SECOND, 4}, {2 * SECOND, 4}, {0, 1},          {3 * SECOND, 1},
};

/* k6's documented plan: 4 users, 5 from 1 s, 6 from 2 s; 5 from 33 s, 4 from 42 s, 1 from 50 s, 0
 * from 53 s, seen through ten users who come at a given moment. */
static const struct {
    nsec_t start_s, graceful_stop_s;
    int64_t max_vus;
} OVERLAPS[] = {
    {0, 30, 16},   {2, 30, 16},   {32, 30, 16}, {33, 30, 15}, {41, 30, 15}, {42, 30, 14},
    {49, 30, 14},  {50, 30, 11},  {52, 30, 11}, {53, 30, 10}, {25, 3, 16},  {26, 3, 10},
    {102, 80, 11}, {103, 80, 10}, {22, 0, 16},  {23, 0, 10},
};

static void users_of_overlapping_scenarios(void **state)
{
    for (size_t i = 0; i < COUNT_OF(OVERLAPS); i++) {
        AUTO(plan_free) struct plan *plan = plan_new();
        struct scenario scenarios[] = {scenario_of(EXECUTOR_RAMPING_VUS, "a"),
                                       scenario_of(EXECUTOR_CONSTANT_VUS, "b")};
        scenarios[0].vus = 4;
        scenarios[0].stages = EXAMPLE;
        scenarios[0].stage_count = COUNT_OF(EXAMPLE);
        scenarios[0].graceful_stop_ns = OVERLAPS[i].graceful_stop_s * SECOND;
        scenarios[1].vus = 10;
        scenarios[1].duration_ns = 500 * SECOND;
        scenarios[1].start_time_ns = OVERLAPS[i].start_s * SECOND;
        set_scenarios(plan, scenarios, 2);
        if (plan_max_vus(plan) != OVERLAPS[i].max_vus)
            fail_msg("b from %lld s, graceful stop %lld s: %lld users",
                     (long long)OVERLAPS[i].start_s, (long long)OVERLAPS[i].graceful_stop_s,
                     (long long)plan_max_vus(plan));
    }
}

static void users_of_workers(void **state)
{
    AUTO(plan_free) struct plan *plan = plan_new();
    struct scenario scenarios[] = {scenario_of(EXECUTOR_CONSTANT_ARRIVAL_RATE, "a"),
                                   scenario_of(EXECUTOR_SHARED_ITERATIONS, "b")};
    scenarios[0].rate = 1;
    scenarios[0].duration_ns = 10 * SECOND;
    scenarios[0].vus = 40;
    scenarios[0].max_vus = 50;
    scenarios[1].vus = 2;
    set_scenarios(plan, scenarios, 2);
    assert_int_equal(plan_max_vus(plan), 52);
    assert_int_equal(plan_worker_vus(plan, 0, 3, true), 15); /* 14 of a: 0, 3 … 39; 1 of b */
    assert_int_equal(plan_worker_vus(plan, 1, 3, true), 13);
    assert_int_equal(plan_worker_vus(plan, 2, 3, true), 14); /* 13 of a; 0 of b */
    assert_int_equal(plan_worker_vus(plan, 0, 3, false), 18);
    /* 47 users keep two workers busy, 31 one. */
    plan->scenarios[0].max_vus = 47;
    assert_int_equal(plan_worker_vus(plan, 0, 3, true), 21);
    assert_int_equal(plan_worker_vus(plan, 1, 3, true), 20);
    assert_int_equal(plan_worker_vus(plan, 2, 3, true), 1);
    plan->scenarios[0].vus = plan->scenarios[0].max_vus = 31;
    assert_int_equal(plan_worker_vus(plan, 0, 3, true), 32);
    assert_int_equal(plan_worker_vus(plan, 1, 3, true), 0);
}

static void scaled_time(void **state)
{
    AUTO(plan_free) struct plan *plan = plan_new();
    struct scenario scenario = scenario_of(EXECUTOR_RAMPING_VUS, "a");
    scenario.stages = EXAMPLE;
    scenario.stage_count = COUNT_OF(EXAMPLE);
    scenario.start_time_ns = 10 * SECOND;
    set_scenarios(plan, &scenario, 1);
    assert_int_equal(plan_duration_ns(plan, false), 33 * SECOND);
    assert_int_equal(plan_duration_ns(plan, true), 63 * SECOND);
    plan_scale_time(plan, 0.02);
    assert_int_equal(plan_duration_ns(plan, false), 660 * MS);
    assert_int_equal(plan_duration_ns(plan, true), 1260 * MS);
    assert_int_equal(plan->scenarios[0].stages[0].duration_ns, 40 * MS);
    assert_int_equal(plan->scenarios[0].time_unit_ns, SECOND);
    assert_int_equal(plan->setup_timeout_ns, 60 * SECOND);
    assert_true(plan->time_scale == 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(executor_names),
        cmocka_unit_test(validation_speaks_as_k6),
        cmocka_unit_test(users_of_overlapping_scenarios),
        cmocka_unit_test(users_of_workers),
        cmocka_unit_test(scaled_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
