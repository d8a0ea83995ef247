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

static bool is_arrival_rate(const struct scenario *scenario)
{
    return scenario->kind == EXECUTOR_CONSTANT_ARRIVAL_RATE ||
           scenario->kind == EXECUTOR_RAMPING_ARRIVAL_RATE;
}

/* Requests per second that the plan's arrival rates asked for; 0 when any users set the pace. */
static double offered_rate(const struct run *run)
{
    const struct plan *plan = run->config->plan;
    uint64_t scheduled = 0;
    for (size_t i = 0; i < plan->scenario_count; i++) {
        const struct scenario_counters *counters = &run->control->scenarios[i];
        if (!is_arrival_rate(&plan->scenarios[i]))
            return 0;
        scheduled +=
            (uint64_t)(atomic_load(&counters->next_iteration) + atomic_load(&counters->dropped));
    }
    return verdict_offered_rate(scheduled, collector_total(run->collector), run->load_ns);
}

static int64_t most_users(const struct run *run)
{
    uint32_t series = registry_metric(run->config->registry, METRIC_VUS)->series_id;
    const struct sink *vus = snapshot_sink(collector_total(run->collector), series);
    return vus ? (int64_t)vus->max : 0;
}

void run_judge(struct run *run)
{
    const struct host_usage *usage = &run->usage;
    const struct observation observations[OBSERVATIONS] = {
        {"cpu", usage->cpu.avg, usage->cpu.peak, "%"},
        {"memory", usage->memory.avg, usage->memory.peak, "%"},
    };
    struct run_facts facts = {
        .duration_ns = run->load_ns,
        .max_vus = most_users(run),
        .offered_rate = offered_rate(run),
        .observations = observations,
        .observation_count = run->is_watched ? OBSERVATIONS : 0,
    };
    judge_finally(run->judge, collector_total(run->collector), run->duration_ns, &facts);
}
