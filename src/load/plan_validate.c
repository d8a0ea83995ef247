/* SPDX-License-Identifier: Apache-2.0
 *
 * What may stand in a plan, in k6's words: all problems of a scenario in one line, one line per
 * scenario. The order of the rules is k6's too, because people compare messages.
 */
#include "base/error.h"
#include "base/strbuf.h"
#include "load/duration.h"
#include "load/plan.h"

#define MAX_CONCURRENT_VUS 100000000

/* An arrival takes tens of nanoseconds even when it is only dropped: a worker that has more of them
 * would be busy with that long after the scenario's end. */
#define MAX_RATE_PER_SECOND 10000000

static void problem(struct strbuf *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void problem(struct strbuf *out, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (out->len > 0)
        strbuf_adds(out, ", ");
    strbuf_vaddf(out, fmt, args);
    va_end(args);
}

static bool is_scenario_name(const char *name)
{
    return name[strspn(name, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-")] ==
           '\0';
}

static void check_common(const struct scenario *s, struct strbuf *out)
{
    if (s->name[0] == '\0')
        problem(out, "scenario name can't be empty");
    if (s->name[0] == '\0' || !is_scenario_name(s->name))
        problem(out, "the scenario name should contain only numbers, latin letters, underscores, "
                     "and dashes");
    if (s->exec && s->exec[0] == '\0')
        problem(out, "exec value cannot be empty");
    if (s->start_time_ns < 0)
        problem(out, "the startTime can't be negative");
    if (s->graceful_stop_ns < 0)
        problem(out, "the gracefulStop timeout can't be negative");
}

static void check_at_least_1s(nsec_t duration_ns, const char *field, struct strbuf *out)
{
    char text[64];
    if (duration_ns < NSEC_PER_SEC)
        problem(out, "the %s must be at least 1s, but is %s", field,
                duration_format(duration_ns, text, sizeof(text)));
}

static void check_vus(const struct scenario *s, struct strbuf *out)
{
    if (s->vus <= 0)
        problem(out, "the number of VUs must be more than 0");
}

static void check_duration(const struct scenario *s, struct strbuf *out)
{
    if (s->duration_ns == PLAN_UNSET)
        problem(out, "the duration is unspecified");
    else
        check_at_least_1s(s->duration_ns, "duration", out);
}

static void check_stages(const struct scenario *s, struct strbuf *out)
{
    if (s->stage_count == 0)
        problem(out, "at least one stage has to be specified");
    for (size_t i = 0; i < s->stage_count; i++) {
        if (s->stages[i].duration_ns == PLAN_UNSET)
            problem(out, "stage %zu doesn't have a duration", i + 1);
        else if (s->stages[i].duration_ns < 0)
            problem(out, "the duration for stage %zu can't be negative", i + 1);
        if (s->stages[i].target == PLAN_UNSET)
            problem(out, "stage %zu doesn't have a target", i + 1);
        else if (s->stages[i].target < 0)
            problem(out, "the target for stage %zu can't be negative", i + 1);
    }
}

static void check_shared_iterations(const struct scenario *s, struct strbuf *out)
{
    check_vus(s, out);
    if (s->iterations < s->vus)
        problem(out, "the number of iterations (%lld) can't be less than the number of VUs (%lld)",
                (long long)s->iterations, (long long)s->vus);
    check_at_least_1s(s->duration_ns, "maxDuration", out);
}

static void check_per_vu_iterations(const struct scenario *s, struct strbuf *out)
{
    check_vus(s, out);
    if (s->iterations <= 0)
        problem(out, "the number of iterations must be more than 0");
    check_at_least_1s(s->duration_ns, "maxDuration", out);
}

static void check_constant_vus(const struct scenario *s, struct strbuf *out)
{
    check_vus(s, out);
    check_duration(s, out);
}

static void check_ramping_vus(const struct scenario *s, struct strbuf *out)
{
    if (s->vus < 0)
        problem(out, "the number of start VUs can't be negative");
    if (scenario_max_vus(s) <= 0)
        problem(out, "either startVUs or one of the stages' target values must be greater than 0");
    check_stages(s, out);
    if (s->vus > MAX_CONCURRENT_VUS)
        problem(out, "the startVUs exceed max limit of %d", MAX_CONCURRENT_VUS);
    for (size_t i = 0; i < s->stage_count; i++) {
        if (s->stages[i].target > MAX_CONCURRENT_VUS)
            problem(out, "target for stage %zu exceeds max limit of %d", i + 1, MAX_CONCURRENT_VUS);
    }
}

static void check_arrival_vus(const struct scenario *s, struct strbuf *out)
{
    if (s->vus == PLAN_UNSET)
        problem(out, "the number of preAllocatedVUs isn't specified");
    else if (s->vus < 0)
        problem(out, "the number of preAllocatedVUs can't be negative");
    if (s->max_vus != PLAN_UNSET && s->max_vus < s->vus)
        problem(out, "maxVUs can't be less than preAllocatedVUs");
}

static void check_time_unit(const struct scenario *s, struct strbuf *out)
{
    if (s->time_unit_ns <= 0)
        problem(out, "the timeUnit must be more than 0");
}

static void check_rate(const struct scenario *s, int64_t rate, struct strbuf *out)
{
    if (s->time_unit_ns > 0 &&
        (double)rate * NSEC_PER_SEC / (double)s->time_unit_ns > MAX_RATE_PER_SECOND)
        problem(out, "the rate of %lld per timeUnit exceeds max limit of %d a second",
                (long long)rate, MAX_RATE_PER_SECOND);
}

static void check_constant_arrival_rate(const struct scenario *s, struct strbuf *out)
{
    if (s->rate == PLAN_UNSET)
        problem(out, "the iteration rate isn't specified");
    else if (s->rate <= 0)
        problem(out, "the iteration rate must be more than 0");
    check_rate(s, s->rate, out);
    check_time_unit(s, out);
    check_duration(s, out);
    check_arrival_vus(s, out);
}

static void check_ramping_arrival_rate(const struct scenario *s, struct strbuf *out)
{
    if (s->rate < 0)
        problem(out, "the startRate value can't be negative");
    check_rate(s, s->rate, out);
    check_time_unit(s, out);
    check_stages(s, out);
    for (size_t i = 0; i < s->stage_count; i++)
        check_rate(s, s->stages[i].target, out);
    check_arrival_vus(s, out);
}

static void (*const CHECKS[])(const struct scenario *, struct strbuf *) = {
    [EXECUTOR_SHARED_ITERATIONS] = check_shared_iterations,
    [EXECUTOR_PER_VU_ITERATIONS] = check_per_vu_iterations,
    [EXECUTOR_CONSTANT_VUS] = check_constant_vus,
    [EXECUTOR_RAMPING_VUS] = check_ramping_vus,
    [EXECUTOR_CONSTANT_ARRIVAL_RATE] = check_constant_arrival_rate,
    [EXECUTOR_RAMPING_ARRIVAL_RATE] = check_ramping_arrival_rate,
};

int plan_validate(const struct plan *plan, struct error *err)
{
    AUTO(strbuf_done) struct strbuf all = STRBUF_INIT(16384);
    for (size_t i = 0; i < plan->scenario_count; i++) {
        const struct scenario *scenario = &plan->scenarios[i];
        AUTO(strbuf_done) struct strbuf found = STRBUF_INIT(8192);
        check_common(scenario, &found);
        CHECKS[scenario->kind](scenario, &found);
        if (found.len > 0)
            strbuf_addf(&all, "\n\t- scenario %s has configuration errors: %s", scenario->name,
                        strbuf_cstr(&found));
    }
    if (all.len == 0)
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "There were problems with the specified script configuration:%s",
                     strbuf_cstr(&all));
}
