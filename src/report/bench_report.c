/* SPDX-License-Identifier: Apache-2.0
 *
 * The result of `keneyperf bench`, for people and for programs.
 */
#include "report/bench_report.h"

#include <stdio.h>

#include "base/jsonw.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "report/format.h"

enum {
    JSON_VERSION = 1,
};

/* Above this share of a core a worker thread had no time to spare: the client was the limit. */
static const double SATURATED = 0.95;

static const struct percentile {
    const char *title, *key;
    double p;
} PERCENTILES[] = {
    {"p50", "p50", 50}, {"p75", "p75", 75},       {"p90", "p90", 90},
    {"p99", "p99", 99}, {"p99.9", "p99.9", 99.9},
};

static const struct phase {
    const char *title, *key;
    enum builtin_metric metric;
} PHASES[] = {
    {"duration", "duration", METRIC_HTTP_REQ_DURATION},
    {"  sending", "sending", METRIC_HTTP_REQ_SENDING},
    {"  waiting", "waiting", METRIC_HTTP_REQ_WAITING},
    {"  receiving", "receiving", METRIC_HTTP_REQ_RECEIVING},
    {"blocked", "blocked", METRIC_HTTP_REQ_BLOCKED},
};

static const struct histogram *trend_of(const struct bench_result *result, uint32_t metric)
{
    static const struct histogram EMPTY;
    const struct registry *registry = result->total->registry;
    const struct sink *sink =
        snapshot_sink(result->total, registry_metric(registry, metric)->series_id);
    return sink ? &sink->trend : &EMPTY;
}

static double seconds(const struct bench_result *result)
{
    return result->duration_ns > 0 ? (double)result->duration_ns / 1e9 : 1e-9;
}

static double cpu_us_per_request(const struct bench_result *result)
{
    return result->requests ? (double)result->cpu_ns / 1e3 / (double)result->requests : 0;
}

static void add_cell(struct strbuf *out, double ms)
{
    AUTO(strbuf_done) struct strbuf cell = STRBUF_INIT(64);
    format_duration(&cell, ms, "");
    for (size_t width = format_width(cell.ptr, cell.len); width < 11; width++)
        strbuf_addc(out, ' ');
    strbuf_add_span(out, strbuf_span(&cell));
}

static void add_phase(struct strbuf *out, const struct bench_result *result,
                      const struct phase *phase)
{
    const struct histogram *trend = trend_of(result, phase->metric);
    strbuf_addf(out, "  %-12s", phase->title);
    add_cell(out, histogram_mean(trend));
    for (size_t i = 0; i < COUNT_OF(PERCENTILES); i++)
        add_cell(out, histogram_percentile(trend, PERCENTILES[i].p));
    add_cell(out, trend->count ? trend->max : 0);
    strbuf_addc(out, '\n');
}

static void add_latencies(struct strbuf *out, const struct bench_result *result)
{
    strbuf_addf(out, "\n  %-12s%11s", "", "mean");
    for (size_t i = 0; i < COUNT_OF(PERCENTILES); i++)
        strbuf_addf(out, "%11s", PERCENTILES[i].title);
    strbuf_addf(out, "%11s\n", "max");
    for (size_t i = 0; i < COUNT_OF(PHASES); i++)
        add_phase(out, result, &PHASES[i]);
}

static void add_amount(struct strbuf *out, const char *title, uint64_t bytes, double elapsed_s)
{
    strbuf_addf(out, "  %-12s", title);
    format_bytes(out, (double)bytes);
    strbuf_adds(out, ", ");
    format_bytes(out, (double)bytes / elapsed_s);
    strbuf_adds(out, "/s\n");
}

static void add_totals(struct strbuf *out, const struct bench_result *result)
{
    double elapsed_s = seconds(result);
    strbuf_addf(out, "  requests    %llu, %.1f/s", (unsigned long long)result->requests,
                (double)result->requests / elapsed_s);
    strbuf_addf(out, ", %llu failed", (unsigned long long)result->failed);
    if (result->retried)
        strbuf_addf(out, ", %llu sent again", (unsigned long long)result->retried);
    strbuf_addf(out, ", %llu under way at the end\n", (unsigned long long)result->cut);
    add_amount(out, "received", result->bytes_received, elapsed_s);
    add_amount(out, "sent", result->bytes_sent, elapsed_s);
    strbuf_addf(out, "  opened      %llu connections\n",
                (unsigned long long)result->connections_opened);
}

