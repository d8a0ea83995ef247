/* SPDX-License-Identifier: Apache-2.0
 *
 * What a run shows while it goes. The texts are those of k6's progress, so that eyes and scrapers
 * find what they know.
 */
#include "run/progress.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "load/control.h"
#include "load/duration.h"
#include "load/plan.h"

enum {
    BAR_WIDTH = 38,
    TIME_TEXT = 48,
};

/* Largest rate of the scenario, per second. */
static double peak_rate(const struct scenario *scenario)
{
    int64_t peak = scenario->rate;
    for (size_t i = 0; i < scenario->stage_count; i++)
        peak = MAX_OF(peak, scenario->stages[i].target);
    return (double)peak * 1e9 / (double)scenario->time_unit_ns;
}

static void describe_load(const struct scenario *scenario, struct strbuf *out)
{
    char time[TIME_TEXT];
    long long vus = scenario->vus, iterations = scenario->iterations;
    duration_format(scenario_duration_ns(scenario), time, sizeof(time));
    switch (scenario->kind) {
    case EXECUTOR_SHARED_ITERATIONS:
        strbuf_addf(out, "%lld iterations shared among %lld VUs (maxDuration: %s", iterations, vus,
                    time);
        break;
    case EXECUTOR_PER_VU_ITERATIONS:
        strbuf_addf(out, "%lld iterations for each of %lld VUs (maxDuration: %s", iterations, vus,
                    time);
        break;
    case EXECUTOR_CONSTANT_VUS:
        strbuf_addf(out, "%lld looping VUs for %s (", vus, time);
        break;
    case EXECUTOR_RAMPING_VUS:
        strbuf_addf(
            out, "Up to %lld looping VUs for %s over %zu stages (gracefulRampDown: %s",
            (long long)scenario_max_vus(scenario), time, scenario->stage_count,
            duration_format(scenario->graceful_ramp_down_ns, (char[TIME_TEXT]){0}, TIME_TEXT));
        break;
    case EXECUTOR_CONSTANT_ARRIVAL_RATE:
    case EXECUTOR_RAMPING_ARRIVAL_RATE:
        strbuf_addf(out, "%s%.2f iterations/s for %s",
                    scenario->kind == EXECUTOR_RAMPING_ARRIVAL_RATE ? "Up to " : "",
                    peak_rate(scenario), time);
        if (scenario->kind == EXECUTOR_RAMPING_ARRIVAL_RATE)
            strbuf_addf(out, " over %zu stages", scenario->stage_count);
        strbuf_addf(out, " (maxVUs: %lld", vus);
        if (scenario->max_vus > vus)
            strbuf_addf(out, "-%lld", (long long)scenario->max_vus);
        break;
    }
}

static void describe_fact(struct strbuf *out, const char *name, const char *value)
{
    bool first = out->len && out->ptr[out->len - 1] == '(';
    strbuf_addf(out, "%s%s: %s", first ? "" : ", ", name, value);
}

static void describe_scenario(const struct scenario *scenario, struct strbuf *out)
{
    char time[TIME_TEXT];
    strbuf_addf(out, "              * %s: ", scenario->name);
    describe_load(scenario, out);
    if (strcmp(scenario->exec, "default") != 0)
        describe_fact(out, "exec", scenario->exec);
    if (scenario->start_time_ns)
        describe_fact(out, "startTime",
                      duration_format(scenario->start_time_ns, time, sizeof(time)));
    if (scenario->graceful_stop_ns)
        describe_fact(out, "gracefulStop",
                      duration_format(scenario->graceful_stop_ns, time, sizeof(time)));
    strbuf_adds(out, ")\n");
}

void progress_describe(const struct progress *progress, const char *script, const char *outputs,
                       struct strbuf *out)
{
    const struct plan *plan = progress->plan;
    char time[TIME_TEXT];
    strbuf_addf(out, "\n     execution: local\n        script: %s\n        output: %s\n\n", script,
                outputs);
    strbuf_addf(out,
                "     scenarios: (100.00%%) %zu scenario%s, %lld max VUs, %s max duration (incl. "
                "graceful stop):\n",
                plan->scenario_count, plan->scenario_count == 1 ? "" : "s",
                (long long)plan_max_vus(plan),
                duration_format(plan_duration_ns(plan, true), time, sizeof(time)));
    for (size_t i = 0; i < plan->scenario_count; i++)
        describe_scenario(&plan->scenarios[i], out);
    strbuf_addc(out, '\n');
}

/* As wide for every value up to `max`: "03.0s", "00m03.0s", "0h00m03.0s". */
static void add_fixed_time(struct strbuf *out, nsec_t ns, nsec_t max_ns)
{
    double seconds = (double)ns / 1e9;
    int hours = (int)(seconds / 3600), minutes = (int)(seconds / 60) % 60;
    if (max_ns >= 3600 * NSEC_PER_SEC)
        strbuf_addf(out, "%dh", hours);
    if (max_ns >= 60 * NSEC_PER_SEC)
        strbuf_addf(out, "%02dm", minutes);
    strbuf_addf(out, "%04.1fs", seconds - 60 * (int)(seconds / 60));
}

static int digits(int64_t value)
{
    return snprintf(NULL, 0, "%lld", (long long)value);
}

