/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts of a run that its verdict rests on, beside the samples: how long, how many users, what
 * rate was asked for, what the watched processes used.
 */
#include "base/log.h"
#include "load/control.h"
#include "load/plan.h"
#include "observe/host/process_watch.h"
#include "run/collector.h"
#include "run/run_private.h"
#include "slo/verdict.h"

enum {
    OBSERVATIONS = 2,
};

int run_start_watch(struct run *run, struct error *err)
{
    const struct run_config *config = run->config;
    if (config->watch_pid_count == 0)
        return 0;
    process_watch_stop(&run->watch, &run->usage);
    run->watch = process_watch_start(config->watch_pids, config->watch_pid_count, err);
    return run->watch ? 0 : -1;
}

void run_stop_watch(struct run *run)
{
    run->is_watched = run->watch != NULL;
    process_watch_stop(&run->watch, &run->usage);
    if (run->usage.gone == 0)
        return;
    run->is_watched = false;
    log_printf(run->config->log, LOG_WARNING,
               "%zu of the watched processes ended during the test, so CPU and memory are not "
               "judged: see why, or watch those that live on (--watch-pid)",
               run->usage.gone);
}

static bool is_open(const struct plan *plan)
{
    for (size_t i = 0; i < plan->scenario_count; i++) {
        enum executor_kind kind = plan->scenarios[i].kind;
        if (kind != EXECUTOR_CONSTANT_ARRIVAL_RATE && kind != EXECUTOR_RAMPING_ARRIVAL_RATE)
            return false;
    }
    return true;
}

/* Arrivals end with the plan: what comes after is the wait for those that hang, and must not make
 * the load look smaller. Users go on until their last iteration ends. */
static nsec_t load_duration_ns(const struct run *run)
{
    const struct plan *plan = run->config->plan;
    return is_open(plan) ? MIN_OF(run->load_ns, plan_duration_ns(plan, false)) : run->load_ns;
}

/* Requests per second that the plan's arrival rates asked for; 0 when any users set the pace. */
static double offered_rate(const struct run *run)
{
    const struct plan *plan = run->config->plan;
    uint64_t scheduled = 0;
    double iterations = 0;
    if (!is_open(plan))
        return 0;
    for (size_t i = 0; i < plan->scenario_count; i++) {
        const struct scenario_counters *counters = &run->control->scenarios[i];
        scheduled +=
            (uint64_t)(atomic_load(&counters->next_iteration) + atomic_load(&counters->dropped));
        iterations += (double)atomic_load(&counters->completed);
    }
    return verdict_offered_rate(scheduled, run->load_requests, iterations, load_duration_ns(run));
}

void run_judge(struct run *run)
{
    const struct host_usage *usage = &run->usage;
    const struct observation observations[OBSERVATIONS] = {
        {"cpu", usage->cpu.avg, usage->cpu.peak, "%"},
        {"memory", usage->memory.avg, usage->memory.peak, "%"},
    };
    struct run_facts facts = {
        .duration_ns = load_duration_ns(run),
        .max_vus = atomic_load(&run->control->vus_peak),
        .requests = run->load_requests,
        .offered_rate = offered_rate(run),
        .observations = observations,
        .observation_count = run->is_watched ? OBSERVATIONS : 0,
    };
    judge_finally(run->judge, collector_total(run->collector), run->duration_ns, &facts);
}
