/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts of a run that its verdict rests on, beside the samples: how long, how many users, what
 * rate was asked for, what the watched processes used.
 */
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
    if (run->config->watch_pid_count == 0)
        return 0;
    run->watch = process_watch_start(run->config->watch_pids, run->config->watch_pid_count, err);
    return run->watch ? 0 : -1;
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
    struct host_usage usage = {0};
    struct observation observations[OBSERVATIONS];
    struct run_facts facts = {
        .duration_ns = run->load_ns,
        .max_vus = most_users(run),
        .offered_rate = offered_rate(run),
        .observations = observations,
        .observation_count = run->watch ? OBSERVATIONS : 0,
    };
    process_watch_stop(&run->watch, &usage);
    observations[0] = (struct observation){"cpu", usage.cpu.avg, usage.cpu.peak, "%"};
    observations[1] = (struct observation){"memory", usage.memory.avg, usage.memory.peak, "%"};
    judge_finally(run->judge, collector_total(run->collector), run->duration_ns, &facts);
}
