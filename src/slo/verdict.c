/* SPDX-License-Identifier: Apache-2.0
 *
 * The verdict: one function per kind of row, loads last because they look at the rows that must
 * hold under them.
 */
#include "slo/verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"
#include "metrics/percentile.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "slo/openslo.h"

#define ARENA_CHUNK 4096

/* What was offered counts as carried from this share on: at the end of a run some requests are
 * always still under way. */
#define CARRIED_SHARE 0.99

struct judge {
    struct verdict *verdict;
    const struct openslo *slo;
    const struct snapshot *total;
    const struct run_facts *facts;
};

static const char *trim_zeros(char *text)
{
    char *end = text + strlen(text);
    if (!strchr(text, '.'))
        return text;
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
    return text;
}

/* "143.2 ms": two decimals, four below one, no trailing zeros. */
static const char *number_text(struct judge *judge, double value, const char *unit)
{
    char digits[400];
    snprintf(digits, sizeof(digits), fabs(value) < 1 ? "%.4f" : "%.2f", value);
    return arena_printf(&judge->verdict->arena, "%s%s%s", trim_zeros(digits), unit[0] ? " " : "",
                        unit);
}

static const char *bound_text(struct judge *judge, enum threshold_op op, double bound,
                              const char *unit)
{
    return arena_printf(&judge->verdict->arena, "%s %s", threshold_op_text(op),
                        number_text(judge, bound, unit));
}

static const char *duration_text(struct judge *judge, nsec_t ns)
{
    double seconds = (double)ns / NSEC_PER_SEC;
    if (seconds < 120)
        return number_text(judge, seconds, "s");
    if (seconds < 7200)
        return number_text(judge, seconds / 60, "min");
    return number_text(judge, seconds / 3600, "h");
}

/* Rounding must not make a broken bound look kept: more digits where both would read the same. */
static void set_value(struct judge *judge, struct verdict_row *out, enum threshold_op op,
                      double value, double bound, const char *unit)
{
    struct arena *arena = &judge->verdict->arena;
    const char *value_digits = number_text(judge, value, "");
    bool same = value != bound && strcmp(value_digits, number_text(judge, bound, "")) == 0;
    out->value = same ? arena_printf(arena, "%.9g%s%s", value, unit[0] ? " " : "", unit)
                      : number_text(judge, value, unit);
    out->bound = bound_text(judge, op, bound, unit);
    out->status = threshold_holds(op, value, bound) ? VERDICT_PASS : VERDICT_FAIL;
}

static const char *aggregate_unit(const struct series *series, enum aggregate_kind kind)
{
    if (series->type == METRIC_RATE)
        return "%";
    bool bytes = series->unit == METRIC_DATA;
    if (series->type == METRIC_COUNTER && kind == AGGREGATE_RATE)
        return bytes ? "B/s" : "/s";
    return bytes ? "B" : series->unit == METRIC_TIME ? "ms" : "";
}

/* The percentile that the row is about, or one that any number of samples shows. */
static double percentile_of(struct aggregate aggregate)
{
    return aggregate.kind == AGGREGATE_PERCENTILE ? aggregate.percentile
           : aggregate.kind == AGGREGATE_MED      ? 50
                                                  : 100;
}

/* What a few samples say against a bound stands; that they keep it says nothing yet. */
static void require_samples(struct judge *judge, const struct slo_row *row, const struct sink *sink,
                            struct verdict_row *out)
{
    double p = percentile_of(row->aggregate);
    uint64_t samples = sink->trend.count, needs = percentile_needs(p);
    if (row->metric.series->type != METRIC_TREND || out->status != VERDICT_PASS || samples >= needs)
        return;
    out->status = VERDICT_NOT_MEASURED;
    out->value = "";
    out->note =
        arena_printf(&judge->verdict->arena,
                     "%llu %s too few for p%g; needs %llu: run longer, or offer more load",
                     (unsigned long long)samples, samples == 1 ? "sample is" : "samples are", p,
                     (unsigned long long)needs);
}

static void judge_aggregate(struct judge *judge, const struct slo_row *row, struct verdict_row *out)
{
    const struct series *series = row->metric.series;
    const struct sink *sink = snapshot_sink(judge->total, series->id);
    const char *unit = aggregate_unit(series, row->aggregate.kind);
    double value, scale = series->type == METRIC_RATE ? 100 : 1;
    bool observed =
        aggregate_observe(row->aggregate, series->type, sink, judge->facts->duration_ns, &value);
    if (sink && observed) {
        set_value(judge, out, row->op, value * scale, row->bound * scale, unit);
        require_samples(judge, row, sink, out);
        return;
    }
    out->bound = bound_text(judge, row->op, row->bound * scale, unit);
    out->note = arena_printf(&judge->verdict->arena, "the run recorded no %s", series->name);
}

