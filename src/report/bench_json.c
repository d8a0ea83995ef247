/* SPDX-License-Identifier: Apache-2.0
 *
 * The result of `keneyperf bench` as JSON. docs/bench-json.md describes every field, and a test
 * holds one against the other.
 */
#include <stdio.h>

#include "base/jsonw.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "metrics/percentile.h"
#include "report/bench_report_private.h"
#include "report/latency_buckets.h"
#include "report/summary.h"
#include "slo/verdict.h"

enum {
    JSON_VERSION = 2,
};

static const struct percentile {
    const char *key;
    double p;
} PERCENTILES[] = {
    {"p50", 50}, {"p75", 75},     {"p90", 90},       {"p95", 95},
    {"p99", 99}, {"p99.9", 99.9}, {"p99.99", 99.99},
};

static const struct phase {
    const char *key;
    enum builtin_metric metric;
} PHASES[] = {
    {"duration", METRIC_HTTP_REQ_DURATION},
    {"duration_uncorrected", METRIC_HTTP_REQ_DURATION_UNCORRECTED},
    {"send_lateness", METRIC_HTTP_REQ_SEND_LATENESS},
    {"blocked", METRIC_HTTP_REQ_BLOCKED},
    {"sending", METRIC_HTTP_REQ_SENDING},
    {"waiting", METRIC_HTTP_REQ_WAITING},
    {"receiving", METRIC_HTTP_REQ_RECEIVING},
    {"connection_lookup", METRIC_CONNECTION_LOOKUP},
    {"connection_connecting", METRIC_CONNECTION_CONNECTING},
    {"connection_tls_handshaking", METRIC_CONNECTION_TLS_HANDSHAKING},
};

static void number_field(struct jsonw *json, const char *key, double value)
{
    jsonw_key(json, key);
    jsonw_number(json, value);
}

static void count_field(struct jsonw *json, const char *key, uint64_t value)
{
    jsonw_key(json, key);
    jsonw_integer(json, (int64_t)value);
}

static void text_field(struct jsonw *json, const char *key, const char *value)
{
    jsonw_key(json, key);
    if (value)
        jsonw_string(json, span_cstr(value));
    else
        jsonw_null(json);
}

static void bool_field(struct jsonw *json, const char *key, bool value)
{
    jsonw_key(json, key);
    jsonw_bool(json, value);
}

/* A field that only the open model has. */
static void open_field(struct jsonw *json, const struct bench_result *result, const char *key,
                       double value)
{
    jsonw_key(json, key);
    if (result->rate > 0)
        jsonw_number(json, value);
    else
        jsonw_null(json);
}