static void add_iterations(struct strbuf *out, const struct scenario *scenario, int64_t done,
                           double elapsed_s)
{
    int64_t all = scenario->iterations;
    switch (scenario->kind) {
    case EXECUTOR_SHARED_ITERATIONS:
        strbuf_addf(out, "  %0*lld/%lld shared iters", digits(all), (long long)done,
                    (long long)all);
        break;
    case EXECUTOR_PER_VU_ITERATIONS:
        strbuf_addf(out, "  %0*lld/%lld iters, %lld per VU", digits(all * scenario->vus),
                    (long long)done, (long long)(all * scenario->vus), (long long)all);
        break;
    case EXECUTOR_CONSTANT_ARRIVAL_RATE:
    case EXECUTOR_RAMPING_ARRIVAL_RATE:
        strbuf_addf(out, "  %.2f iters/s", elapsed_s > 0 ? (double)done / elapsed_s : 0);
        break;
    case EXECUTOR_CONSTANT_VUS:
    case EXECUTOR_RAMPING_VUS:
        break;
    }
}

/* Share of the scenario that is over, 0..1: by iterations where they are what ends it. */
static double share_done(const struct scenario *scenario, int64_t done, nsec_t elapsed_ns)
{
    double all = 0;
    if (scenario->kind == EXECUTOR_SHARED_ITERATIONS)
        all = (double)scenario->iterations;
    else if (scenario->kind == EXECUTOR_PER_VU_ITERATIONS)
        all = (double)(scenario->iterations * scenario->vus);
    nsec_t duration = scenario_duration_ns(scenario);
    double share = all > 0        ? (double)done / all
                   : duration > 0 ? (double)elapsed_ns / (double)duration
                                  : 1;
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

static void add_bar(struct strbuf *out, double share)
{
    int filled = (int)(share * BAR_WIDTH);
    strbuf_addc(out, '[');
    for (int i = 0; i < BAR_WIDTH; i++)
        strbuf_addc(out, i < filled ? '=' : i == filled && share < 1 ? '>' : '-');
    strbuf_addc(out, ']');
}

static void add_vus(struct strbuf *out, const struct scenario *scenario, int64_t active)
{
    bool varies = scenario->kind >= EXECUTOR_RAMPING_VUS;
    int64_t all = scenario_max_vus(scenario);
    if (varies)
        strbuf_addf(out, " %0*lld/%lld VUs", digits(all), (long long)active, (long long)all);
    else
        strbuf_addf(out, " %lld VUs", (long long)scenario->vus);
}

static void draw_scenario(const struct progress *progress, size_t index, nsec_t elapsed_ns,
                          bool ended, struct strbuf *out)
{
    const struct scenario *scenario = &progress->plan->scenarios[index];
    const struct scenario_counters *counters = &progress->control->scenarios[index];
    int64_t done = atomic_load(&counters->completed);
    nsec_t whole = scenario_duration_ns(scenario), since = elapsed_ns - scenario->start_time_ns;
    nsec_t spent = since < 0 ? 0 : MIN_OF(since, whole);
    double share = share_done(scenario, done, since);
    char time[TIME_TEXT];
    strbuf_addf(out, "%s %s ", scenario->name, !ended ? " " : share >= 1 ? "✓" : "✗");
    if (progress->terminal)
        add_bar(out, share);
    else
        strbuf_addf(out, "[ %3.0f%% ]", share * 100);
    add_vus(out, scenario, atomic_load(&counters->active_vus));
    strbuf_adds(out, "  ");
    if (!ended || share < 1) {
        add_fixed_time(out, spent, whole);
        strbuf_addc(out, '/');
    }
    strbuf_adds(out, duration_format(whole, time, sizeof(time)));
    add_iterations(out, scenario, done, (double)spent / 1e9);
    strbuf_adds(out, progress->terminal ? "\x1b[K\n" : "\n");
}

static void draw_test(const struct progress *progress, nsec_t elapsed_ns, struct strbuf *out)
{
    const struct control *control = progress->control;
    int64_t completed = 0, interrupted = 0;
    int64_t all = atomic_load(&control->vus_initialized);
    for (size_t i = 0; i < control->scenario_count; i++) {
        completed += atomic_load(&control->scenarios[i].completed);
        interrupted += atomic_load(&control->scenarios[i].interrupted);
    }
    strbuf_adds(out, "running (");
    add_fixed_time(out, elapsed_ns, plan_duration_ns(progress->plan, true));
    strbuf_addf(out, "), %0*lld/%lld VUs, %lld complete and %lld interrupted iterations%s\n",
                digits(all), (long long)atomic_load(&control->vus_active), (long long)all,
                (long long)completed, (long long)interrupted, progress->terminal ? "\x1b[K" : "");
}

void progress_draw(struct progress *progress, nsec_t elapsed_ns, bool ended, struct strbuf *out)
{
    bool in_place = progress->terminal && !ended;
    if (!in_place)
        strbuf_addc(out, '\n');
    else if (progress->drawn_lines)
        strbuf_addf(out, "\x1b[%zuA\r", progress->drawn_lines);
    draw_test(progress, elapsed_ns, out);
    for (size_t i = 0; i < progress->plan->scenario_count; i++)
        draw_scenario(progress, i, elapsed_ns, ended, out);
    progress->drawn_lines = progress->plan->scenario_count + 1;
}
