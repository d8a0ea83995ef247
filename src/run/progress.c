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
    BAR_MIN_WIDTH = 9, /* "[ 100% ]" says more in less */
    LINE_MAX_BYTES = 1000,
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

static bool is_open_ended(const struct scenario *scenario)
{
    return scenario->shape && scenario->duration_ns == 0;
}

static void describe_shape(const struct scenario *scenario, struct strbuf *out)
{
    char time[TIME_TEXT];
    strbuf_addf(out, "VUs as %s wants them ", scenario->shape);
    if (is_open_ended(scenario))
        strbuf_adds(out, "until it ends (");
    else
        strbuf_addf(out, "for %s (", duration_format(scenario->duration_ns, time, sizeof(time)));
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
    if (scenario->shape)
        describe_shape(scenario, out);
    else
        describe_load(scenario, out);
    if (strcmp(scenario->exec, "default") != 0)
        describe_fact(out, "exec", scenario->exec);
    if (scenario->start_time_ns)
        describe_fact(out, "startTime",
                      duration_format(scenario->start_time_ns, time, sizeof(time)));
    if (scenario->graceful_stop_ns)
        describe_fact(out, "gracefulStop",
                      duration_format(scenario->graceful_stop_ns, time, sizeof(time)));
    if (out->ptr[out->len - 1] == '(') {
        strbuf_truncate(out, out->len - strlen(" ("));
        strbuf_adds(out, "\n");
    } else {
        strbuf_adds(out, ")\n");
    }
}

