/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of a bench: latency and phases, a line each. A percentile for which there are too few
 * samples is a dash.
 */
#include "base/strbuf.h"
#include "base/util.h"
#include "metrics/percentile.h"
#include "report/bench_report_private.h"
#include "report/latency_text.h"

enum {
    TITLE_WIDTH = 14,
    CELL_WIDTH = 8,
};

static const struct column {
    const char *title;
    double p;
} COLUMNS[] = {
    {"p50", 50}, {"p75", 75}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}, {"p99.99", 99.99},
};

struct row {
    const char *title;
    enum builtin_metric metric;
};

static const struct row REQUEST_ROWS[] = {
    {"latency", METRIC_HTTP_REQ_DURATION},
    {"uncorrected", METRIC_HTTP_REQ_DURATION_UNCORRECTED},
    {"sent late", METRIC_HTTP_REQ_SEND_LATENESS},
    {"  sending", METRIC_HTTP_REQ_SENDING},
    {"  waiting", METRIC_HTTP_REQ_WAITING},
    {"  receiving", METRIC_HTTP_REQ_RECEIVING},
};

static const struct row CONNECTION_ROWS[] = {
    {"  DNS", METRIC_CONNECTION_LOOKUP},
    {"  connect", METRIC_CONNECTION_CONNECTING},
    {"  TLS", METRIC_CONNECTION_TLS_HANDSHAKING},
};

static void add_row(struct strbuf *out, const struct bench_result *result, const struct row *row,
                    bool unicode)
{
    const struct histogram *trend = bench_trend(result, row->metric);
    if (trend->count == 0)
        return;
    strbuf_addf(out, "  %-*s", TITLE_WIDTH - 2, row->title);
    latency_text_add_right(out, histogram_mean(trend), CELL_WIDTH, unicode);
    for (size_t i = 0; i < COUNT_OF(COLUMNS); i++) {
        if (percentile_known(COLUMNS[i].p, trend->count))
            latency_text_add_right(out, histogram_percentile(trend, COLUMNS[i].p), CELL_WIDTH,
                                   unicode);
        else
            strbuf_addf(out, "%*s", CELL_WIDTH, "-");
    }
    latency_text_add_right(out, trend->max, CELL_WIDTH, unicode);
    strbuf_addc(out, '\n');
}

/* A phase that took no time anywhere did not take place: no name to look up, no TLS. */
static bool took_place(const struct bench_result *result, const struct row *row)
{
    const struct histogram *trend = bench_trend(result, row->metric);
    return trend->count > trend->zeros;
}

static void add_connections(struct strbuf *out, const struct bench_result *result, bool unicode)
{
    uint64_t opened = bench_trend(result, METRIC_CONNECTION_CONNECTING)->count;
    if (opened == 0)
        return;
    strbuf_addf(out, "  each of %llu connections opened\n", (unsigned long long)opened);
    for (size_t i = 0; i < COUNT_OF(CONNECTION_ROWS); i++) {
        if (took_place(result, &CONNECTION_ROWS[i]))
            add_row(out, result, &CONNECTION_ROWS[i], unicode);
    }
}

void bench_table_add(struct strbuf *out, const struct bench_result *result, bool unicode)
{
    strbuf_addf(out, "\n%*s%*s", TITLE_WIDTH, "", CELL_WIDTH, "mean");
    for (size_t i = 0; i < COUNT_OF(COLUMNS); i++)
        strbuf_addf(out, "%*s", CELL_WIDTH, COLUMNS[i].title);
    strbuf_addf(out, "%*s\n", CELL_WIDTH, "max");
    for (size_t i = 0; i < COUNT_OF(REQUEST_ROWS); i++)
        add_row(out, result, &REQUEST_ROWS[i], unicode);
    add_connections(out, result, unicode);
}
