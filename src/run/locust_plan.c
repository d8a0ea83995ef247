/* SPDX-License-Identifier: Apache-2.0
 *
 * The plan of a locustfile's run. Its one scenario is what Locust will do, in the words of
 * executors: a ramp and what follows it, the stages of the command line, or users as a shape wants
 * them.
 */
#include "run/locust_plan.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "load/duration.h"
#include "load/plan.h"
#include "run/threshold_options.h"

enum {
    USERS_MAX = 1000000, /* what becomes of a ramp is worked out user by user */
};

static const char SCENARIO_NAME[] = "locust";

/* More seconds, users or users a second than any test has; the rest of the program counts in ns. */
static const double SANE_MAX = 1e9;

/* A figure of the file's own; 0 when it is none. */
static double figure(const json_t *object, const char *member)
{
    double value = json_number_value(json_object_get(object, member));
    return value > 0 ? fmin(value, SANE_MAX) : 0;
}

static nsec_t seconds(double value)
{
    return (nsec_t)llround(value * 1e9);
}

static void set_trend_stats(struct plan *plan, const json_t *list)
{
    size_t count = json_array_size(list);
    if (count == 0)
        return;
    plan->summary_trend_stats = ARENA_NEW_ARRAY(&plan->arena, const char *, count);
    plan->summary_trend_stat_count = count;
    for (size_t i = 0; i < count; i++)
        plan->summary_trend_stats[i] =
            arena_dup(&plan->arena, span_cstr(json_string_value(json_array_get(list, i))));
}

static int set_time_unit(struct plan *plan, const json_t *value, struct error *err)
{
    const char *unit = json_string_value(value);
    if (!unit)
        return 0;
    if (strcmp(unit, "s") != 0 && strcmp(unit, "ms") != 0 && strcmp(unit, "us") != 0)
        return error_set(err, EXIT_INVALID_CONFIG, "--summary-time-unit %s: give s, ms or us",
                         unit);
    plan->summary_time_unit = arena_dup(&plan->arena, span_cstr(unit));
    return 0;
}

struct plan *locust_plan_new(const char *path, const json_t *options, struct error *err)
{
    AUTO(plan_free) struct plan *plan = plan_new();
    plan->script_path = path;
    plan->no_thresholds = json_is_true(json_object_get(options, "noThresholds"));
    set_trend_stats(plan, json_object_get(options, "summaryTrendStats"));
    if (threshold_options_add(plan, json_object_get(options, "thresholds"), err) < 0 ||
        set_time_unit(plan, json_object_get(options, "summaryTimeUnit"), err) < 0)
        return NULL;
    return TAKE(plan);
}

static void set_stages(struct plan *plan, struct scenario *scenario, const json_t *list)
{
    size_t count = json_array_size(list);
    struct stage *stages = ARENA_NEW_ARRAY(&plan->arena, struct stage, count);
    scenario->kind = EXECUTOR_RAMPING_VUS;
    scenario->vus = 0;
    scenario->stages = stages;
    scenario->stage_count = count;
    for (size_t i = 0; i < count; i++) {
        const json_t *stage = json_array_get(list, i);
        const char *duration = json_string_value(json_object_get(stage, "duration"));
        stages[i].target = json_integer_value(json_object_get(stage, "target"));
        if (duration_parse(span_cstr(duration), &stages[i].duration_ns) < 0)
            stages[i].duration_ns = 0; /* the command line has checked it */
    }
}

/* From nothing to all users at the spawn rate, then all of them; a ramp of less than a second is
 * none. */
static void set_ramp(struct plan *plan, struct scenario *scenario, double users, double rate,
                     nsec_t run_ns)
{
    nsec_t ramp_ns = seconds(fmin(users / rate, SANE_MAX));
    scenario->vus = (int64_t)users;
    scenario->duration_ns = run_ns;
    if (ramp_ns <= NSEC_PER_SEC)
        return;
    struct stage *stages = ARENA_NEW_ARRAY(&plan->arena, struct stage, 2);
    bool whole = ramp_ns < run_ns;
    stages[0].duration_ns = whole ? ramp_ns : run_ns;
    stages[0].target = whole ? (int64_t)users : (int64_t)(rate * (double)run_ns / 1e9);
    stages[1] = (struct stage){run_ns - ramp_ns, (int64_t)users};
    scenario->kind = EXECUTOR_RAMPING_VUS;
    scenario->vus = 0;
    scenario->stages = stages;
    scenario->stage_count = whole ? 2 : 1;
}

static int set_length(struct plan *plan, struct scenario *scenario, const json_t *options,
                      const json_t *ready, struct error *err)
{
    const json_t *stages = json_object_get(options, "stages");
    const json_t *run_time = json_object_get(ready, "run_time");
    const json_t *shape = json_object_get(ready, "shape");
    nsec_t run_ns = seconds(figure(ready, "run_time"));
    double users = figure(ready, "users"), rate = figure(ready, "spawn_rate");
    if (users > USERS_MAX)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "%s asks for more users than one test may have; give --vus %d or less",
                         plan->script_path, USERS_MAX);
    if (stages) {
        set_stages(plan, scenario, stages);
    } else if (json_is_string(shape)) {
        scenario->vus = 0;
        scenario->shape = arena_dup(&plan->arena, span_cstr(json_string_value(shape)));
        scenario->duration_ns = run_ns;
    } else if (json_is_number(run_time) && users > 0 && rate > 0) {
        set_ramp(plan, scenario, users, rate, run_ns);
    } else {
        return error_set(err, EXIT_INVALID_CONFIG,
                         "%s does not say how long the test is: give --duration TIME, --stage "
                         "TIME:N, or write a LoadTestShape",
                         plan->script_path);
    }
    return 0;
}

int locust_plan_complete(struct plan *plan, const json_t *options, const json_t *ready,
                         struct error *err)
{
    struct scenario *scenario = ARENA_NEW(&plan->arena, struct scenario);
    scenario_init(scenario, SCENARIO_NAME, EXECUTOR_CONSTANT_VUS);
    scenario->graceful_stop_ns = seconds(figure(ready, "stop_timeout"));
    scenario->graceful_ramp_down_ns = scenario->graceful_stop_ns;
    plan->scenarios = scenario;
    plan->scenario_count = 1;
    return set_length(plan, scenario, options, ready, err);
}