/* How many events a side of a ratio stands for. */
static double side_count(const struct judge *judge, const struct slo_metric *side, bool all)
{
    const struct sink *sink = snapshot_sink(judge->total, side->series->id);
    if (!sink)
        return 0;
    switch (side->series->type) {
    case METRIC_TREND:
        return (double)sink->trend.count;
    case METRIC_GAUGE:
        return sink->value;
    case METRIC_RATE:
        return all ? (double)sink->count : sink->sum;
    case METRIC_COUNTER:
        break;
    }
    return sink->sum;
}

static void judge_ratio(struct judge *judge, const struct slo_row *row, struct verdict_row *out)
{
    bool bad = row->counts_bad;
    double part = side_count(judge, &row->metric, false);
    double all = side_count(judge, row->total.series ? &row->total : &row->metric, true);
    double shown_bound = round((bad ? 1 - row->target : row->target) * 1e12) / 1e10;
    enum threshold_op op = bad ? OP_LESS_EQUAL : OP_GREATER_EQUAL;
    out->bound = bound_text(judge, op, shown_bound, "%");
    if (all <= 0) {
        out->note = arena_printf(&judge->verdict->arena, "the run recorded no %s",
                                 (row->total.series ? &row->total : &row->metric)->series->name);
        return;
    }
    set_value(judge, out, op, part / all * 100, shown_bound, "%");
    double good = bad ? all - part : part;
    out->status = good / all >= row->target ? VERDICT_PASS : VERDICT_FAIL;
}

static void judge_watch(struct judge *judge, const struct slo_row *row, struct verdict_row *out)
{
    const struct run_facts *facts = judge->facts;
    out->bound = bound_text(judge, row->op, row->bound, row->unit);
    for (size_t i = 0; i < facts->observation_count; i++) {
        const struct observation *seen = &facts->observations[i];
        if (strcmp(seen->name, row->watch) != 0)
            continue;
        if (strcmp(seen->unit, row->unit) == 0)
            set_value(judge, out, row->op, row->peak ? seen->peak : seen->avg, row->bound,
                      row->unit);
        else
            out->note = arena_printf(&judge->verdict->arena, "%s was observed in %s, not in %s",
                                     row->watch, seen->unit, row->unit);
        return;
    }
    bool of_process = strcmp(row->watch, "cpu") == 0 || strcmp(row->watch, "memory") == 0;
    out->note = of_process ? "nobody watched the server: keneyperf run --watch-pid PID does"
                           : "this version watches cpu and memory only";
}

static void judge_elsewhere(struct judge *judge, const struct slo_row *row, struct verdict_row *out)
{
    static const struct {
        const char *type, *by;
    } OURS[] = {
        {"KeneyPerfAudit", "needs times from inside the database; this version does not read them"},
        {"KeneyPerfHistory", "needs the record of many runs; this version keeps none"},
        {"KeneyPerfPage", "needs a browser; this version drives none"},
    };

    out->bound = bound_text(judge, row->op, row->bound, row->unit);
    out->note = arena_printf(&judge->verdict->arena,
                             "needs a source of type %s; this version has none", row->source);
    for (size_t i = 0; i < COUNT_OF(OURS); i++) {
        if (strcmp(row->source, OURS[i].type) == 0)
            out->note = OURS[i].by;
    }
}

/* The first row of the SLO `id` that did not pass, or NULL. */
static const struct verdict_row *first_broken(const struct judge *judge, const char *id)
{
    for (size_t i = 0; i < judge->slo->row_count; i++) {
        const struct verdict_row *row = &judge->verdict->rows[i];
        if (strcmp(judge->slo->rows[i].id, id) == 0 && row->status != VERDICT_PASS)
            return row;
    }
    return NULL;
}

/* A load is carried only where the rows that it must leave intact hold. */
static void judge_holds(struct judge *judge, const struct slo_row *row, struct verdict_row *out)
{
    for (size_t i = 0; i < row->hold_count && out->status == VERDICT_PASS; i++) {
        const struct verdict_row *broken = first_broken(judge, row->holds[i]);
        if (!broken)
            continue;
        out->status = broken->status;
        out->note = arena_printf(&judge->verdict->arena, "under this load \"%s: %s\" %s",
                                 broken->section, broken->name,
                                 broken->status == VERDICT_FAIL ? "failed" : "was not measured");
    }
}

static double request_rate(const struct judge *judge)
{
    double seconds = (double)judge->facts->duration_ns / NSEC_PER_SEC;
    return seconds > 0 ? judge->facts->requests / seconds : 0;
}

/* The load that the run put on the system, in words. */
static const char *offered_text(struct judge *judge)
{
    const struct run_facts *facts = judge->facts;
    struct arena *arena = &judge->verdict->arena;
    if (facts->offered_rate > 0)
        return arena_printf(arena, "the run offered %s",
                            number_text(judge, facts->offered_rate, "req/s"));
    return arena_printf(
        arena, "%s at their own pace",
        number_text(judge, (double)facts->max_vus, facts->max_vus == 1 ? "user" : "users"));
}