static void add_breakdown(struct strbuf *out, const struct bench_result *result)
{
    strbuf_addc(out, '\n');
    for (size_t i = 0; i < result->status_count; i++)
        strbuf_addf(out, "  status %d   %llu\n", result->statuses[i].status,
                    (unsigned long long)result->statuses[i].count);
    for (size_t i = 0; i < result->error_count; i++)
        strbuf_addf(out, "  error %d  %llu  %s\n", result->errors[i].code,
                    (unsigned long long)result->errors[i].count, result->errors[i].text);
}

void bench_report_text(struct strbuf *out, const struct bench_result *result)
{
    strbuf_addf(out, "%s %s\n", result->method, result->url);
    strbuf_addf(out, "%u connections, %u workers, %.2f s%s\n\n", result->connections,
                result->workers, seconds(result), result->interrupted ? ", interrupted" : "");
    if (result->busiest_worker > SATURATED)
        strbuf_addf(out,
                    "  ! a worker used %.0f %% of its core: this client was a limit, the server "
                    "may be faster than these figures say\n\n",
                    result->busiest_worker * 100);
    if (result->requests && !result->status_count)
        strbuf_adds(out, "  ! nothing answered: check the URL, and that the server runs\n\n");
    add_totals(out, result);
    if (result->status_count)
        add_latencies(out, result);
    add_breakdown(out, result);
    strbuf_addf(out, "\n  client      %.2f µs CPU per request, busiest worker %.0f %% of a core\n",
                cpu_us_per_request(result), result->busiest_worker * 100);
}

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
    jsonw_string(json, span_cstr(value));
}

static void write_totals(struct jsonw *json, const struct bench_result *result)
{
    jsonw_key(json, "totals");
    jsonw_begin_object(json);
    count_field(json, "requests", result->requests);
    count_field(json, "failed", result->failed);
    count_field(json, "attempts", result->attempts);
    count_field(json, "retried", result->retried);
    count_field(json, "cut", result->cut);
    count_field(json, "never_delivered", result->never_delivered);
    count_field(json, "connections_opened", result->connections_opened);
    count_field(json, "bytes_sent", result->bytes_sent);
    count_field(json, "bytes_received", result->bytes_received);
    number_field(json, "duration_s", seconds(result));
    number_field(json, "requests_per_second", (double)result->requests / seconds(result));
    jsonw_end_object(json);
}

static void write_phase(struct jsonw *json, const struct bench_result *result,
                        const struct phase *phase)
{
    const struct histogram *trend = trend_of(result, phase->metric);
    jsonw_key(json, phase->key);
    jsonw_begin_object(json);
    count_field(json, "count", trend->count);
    number_field(json, "min", trend->count ? trend->min : 0);
    number_field(json, "mean", histogram_mean(trend));
    for (size_t i = 0; i < COUNT_OF(PERCENTILES); i++)
        number_field(json, PERCENTILES[i].key, histogram_percentile(trend, PERCENTILES[i].p));
    number_field(json, "max", trend->count ? trend->max : 0);
    jsonw_end_object(json);
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
    jsonw_key(json, "client");
    jsonw_begin_object(json);
    number_field(json, "cpu_s", (double)result->cpu_ns / 1e9);
    number_field(json, "cpu_us_per_request", cpu_us_per_request(result));
    number_field(json, "busiest_worker", result->busiest_worker);
    jsonw_key(json, "saturated");
    jsonw_bool(json, result->busiest_worker > SATURATED);
    number_field(json, "loop_lag_p99_ms",
                 histogram_percentile(trend_of(result, METRIC_LOOP_LAG), 99));
    jsonw_end_object(json);
}

void bench_report_json(struct strbuf *out, const struct bench_result *result)
{
    struct jsonw json;
    jsonw_init(&json, out);
    jsonw_begin_object(&json);
    count_field(&json, "version", JSON_VERSION);
    text_field(&json, "url", result->url);
    text_field(&json, "method", result->method);
    count_field(&json, "connections", result->connections);
    count_field(&json, "workers", result->workers);
    jsonw_key(&json, "interrupted");
    jsonw_bool(&json, result->interrupted);
    write_totals(&json, result);
    jsonw_key(&json, "latency_ms");
    jsonw_begin_object(&json);
    for (size_t i = 0; i < COUNT_OF(PHASES); i++)
        write_phase(&json, result, &PHASES[i]);
    jsonw_end_object(&json);
    write_breakdown(&json, result);
    write_client(&json, result);
    jsonw_end_object(&json);
    strbuf_addc(out, '\n');
}
