/* SPDX-License-Identifier: Apache-2.0
 *
 * The result of `keneyperf bench` on one screen: what was asked for, what has to be known before
 * the figures are believed, the account of all requests, latencies, and what measuring cost.
 */
#include <string.h>

#include "base/strbuf.h"
#include "base/util.h"
#include "report/bench_report_private.h"
#include "report/format.h"
#include "report/latency_text.h"
#include "report/summary.h"
#include "report/verdict_text.h"
#include "slo/verdict.h"

enum {
    MAX_TARGETS_SHOWN = 5,
    NOTE_COLUMN = 4,
    NOTE_WIDTH = 77,
};

const struct histogram *bench_trend(const struct bench_result *result, enum builtin_metric metric)
{
    static const struct histogram EMPTY;
    const struct sink *sink = snapshot_metric(result->total, metric);
    return sink ? &sink->trend : &EMPTY;
}

double bench_seconds(const struct bench_result *result)
{
    return result->duration_ns > 0 ? (double)result->duration_ns / 1e9 : 1e-9;
}

double bench_scheduled_rate(const struct bench_result *result)
{
    uint64_t scheduled = result->scheduled - result->carried;
    return result->scheduled_ns > 0 ? (double)scheduled * 1e9 / (double)result->scheduled_ns : 0;
}

double bench_cpu_us_per_request(const struct bench_result *result)
{
    return result->requests ? (double)result->cpu_ns / 1e3 / (double)result->requests : 0;
}

bool bench_is_saturated(const struct bench_result *result)
{
    return result->busiest_worker > 0.95; /* no time to spare */
}

uint64_t bench_sent(const struct bench_result *result)
{
    return result->requests + result->cut;
}

unsigned bench_result_lanes(const struct bench_result *result)
{
    return result->connections * result->streams;
}

uint64_t bench_result_answered(const struct bench_result *result)
{
    uint64_t broken = 0;
    for (size_t i = 0; i < result->error_count; i++)
        broken += result->errors[i].count;
    return result->requests - MIN_OF(broken, result->requests);
}

