/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "load/control.h"
#include "load/plan.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "run/judge.h"
#include "run/run.h"
#include "slo/verdict.h"
#include "support/test.h"

struct fixture {
    struct registry *registry;
    struct plan *plan;
    struct plan_threshold threshold;
    struct run_config config;
    struct control *control;
    struct judge *judge;
    struct snapshot *total;
};

static void begin(struct fixture *f, const char *selector, const char *expression, bool abort)
{
    *f = (struct fixture){.registry = registry_new(), .plan = plan_new()};
    f->threshold = (struct plan_threshold){selector, expression, abort, 0};
    f->plan->thresholds = &f->threshold;
    f->plan->threshold_count = 1;
    f->config = (struct run_config){.plan = f->plan, .registry = f->registry};
    f->control = control_new(1);
    struct error err = {0};
    f->judge = judge_new(&f->config, &err);
    assert_non_null(f->judge);
    f->total = snapshot_new(f->registry);
}

static void add_iterations(struct fixture *f, double count)
{
    struct sink *sink =
        &f->total->sinks[registry_metric(f->registry, METRIC_ITERATIONS)->series_id];
    sink->touched = true;
    sink->count += (uint64_t)count;
    sink->sum += count;
}

static void end(struct fixture *f)
{
    judge_free(&f->judge);
    control_free(&f->control);
    snapshot_free(&f->total);
    plan_free(&f->plan);
    registry_free(&f->registry);
}

static void test_a_crossed_threshold_aborts_when_it_asks_for_it(void **state)
{
    struct fixture f;
    begin(&f, "iterations", "count<5", true);
    add_iterations(&f, 9);
    judge_while_running(f.judge, f.control, f.total, NSEC_PER_SEC);
    assert_int_equal(atomic_load(&f.control->abort_reason), ABORT_NONE);
    judge_while_running(f.judge, f.control, f.total, 2 * NSEC_PER_SEC);
    assert_int_equal(atomic_load(&f.control->abort_reason), ABORT_BY_THRESHOLD);
    end(&f);
}

static void test_the_final_word(void **state)
{
    struct fixture f;
    size_t count;
    begin(&f, "iterations", "count<5", false);
    add_iterations(&f, 9);
    judge_while_running(f.judge, f.control, f.total, 2 * NSEC_PER_SEC);
    assert_int_equal(atomic_load(&f.control->abort_reason), ABORT_NONE);
    judge_finally(f.judge, f.total, 3 * NSEC_PER_SEC, &(struct run_facts){0});
    assert_false(judge_passed(f.judge));
    const struct summary_threshold *line = judge_thresholds(f.judge, &count);
    assert_int_equal(count, 1);
    assert_string_equal(line->aggregate, "count");
    assert_true(line->observed == 9);
    assert_null(judge_verdict(f.judge));
    end(&f);
}

static void test_unknown_metrics_are_refused_before_the_start(void **state)
{
    struct registry *registry = registry_new();
    struct plan *plan = plan_new();
    struct plan_threshold threshold = {"no_such_metric", "count<5", false, 0};
    plan->thresholds = &threshold;
    plan->threshold_count = 1;
    struct run_config config = {.plan = plan, .registry = registry};
    struct error err = {0};
    assert_null(judge_new(&config, &err));
    assert_int_equal(err.code, EXIT_INVALID_CONFIG);
    assert_non_null(strstr(err.message, "no_such_metric"));
    plan_free(&plan);
    registry_free(&registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_crossed_threshold_aborts_when_it_asks_for_it),
        cmocka_unit_test(test_the_final_word),
        cmocka_unit_test(test_unknown_metrics_are_refused_before_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