static void write_targets(struct jsonw *json, const struct bench_result *result)
{
    jsonw_key(json, "targets");
    jsonw_begin_array(json);
    for (size_t i = 0; i < result->target_count; i++) {
        jsonw_begin_object(json);
        text_field(json, "url", result->targets[i].url);
        text_field(json, "method", result->targets[i].method);
        number_field(json, "weight", result->targets[i].weight);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void write_load(struct jsonw *json, const struct bench_result *result)
{
    text_field(json, "url", result->url);
    text_field(json, "method", result->method);
    write_targets(json, result);
    text_field(json, "model", result->rate > 0 ? "open" : "closed");
    open_field(json, result, "rate", result->rate);
    text_field(json, "arrivals", result->rate > 0 ? result->arrivals : NULL);
    count_field(json, "seed", result->seed);
    bool_field(json, "precise", result->precise);
    number_field(json, "warmup_s", (double)result->warmup_ns / 1e9);
    text_field(json, "http", result->http);
    count_field(json, "connections", result->connections);
    count_field(json, "streams", result->streams);
    count_field(json, "workers", result->workers);
    bool_field(json, "interrupted", result->interrupted);
}

static void write_totals(struct jsonw *json, const struct bench_result *result)
{
    double answered = (double)bench_result_answered(result);
    jsonw_key(json, "totals");
    jsonw_begin_object(json);
    open_field(json, result, "scheduled", (double)result->scheduled);
    open_field(json, result, "never_sent", (double)result->never_sent);
    open_field(json, result, "waited", (double)result->waited);
    count_field(json, "sent", bench_sent(result));
    count_field(json, "requests", result->requests);
    count_field(json, "answered", bench_result_answered(result));
    count_field(json, "failed", result->failed);
    count_field(json, "cut", result->cut);
    number_field(json, "oldest_cut_s", (double)result->oldest_cut_ns / 1e9);
    count_field(json, "retried", result->retried);
    count_field(json, "attempts", result->attempts);
    count_field(json, "never_delivered", result->never_delivered);
    count_field(json, "warmup_attempts", result->warmup_attempts);
    count_field(json, "connections_opened", result->connections_opened);
    count_field(json, "connections_not_opened", result->not_opened);
    count_field(json, "tls_handshakes", result->tls_handshakes);
    count_field(json, "tls_resumed", result->tls_resumed);
    number_field(json, "opening_s", (double)result->opened_ns / 1e9);
    count_field(json, "bytes_sent", result->bytes_sent);
    count_field(json, "bytes_received", result->bytes_received);
    number_field(json, "duration_s", bench_seconds(result));
    number_field(json, "requests_per_second", (double)result->requests / bench_seconds(result));
    number_field(json, "answers_per_second", answered / bench_seconds(result));
    open_field(json, result, "scheduled_per_second", bench_scheduled_rate(result));
    jsonw_end_object(json);
}

/* Null: nothing was measured, or too little. */
static void known_field(struct jsonw *json, const char *key, bool known, double value)
{
    jsonw_key(json, key);
    if (known)
        jsonw_number(json, value);
    else
        jsonw_null(json);
}

static void write_phase(struct jsonw *json, const struct bench_result *result,
                        const struct phase *phase)
{
    const struct histogram *trend = bench_trend(result, phase->metric);
    bool any = trend->count > 0;
    jsonw_key(json, phase->key);
    jsonw_begin_object(json);
    count_field(json, "count", trend->count);
    known_field(json, "min", any, trend->min);
    known_field(json, "mean", any, histogram_mean(trend));
    for (size_t i = 0; i < COUNT_OF(PERCENTILES); i++)
        known_field(json, PERCENTILES[i].key, percentile_known(PERCENTILES[i].p, trend->count),
                    histogram_percentile(trend, PERCENTILES[i].p));
    known_field(json, "max", any, trend->max);
    jsonw_end_object(json);
}

static void write_latencies(struct jsonw *json, const struct bench_result *result)
{
    jsonw_key(json, "latency_ms");
    jsonw_begin_object(json);
    for (size_t i = 0; i < COUNT_OF(PHASES); i++)
        write_phase(json, result, &PHASES[i]);
    jsonw_end_object(json);
}

static void write_histogram(struct jsonw *json, const struct bench_result *result)
{
    struct latency_bucket buckets[LATENCY_BUCKETS_MAX];
    size_t count = latency_buckets(bench_trend(result, METRIC_HTTP_REQ_DURATION),
                                   LATENCY_BUCKETS_MAX, buckets);
    jsonw_key(json, "histogram");
    jsonw_begin_array(json);
    for (size_t i = 0; i < count; i++) {
        jsonw_begin_object(json);
        number_field(json, "from_ms", buckets[i].from_ms);
        number_field(json, "to_ms", buckets[i].to_ms);
        count_field(json, "count", buckets[i].count);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void write_breakdown(struct jsonw *json, const struct bench_result *result)
{
    jsonw_key(json, "statuses");
    jsonw_begin_object(json);
    for (size_t i = 0; i < result->status_count; i++) {
        char status[16];
        snprintf(status, sizeof(status), "%d", result->statuses[i].status);
        count_field(json, status, result->statuses[i].count);
    }
    jsonw_end_object(json);
    jsonw_key(json, "errors");
    jsonw_begin_array(json);
    for (size_t i = 0; i < result->error_count; i++) {
        jsonw_begin_object(json);
        count_field(json, "code", (uint64_t)result->errors[i].code);
        text_field(json, "text", result->errors[i].text);
        count_field(json, "count", result->errors[i].count);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void write_client(struct jsonw *json, const struct bench_result *result)
{
    const struct histogram *lag = bench_trend(result, METRIC_LOOP_LAG);
    jsonw_key(json, "client");
    jsonw_begin_object(json);
    number_field(json, "cpu_s", (double)result->cpu_ns / 1e9);
    number_field(json, "cpu_us_per_request", bench_cpu_us_per_request(result));
    number_field(json, "busiest_worker", result->busiest_worker);
    bool_field(json, "saturated", bench_is_saturated(result));
    number_field(json, "loop_lag_p99_ms", histogram_percentile(lag, 99));
    known_field(json, "connection_bytes", result->connection_bytes > 0, result->connection_bytes);
    jsonw_end_object(json);
}

static void write_thresholds(struct jsonw *json, const struct bench_result *result)
{
    jsonw_key(json, "thresholds");
    jsonw_begin_array(json);
    for (size_t i = 0; i < result->threshold_count; i++) {
        const struct summary_threshold *threshold = &result->thresholds[i];
        jsonw_begin_object(json);
        text_field(json, "metric", threshold->series->name);
        text_field(json, "expression", threshold->expression);
        number_field(json, "observed", threshold->observed);
        bool_field(json, "ok", threshold->ok);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void write_verdict_rows(struct jsonw *json, const struct verdict *verdict)
{
    jsonw_key(json, "rows");
    jsonw_begin_array(json);
    for (size_t i = 0; i < verdict->row_count; i++) {
        const struct verdict_row *row = &verdict->rows[i];
        jsonw_begin_object(json);
        text_field(json, "section", row->section);
        text_field(json, "name", row->name);
        text_field(json, "status", verdict_status_text(row->status));
        text_field(json, "value", row->value);
        text_field(json, "bound", row->bound);
        text_field(json, "note", row->note);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void write_verdict(struct jsonw *json, const struct verdict *verdict)
{
    jsonw_key(json, "slo");
    if (!verdict) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    text_field(json, "status", verdict_status_text(verdict->status));
    count_field(json, "passed", verdict->passed);
    count_field(json, "failed", verdict->failed);
    count_field(json, "not_measured", verdict->not_measured);
    write_verdict_rows(json, verdict);
    jsonw_end_object(json);
}

static void write_notes(struct jsonw *json, const struct bench_result *result)
{
    struct bench_notes notes;
    bench_notes_collect(result, false, &notes);
    jsonw_key(json, "notes");
    jsonw_begin_array(json);
    for (size_t i = 0; i < notes.count; i++)
        jsonw_string(json, span_cstr(notes.texts[i]));
    jsonw_end_array(json);
}

void bench_report_json(struct strbuf *out, const struct bench_result *result)
{
    struct jsonw json;
    jsonw_init(&json, out);
    jsonw_begin_object(&json);
    count_field(&json, "version", JSON_VERSION);
    write_load(&json, result);
    write_notes(&json, result);
    write_totals(&json, result);
    write_latencies(&json, result);
    write_histogram(&json, result);
    write_breakdown(&json, result);
    write_thresholds(&json, result);
    write_verdict(&json, result->verdict);
    write_client(&json, result);
    jsonw_end_object(&json);
    strbuf_addc(out, '\n');
}