void progress_describe(const struct progress *progress, const char *script, const char *outputs,
                       struct strbuf *out)
{
    const struct plan *plan = progress->plan;
    char time[TIME_TEXT];
    strbuf_addf(out, "\n     execution: local\n        script: %s\n        output: %s\n\n", script,
                outputs);
    strbuf_addf(out, "     scenarios: (100.00%%) %zu scenario%s, ", plan->scenario_count,
                plan->scenario_count == 1 ? "" : "s");
    if (plan_duration_ns(plan, true) == NSEC_NEVER)
        strbuf_adds(out, "no max duration:\n");
    else
        strbuf_addf(out, "%lld max VUs, %s max duration (incl. graceful stop):\n",
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

/* How many iterations end the scenario; 0 where its duration does. */
static int64_t all_iterations(const struct scenario *scenario)
{
    if (scenario->kind == EXECUTOR_SHARED_ITERATIONS)
        return scenario->iterations;
    return scenario->kind == EXECUTOR_PER_VU_ITERATIONS ? scenario->iterations * scenario->vus : 0;
}

static void add_iterations(struct strbuf *out, const struct scenario *scenario, int64_t done,
                           double elapsed_s)
{
    int64_t all = all_iterations(scenario);
    switch (scenario->kind) {
    case EXECUTOR_SHARED_ITERATIONS:
        strbuf_addf(out, "  %0*lld/%lld shared iters", digits(all), (long long)done,
                    (long long)all);
        break;
    case EXECUTOR_PER_VU_ITERATIONS:
        strbuf_addf(out, "  %0*lld/%lld iters, %lld per VU", digits(all), (long long)done,
                    (long long)all, (long long)scenario->iterations);
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

/* A scenario at one moment. */
struct state {
    const struct scenario *scenario;
    int64_t done, active;
    nsec_t since_ns; /* its start; negative while it waits for that */
    double share;    /* of it that is over, 0..1: by iterations where they are what ends it */
    bool ended;      /* the run did */
};

static struct state state_of(const struct progress *progress, size_t index, nsec_t elapsed_ns,
                             bool ended)
{
    const struct scenario *scenario = &progress->plan->scenarios[index];
    const struct scenario_counters *counters = &progress->control->scenarios[index];
    struct state state = {
        .scenario = scenario,
        .done = atomic_load(&counters->completed),
        .active = atomic_load(&counters->active_vus),
        .since_ns = elapsed_ns - scenario->start_time_ns,
        .ended = ended,
    };
    int64_t all = all_iterations(scenario);
    nsec_t whole = scenario_duration_ns(scenario);
    double share = all > 0     ? (double)state.done / (double)all
                   : whole > 0 ? (double)state.since_ns / (double)whole
                               : 1;
    state.share = share < 0 ? 0 : share > 1 ? 1 : share;
    if (is_open_ended(scenario))
        state.share = ended ? 1 : 0;
    return state;
}

static const char *mark(const struct state *state)
{
    if (state->share >= 1 && (state->ended || state->active == 0))
        return "✓";
    if (state->ended)
        return "✗";
    return state->since_ns < 0 ? "•" : " ";
}

static void add_vus(struct strbuf *out, const struct state *state)
{
    const struct scenario *scenario = state->scenario;
    int64_t all = scenario_max_vus(scenario);
    if (scenario->shape)
        strbuf_addf(out, "%lld VUs", (long long)state->active);
    else if (scenario->kind >= EXECUTOR_RAMPING_VUS)
        strbuf_addf(out, "%0*lld/%lld VUs", digits(all), (long long)state->active, (long long)all);
    else
        strbuf_addf(out, "%lld VUs", (long long)scenario->vus);
}

/* What follows the bar. An end that iterations brought has no time of its own when other scenarios
 * went on: what the run took is not what it took. */
static void add_figures(struct strbuf *out, const struct state *state, bool only)
{
    const struct scenario *scenario = state->scenario;
    nsec_t whole = scenario_duration_ns(scenario);
    nsec_t spent = state->since_ns < 0 ? 0 : MIN_OF(state->since_ns, whole);
    bool by_iterations = all_iterations(scenario) > 0, over = state->ended && state->share >= 1;
    char time[TIME_TEXT];
    if (state->since_ns < 0 && !state->ended) {
        strbuf_adds(out, "waiting  ");
        add_fixed_time(out, -state->since_ns, scenario->start_time_ns);
        return;
    }
    add_vus(out, state);
    if (is_open_ended(scenario)) {
        strbuf_adds(out, "  ");
        add_fixed_time(out, MAX_OF(state->since_ns, 0), NSEC_PER_SEC * 60);
        return;
    }
    if (!over || (by_iterations && only)) {
        strbuf_adds(out, "  ");
        add_fixed_time(out, spent, whole);
        strbuf_addc(out, '/');
        if (scenario->kind == EXECUTOR_RAMPING_VUS)
            add_fixed_time(out, whole, whole);
        else
            strbuf_adds(out, duration_format(whole, time, sizeof(time)));
    } else if (!by_iterations) {
        strbuf_addf(out, "  %s", duration_format(whole, time, sizeof(time)));
    }
    add_iterations(out, scenario, state->done, (double)spent / 1e9);
}

/* Columns of all scenarios alike. */
struct layout {
    size_t name, bar;
    bool only; /* one scenario */
};

/* The bar takes what the longest figures leave of the terminal's width. */
static struct layout lay_out(const struct progress *progress, nsec_t elapsed_ns, bool ended)
{
    const struct plan *plan = progress->plan;
    struct layout layout = {.bar = BAR_WIDTH, .only = plan->scenario_count == 1};
    size_t figures = 0;
    for (size_t i = 0; i < plan->scenario_count; i++) {
        AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(LINE_MAX_BYTES);
        const struct state state = state_of(progress, i, elapsed_ns, ended);
        add_figures(&text, &state, layout.only);
        figures = MAX_OF(figures, text.len);
        layout.name = MAX_OF(layout.name, strlen(plan->scenarios[i].name));
    }
    size_t others = layout.name + figures + strlen(" m [] ") + 1;
    if (progress->columns && progress->columns < others + BAR_WIDTH)
        layout.bar = progress->columns > others ? progress->columns - others : 0;
    return layout;
}

static void add_bar(struct strbuf *out, double share, size_t width)
{
    size_t filled = (size_t)(share * (double)width);
    strbuf_addc(out, '[');
    for (size_t i = 0; i < width; i++)
        strbuf_addc(out, i < filled ? '=' : i == filled && share < 1 ? '>' : '-');
    strbuf_adds(out, "] ");
}

static void draw_scenario(const struct progress *progress, const struct state *state,
                          const struct layout *layout, struct strbuf *out)
{
    strbuf_addf(out, "%-*s %s ", (int)layout->name, state->scenario->name, mark(state));
    if (progress->terminal && layout->bar >= BAR_MIN_WIDTH)
        add_bar(out, state->share, layout->bar);
    else
        strbuf_addf(out, "[ %3.0f%% ] ", state->share * 100);
    add_figures(out, state, layout->only);
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
    struct layout layout = lay_out(progress, elapsed_ns, ended);
    strbuf_adds(out, in_place ? "\r\x1b[?7l" : "\n"); /* what is too long is cut, not wrapped */
    draw_test(progress, elapsed_ns, out);
    for (size_t i = 0; i < progress->plan->scenario_count; i++) {
        const struct state state = state_of(progress, i, elapsed_ns, ended);
        draw_scenario(progress, &state, &layout, out);
    }
    if (in_place)
        strbuf_addf(out, "\x1b[?7h\x1b[%zuA", progress->plan->scenario_count + 1);
}

void progress_erase(const struct progress *progress, struct strbuf *out)
{
    if (progress->terminal)
        strbuf_adds(out, "\r\x1b[J");
}