/* Did the system carry the load that the row asks for? Else status and note say why not. */
static bool load_carried(struct judge *judge, const struct slo_row *row, struct verdict_row *out)
{
    const struct run_facts *facts = judge->facts;
    bool users = row->load == SLO_LOAD_USERS;
    double carried = users ? (double)facts->max_vus : request_rate(judge);
    set_value(judge, out, row->op, carried, row->bound, row->unit);
    if (out->status == VERDICT_PASS)
        return true;
    if (users || !threshold_holds(row->op, facts->offered_rate, row->bound)) {
        out->status = VERDICT_NOT_MEASURED;
        bool own_pace = !users && facts->offered_rate <= 0;
        out->note = arena_printf(&judge->verdict->arena, "%s; needs %s%s", offered_text(judge),
                                 own_pace ? "more, or an arrival rate of " : "",
                                 number_text(judge, row->bound, row->unit));
        return false;
    }
    if (carried >= facts->offered_rate * CARRIED_SHARE)
        return true;
    out->note =
        arena_printf(&judge->verdict->arena, "%s; not all were carried", offered_text(judge));
    return false;
}

static void judge_load(struct judge *judge, const struct slo_row *row, struct verdict_row *out)
{
    if (!load_carried(judge, row, out))
        return;
    out->status = VERDICT_PASS;
    if (judge->facts->duration_ns < row->duration_ns) {
        out->status = VERDICT_NOT_MEASURED;
        out->note = arena_printf(&judge->verdict->arena, "carried for %s; needs %s",
                                 duration_text(judge, judge->facts->duration_ns),
                                 duration_text(judge, row->duration_ns));
        return;
    }
    judge_holds(judge, row, out);
}

static void judge_row(struct judge *judge, const struct slo_row *row, struct verdict_row *out)
{
    switch (row->kind) {
    case SLO_AGGREGATE:
        judge_aggregate(judge, row, out);
        break;
    case SLO_RATIO:
        judge_ratio(judge, row, out);
        break;
    case SLO_LOAD:
        judge_load(judge, row, out);
        break;
    case SLO_WATCH:
        judge_watch(judge, row, out);
        break;
    case SLO_ELSEWHERE:
        judge_elsewhere(judge, row, out);
        break;
    }
}

static void judge_rows(struct judge *judge, bool loads)
{
    for (size_t i = 0; i < judge->slo->row_count; i++) {
        const struct slo_row *row = &judge->slo->rows[i];
        if ((row->kind == SLO_LOAD) == loads)
            judge_row(judge, row, &judge->verdict->rows[i]);
    }
}

static void sum_up(struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->row_count; i++) {
        enum verdict_status status = verdict->rows[i].status;
        verdict->passed += status == VERDICT_PASS;
        verdict->failed += status == VERDICT_FAIL;
        verdict->not_measured += status == VERDICT_NOT_MEASURED;
    }
    verdict->status = verdict->failed   ? VERDICT_FAIL
                      : verdict->passed ? VERDICT_PASS
                                        : VERDICT_NOT_MEASURED;
}

struct verdict *verdict_new(const struct openslo *slo, const struct snapshot *total,
                            const struct run_facts *facts)
{
    struct verdict *verdict = NEW(struct verdict);
    struct judge judge = {verdict, slo, total, facts};
    arena_init(&verdict->arena, ARENA_CHUNK);
    verdict->row_count = slo->row_count;
    verdict->rows = ARENA_NEW_ARRAY(&verdict->arena, struct verdict_row, slo->row_count);
    for (size_t i = 0; i < slo->row_count; i++) {
        verdict->rows[i] = (struct verdict_row){
            .section = slo->rows[i].section,
            .name = slo->rows[i].name,
            .status = VERDICT_NOT_MEASURED,
            .value = "",
            .bound = "",
            .note = "",
        };
    }
    judge_rows(&judge, false);
    judge_rows(&judge, true);
    sum_up(verdict);
    return verdict;
}

void verdict_free(struct verdict **verdict)
{
    if (!*verdict)
        return;
    arena_done(&(*verdict)->arena);
    mem_free(verdict);
}

const char *verdict_status_text(enum verdict_status status)
{
    static const char *const TEXTS[] = {"pass", "fail", "not measured"};
    return TEXTS[status];
}

double verdict_offered_rate(uint64_t scheduled, double requests, double iterations,
                            nsec_t duration_ns)
{
    double per_iteration = iterations > 0 ? requests / iterations : 1;
    if (duration_ns <= 0)
        return 0;
    return (double)scheduled / ((double)duration_ns / NSEC_PER_SEC) * per_iteration;
}