static void add_targets(struct strbuf *out, const struct bench_result *result)
{
    size_t shown = MIN_OF(result->target_count, (size_t)MAX_TARGETS_SHOWN);
    if (result->target_count <= 1) {
        strbuf_addf(out, "%s %s\n", result->method, result->url);
        return;
    }
    for (size_t i = 0; i < shown; i++) {
        const struct bench_target *target = &result->targets[i];
        strbuf_addf(out, "%g x %s %s\n", target->weight, target->method, target->url);
    }
    if (shown < result->target_count)
        strbuf_addf(out, "and %zu more URLs\n", result->target_count - shown);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void add_duration(struct strbuf *out, double seconds)
{
    if (seconds < 0.1)
        strbuf_addf(out, "%.2f ms", seconds * 1000);
    else
        strbuf_addf(out, "%.2f s", seconds);
}

static void add_load(struct strbuf *out, const struct bench_result *result)
{
    if (result->rate > 0) {
        strbuf_adds(out, "open model: ");
        if (result->rate < 0.01)
            strbuf_addf(out, "%g", result->rate);
        else
            format_number(out, result->rate, 3);
        strbuf_addf(out, " requests/s, %s arrivals, seed %llu%s\n", result->arrivals,
                    (unsigned long long)result->seed,
                    result->precise ? ", workers spin before they are due" : "");
    } else {
        strbuf_adds(out, "closed model: ");
    }
    strbuf_addf(out, "%u connection%s", result->connections, plural(result->connections));
    if (result->streams > 1)
        strbuf_addf(out, " of %u streams", result->streams);
    strbuf_addf(out, ", HTTP/%s, %u worker%s, ", result->http, result->workers,
                plural(result->workers));
    add_duration(out, bench_seconds(result));
    if (result->warmup_ns > 0)
        strbuf_addf(out, " after %g s of warm-up, which is in no figure",
                    (double)result->warmup_ns / 1e9);
    strbuf_addc(out, '\n');
}

static void add_note(struct strbuf *out, const char *text)
{
    strbuf_adds(out, "\n  ! ");
    strbuf_add_words(out, text, NOTE_COLUMN, NOTE_COLUMN, NOTE_WIDTH);
    strbuf_addc(out, '\n');
}

static void add_notes(struct strbuf *out, const struct bench_result *result, bool unicode)
{
    struct bench_notes notes;
    bench_notes_collect(result, unicode, &notes);
    for (size_t i = 0; i < notes.count; i++)
        add_note(out, notes.texts[i]);
}

static void add_rate(struct strbuf *out, const struct bench_result *result)
{
    double answered = (double)bench_result_answered(result) / bench_seconds(result);
    strbuf_addf(out, "\n  rate        %.1f answers/s", answered);
    if (result->rate > 0)
        strbuf_addf(out, ", %.1f/s scheduled", bench_scheduled_rate(result));
    strbuf_addc(out, '\n');
}

static void add_requests(struct strbuf *out, const struct bench_result *result)
{
    unsigned long long answered = bench_result_answered(result);
    unsigned long long unanswered = result->requests - answered;
    strbuf_adds(out, "  requests    ");
    if (result->rate > 0)
        strbuf_addf(out, "%llu scheduled = %llu sent + %llu never sent\n              ",
                    (unsigned long long)result->scheduled, (unsigned long long)bench_sent(result),
                    (unsigned long long)result->never_sent);
    strbuf_addf(out, "%llu sent = %llu answered + %llu without an answer + %llu under way\n",
                (unsigned long long)bench_sent(result), answered, unanswered,
                (unsigned long long)result->cut);
    if (result->retried)
        strbuf_addf(out,
                    "              %llu sent again: their idle connection was closed, or HTTP/2 "
                    "had not begun with them\n",
                    (unsigned long long)result->retried);
    strbuf_addf(out, "  failed      %llu, with a status of 400 or more or without an answer\n",
                (unsigned long long)result->failed);
}

static void add_bytes(struct strbuf *out, const char *title, uint64_t bytes, double elapsed_s)
{
    strbuf_addf(out, "  %-12s", title);
    format_bytes(out, (double)bytes);
    strbuf_adds(out, ", ");
    format_bytes(out, (double)bytes / elapsed_s);
    strbuf_adds(out, "/s\n");
}

static void add_connections(struct strbuf *out, const struct bench_result *result, bool unicode)
{
    strbuf_addf(out, "  connections %llu opened", (unsigned long long)result->connections_opened);
    if (result->opened_ns > 0) {
        strbuf_adds(out, ", those before the load in ");
        latency_text_add(out, nsec_to_ms(result->opened_ns), unicode);
    }
    if (result->tls_handshakes > 0)
        strbuf_addf(out, "\n              %llu TLS handshakes, %.0f %% of them resumed",
                    (unsigned long long)result->tls_handshakes,
                    (double)result->tls_resumed * 100 / (double)result->tls_handshakes);
    if (result->connection_bytes > 0) {
        strbuf_adds(out, ", memory of an idle one ");
        format_bytes(out, result->connection_bytes);
    }
    strbuf_addc(out, '\n');
}

static void add_breakdown(struct strbuf *out, const struct bench_result *result)
{
    for (size_t i = 0; i < result->status_count; i++)
        strbuf_addf(out, "  status %d  %llu\n", result->statuses[i].status,
                    (unsigned long long)result->statuses[i].count);
    for (size_t i = 0; i < result->error_count; i++)
        strbuf_addf(out, "  error %d  %llu  %s\n", result->errors[i].code,
                    (unsigned long long)result->errors[i].count, result->errors[i].text);
}

static void add_client(struct strbuf *out, const struct bench_result *result, bool unicode)
{
    const struct histogram *lag = bench_trend(result, METRIC_LOOP_LAG);
    strbuf_addf(out, "\n  client      %.2f %s CPU a request, busiest worker %.0f %% of a core",
                bench_cpu_us_per_request(result), unicode ? "µs" : "us",
                result->busiest_worker * 100);
    if (lag->count > 0) {
        strbuf_adds(out, ",\n              saw answers up to ");
        latency_text_add(out, lag->max, unicode);
        strbuf_adds(out, " late");
    }
    strbuf_addc(out, '\n');
}

static void add_threshold(struct strbuf *out, const struct summary_threshold *threshold,
                          bool unicode)
{
    const struct series *series = threshold->series;
    const char *ticks[] = {unicode ? "✗" : "failed", unicode ? "✓" : "passed"};
    strbuf_addf(out, "  %s %s %s: %s = ", ticks[threshold->ok], series->name, threshold->expression,
                threshold->aggregate);
    if (series->type == METRIC_TREND && series->unit == METRIC_TIME)
        latency_text_add(out, threshold->observed, unicode);
    else
        format_number(out, threshold->observed, 6);
    strbuf_addc(out, '\n');
}

void bench_report_text(struct strbuf *out, const struct bench_result *result, bool unicode)
{
    add_targets(out, result);
    add_load(out, result);
    add_notes(out, result, unicode);
    add_rate(out, result);
    add_requests(out, result);
    add_bytes(out, "received", result->bytes_received, bench_seconds(result));
    add_bytes(out, "sent", result->bytes_sent, bench_seconds(result));
    add_connections(out, result, unicode);
    add_breakdown(out, result);
    if (result->status_count) {
        bench_table_add(out, result, unicode);
        bench_histogram_add(out, result, unicode);
    }
    add_client(out, result, unicode);
    if (result->threshold_count)
        strbuf_addc(out, '\n');
    for (size_t i = 0; i < result->threshold_count; i++)
        add_threshold(out, &result->thresholds[i], unicode);
    if (result->verdict)
        verdict_text(out, result->verdict, false, unicode);
}
