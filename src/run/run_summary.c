/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of a run as people and programs see it: the summary (or what handleSummary() makes of
 * it), --summary-export, and what has to be said before any figure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "load/control.h"
#include "load/plan.h"
#include "load/worker.h"
#include "report/summary.h"
#include "report/verdict_text.h"
#include "run/collector.h"
#include "run/run_private.h"

enum {
    TEXT_MAX_BYTES = 64 << 20,
};

/* Above this share of all workers' cores the generator had no time to spare. */
static const double SATURATED = 0.9;

/* In a shorter load, what it takes to begin is most of it. */
static const nsec_t SETTLED_NS = NSEC_PER_SEC;

/* A worker that usually notices things later than this measures itself. */
static const double LAG_LIMIT_MS = 20;

void run_add_note(struct notes *notes, const char *fmt, ...)
{
    if (notes->count == MAX_NOTES)
        return;
    va_list args;
    va_start(args, fmt);
    vsnprintf(notes->texts[notes->count], NOTE_BYTES, fmt, args);
    va_end(args);
    notes->list[notes->count] = notes->texts[notes->count];
    notes->count++;
}

static const struct sink *total_of(const struct run *run, enum builtin_metric metric)
{
    return snapshot_metric(collector_total(run->collector), metric);
}

/* Did the generator itself limit the load or colour the latencies? */
static void note_saturation(struct notes *notes, const struct run *run)
{
    unsigned workers = run->config->plan->workers;
    const struct sink *lag = total_of(run, METRIC_LOOP_LAG);
    bool long_enough = run->load_ns > SETTLED_NS;
    double busy = long_enough ? (double)run->load_cpu_ns / (double)run->load_ns / workers : 0;
    double lag_ms = lag ? histogram_percentile(&lag->trend, 50) : 0;
    if (busy > SATURATED)
        run_add_note(notes,
                     "the load generator was the limit: its %u worker%s used %.0f %% of their "
                     "processor time, so latencies contain its own queueing; use more --workers or "
                     "another machine",
                     workers, workers == 1 ? "" : "s", busy * 100);
    else if (lag_ms > LAG_LIMIT_MS)
        run_add_note(
            notes,
            "the load generator was late: its workers noticed answers up to %.0f ms late in "
            "most seconds; use fewer users per worker or a machine that does less else",
            lag_ms);
}

static void note_drops(struct notes *notes, const struct run *run)
{
    const struct sink *dropped = total_of(run, METRIC_DROPPED_ITERATIONS);
    const struct sink *done = total_of(run, METRIC_ITERATIONS);
    if (dropped && dropped->sum > 0)
        run_add_note(
            notes,
            "%.0f iterations could not start (%.0f were done): no user was free or the time "
            "was over; percentiles are about those that started",
            dropped->sum, done ? done->sum : 0);
}

static void fill_summary(const struct run *run, const struct notes *notes, struct summary *summary)
{
    const struct plan *plan = run->config->plan;
    bool own_stats = plan->summary_trend_stat_count > 0;
    *summary = (struct summary){
        .registry = run->config->registry,
        .total = collector_total(run->collector),
        .duration_ns = run->duration_ns,
        .trend_stats = own_stats ? plan->summary_trend_stats : SUMMARY_DEFAULT_STATS,
        .trend_stat_count =
            own_stats ? plan->summary_trend_stat_count : COUNT_OF(SUMMARY_DEFAULT_STATS),
        .time_unit = plan->summary_time_unit ? plan->summary_time_unit : "",
        .mode = run->config->summary_mode,
        .color = run->config->color,
        .time_scale = plan->time_scale,
        .notes = notes->list,
        .note_count = notes->count,
    };
    summary->thresholds = judge_thresholds(run->judge, &summary->threshold_count);
}

