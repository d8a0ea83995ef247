/* SPDX-License-Identifier: Apache-2.0
 *
 * The plan: defaults, names of executors, lengths of scenarios, scaled time.
 */
#include "load/plan.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static const char *const EXECUTOR_NAMES[] = {
    [EXECUTOR_SHARED_ITERATIONS] = "shared-iterations",
    [EXECUTOR_PER_VU_ITERATIONS] = "per-vu-iterations",
    [EXECUTOR_CONSTANT_VUS] = "constant-vus",
    [EXECUTOR_RAMPING_VUS] = "ramping-vus",
    [EXECUTOR_CONSTANT_ARRIVAL_RATE] = "constant-arrival-rate",
    [EXECUTOR_RAMPING_ARRIVAL_RATE] = "ramping-arrival-rate",
};

static const char *DEFAULT_TREND_STATS[] = {"avg", "min", "med", "max", "p(90)", "p(95)"};

const char *executor_name(enum executor_kind kind)
{
    return EXECUTOR_NAMES[kind];
}

int executor_from_name(struct span name, enum executor_kind *ret_kind)
{
    for (size_t i = 0; i < COUNT_OF(EXECUTOR_NAMES); i++) {
        if (span_equal(name, span_cstr(EXECUTOR_NAMES[i]))) {
            *ret_kind = (enum executor_kind)i;
            return 0;
        }
    }
    return -1;
}

static bool is_arrival_rate(enum executor_kind kind)
{
    return kind == EXECUTOR_CONSTANT_ARRIVAL_RATE || kind == EXECUTOR_RAMPING_ARRIVAL_RATE;
}

static bool has_stages(enum executor_kind kind)
{
    return kind == EXECUTOR_RAMPING_VUS || kind == EXECUTOR_RAMPING_ARRIVAL_RATE;
}

static bool has_iterations(enum executor_kind kind)
{
    return kind == EXECUTOR_SHARED_ITERATIONS || kind == EXECUTOR_PER_VU_ITERATIONS;
}

void scenario_init(struct scenario *scenario, const char *name, enum executor_kind kind)
{
    *scenario = (struct scenario){
        .name = name,
        .kind = kind,
        .exec = "default",
        .graceful_stop_ns = 30 * NSEC_PER_SEC,
        .graceful_ramp_down_ns = 30 * NSEC_PER_SEC,
        .vus = is_arrival_rate(kind) ? PLAN_UNSET : 1,
        .max_vus = PLAN_UNSET,
        .iterations = 1,
        .duration_ns = has_iterations(kind) ? 600 * NSEC_PER_SEC : PLAN_UNSET,
        .rate = kind == EXECUTOR_CONSTANT_ARRIVAL_RATE ? PLAN_UNSET : 0,
        .time_unit_ns = NSEC_PER_SEC,
    };
}

int64_t scenario_max_vus(const struct scenario *scenario)
{
    int64_t max = MAX_OF(scenario->vus, 0);
    if (is_arrival_rate(scenario->kind))
        return MAX_OF(max, scenario->max_vus);
    for (size_t i = 0; scenario->kind == EXECUTOR_RAMPING_VUS && i < scenario->stage_count; i++)
        max = MAX_OF(max, scenario->stages[i].target);
    return max;
}

nsec_t scenario_duration_ns(const struct scenario *scenario)
{
    if (!has_stages(scenario->kind))
        return scenario->duration_ns;
    nsec_t sum = 0;
    for (size_t i = 0; i < scenario->stage_count; i++)
        sum += scenario->stages[i].duration_ns;
    return sum;
}

struct plan *plan_new(void)
{
    struct plan *plan = NEW(struct plan);
    arena_init(&plan->arena, 4096);
    plan->client = client_config_defaults();
    plan->setup_timeout_ns = 60 * NSEC_PER_SEC;
    plan->teardown_timeout_ns = 60 * NSEC_PER_SEC;
    plan->handle_summary_timeout_ns = 120 * NSEC_PER_SEC;
    plan->max_redirects = 10;
    plan->time_scale = 1;
    plan->summary_trend_stats = DEFAULT_TREND_STATS;
    plan->summary_trend_stat_count = COUNT_OF(DEFAULT_TREND_STATS);
    plan->summary_time_unit = "";
    plan->workers = 1;
    plan->options_json = "{}";
    return plan;
}

void plan_free(struct plan **plan)
{
    if (!*plan)
        return;
    for (size_t i = 0; i < (*plan)->scenario_count; i++) {
        map_done(&(*plan)->scenarios[i].env);
        map_done(&(*plan)->scenarios[i].tags);
    }
    map_done(&(*plan)->tags);
    map_done(&(*plan)->hosts);
    arena_done(&(*plan)->arena);
    free(*plan);
    *plan = NULL;
}

static void scale(nsec_t *duration_ns, double factor)
{
    if (*duration_ns > 0)
        *duration_ns = (nsec_t)llround((double)*duration_ns * factor);
}

static void scale_scenario(struct arena *arena, struct scenario *scenario, double factor)
{
    scale(&scenario->start_time_ns, factor);
    scale(&scenario->graceful_stop_ns, factor);
    scale(&scenario->graceful_ramp_down_ns, factor);
    scale(&scenario->duration_ns, factor);
    struct stage *stages = ARENA_NEW_ARRAY(arena, struct stage, scenario->stage_count);
    for (size_t i = 0; i < scenario->stage_count; i++) {
        stages[i] = scenario->stages[i];
        scale(&stages[i].duration_ns, factor);
    }
    scenario->stages = stages;
}

void plan_scale_time(struct plan *plan, double factor)
{
    for (size_t i = 0; i < plan->scenario_count; i++)
        scale_scenario(&plan->arena, &plan->scenarios[i], factor);
    for (size_t i = 0; i < plan->threshold_count; i++)
        scale(&plan->thresholds[i].delay_abort_ns, factor);
    plan->time_scale *= factor;
}

nsec_t plan_duration_ns(const struct plan *plan, bool with_graceful_stop)
{
    nsec_t end = 0;
    for (size_t i = 0; i < plan->scenario_count; i++) {
        const struct scenario *scenario = &plan->scenarios[i];
        nsec_t grace = with_graceful_stop ? scenario->graceful_stop_ns : 0;
        if (scenario->shape && scenario->duration_ns == 0)
            return NSEC_NEVER;
        end = MAX_OF(end, scenario->start_time_ns + scenario_duration_ns(scenario) + grace);
    }
    return end;
}