int run_check_summary(const struct run *run, struct error *err)
{
    static const struct histogram EMPTY;
    const struct plan *plan = run->config->plan;
    double ignored;
    if (plan->summary_trend_stat_count > SUMMARY_MAX_STATS)
        return error_set(err, EXIT_INVALID_CONFIG, "summaryTrendStats: give at most %d of them",
                         SUMMARY_MAX_STATS);
    for (size_t i = 0; i < plan->summary_trend_stat_count; i++) {
        const char *stat = plan->summary_trend_stats[i];
        if (summary_trend_stat(&EMPTY, stat, &ignored) < 0)
            return error_set(err, EXIT_INVALID_CONFIG,
                             "summaryTrendStats: '%s' is no statistic of a trend: use avg, min, "
                             "med, max, count or p(N) with N from 0 to 100",
                             stat);
    }
    return 0;
}

static void write_file(const struct run *run, const char *path, struct span text)
{
    struct error err;
    if (file_write(path, text, &err) < 0)
        log_printf(run->config->log, LOG_ERROR, "%s", err.message);
}

/* One entry of what handleSummary() returned: "stdout", "stderr" or a path. */
static void deliver(void *arg, struct span target, struct span content)
{
    const struct run *run = arg;
    AUTO(mem_free) char *path = mem_dup(target.ptr, target.len);
    if (strcmp(path, "stdout") == 0)
        fwrite(content.ptr, 1, content.len, stdout);
    else if (strcmp(path, "stderr") == 0)
        fwrite(content.ptr, 1, content.len, stderr);
    else
        write_file(run, path, content);
}

/* False when there is no handleSummary(), it returned nothing or failed: the default summary is
 * printed then. */
static bool handle_summary(struct run *run, const struct summary *summary)
{
    run_call_fn *handler = run->config->script->handle_summary;
    AUTO(strbuf_done) struct strbuf data = STRBUF_INIT(TEXT_MAX_BYTES);
    struct error err = {0}, timeout = {0};
    char text[1200];
    if (!handler)
        return false;
    summary_handle_json(&data, summary, run->setup_data, isatty(STDOUT_FILENO),
                        isatty(STDERR_FILENO));
    struct script_call call = {
        .input = strbuf_span(&data), .err = &err, .deliver = deliver, .arg = run};
    nsec_t limit = run->config->plan->handle_summary_timeout_ns;
    bool done = worker_run_once(run->pool->aux, SPAN_EMPTY, limit, handler, &call, &timeout) == 0 &&
                !call.failed;
    if (done)
        fflush(stdout);
    else if (err.code || timeout.code)
        log_printf(run->config->log, LOG_ERROR, "handleSummary() failed: %s",
                   error_text(timeout.code ? &timeout : &err, text, sizeof(text)));
    return done;
}

static void export_summary(const struct run *run, const struct summary *summary)
{
    AUTO(strbuf_done) struct strbuf json = STRBUF_INIT(TEXT_MAX_BYTES);
    if (!run->config->summary_export)
        return;
    summary_export_json(&json, summary, run->setup_data);
    write_file(run, run->config->summary_export, strbuf_span(&json));
}

void run_summarize(struct run *run)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    struct notes notes = {.count = 0};
    struct summary summary;
    if (run->pool->ops->add_notes)
        run->pool->ops->add_notes(run->pool, &notes);
    note_saturation(&notes, run);
    note_drops(&notes, run);
    fill_summary(run, &notes, &summary);
    if (!handle_summary(run, &summary)) {
        summary_text(&text, &summary);
        fwrite(strbuf_cstr(&text), 1, text.len, stdout);
        fflush(stdout);
    }
    export_summary(run, &summary);
}

void run_print_verdict(struct run *run)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    if (atomic_load(&run->control->failed_by_script))
        log_printf(run->config->log, LOG_ERROR, "test run was marked as failed");
    /* The load's end by a threshold was logged when it happened. */
    if (atomic_load(&run->control->abort_reason) != ABORT_BY_THRESHOLD)
        judge_log_crossed(run->judge, run->config->log);
    const struct verdict *verdict = judge_verdict(run->judge);
    if (!verdict)
        return;
    verdict_text(&text, verdict, run->config->color, true);
    fwrite(strbuf_cstr(&text), 1, text.len, stdout);
    fflush(stdout);
}
