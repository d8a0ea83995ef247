/* SPDX-License-Identifier: Apache-2.0
 *
 * Printing. With all latencies at hand quantiles and rows of the histogram are exact; beyond, they
 * come from a histogram's cells, whose middles are within 0.1 %.
 */
#include "cli/as/hey/report.h"

#include <math.h>

#include "base/strbuf.h"
#include "metrics/histogram.h"

enum {
    ROWS = 11,
    BAR_WIDTH = 40,
};

static const unsigned PERCENTS[] = {10, 25, 50, 75, 90, 95, 99};

/* Go prints what is no number so. */
static void add_number(struct strbuf *out, double value)
{
    if (isnan(value))
        strbuf_adds(out, " NaN");
    else
        strbuf_addf(out, "%4.4f", value);
}

static void add_seconds(struct strbuf *out, const char *label, double value)
{
    strbuf_addf(out, "  %s:\t", label);
    add_number(out, value);
    strbuf_adds(out, " secs\n");
}

static double mean(const struct hey_report *report, const struct hey_range *range)
{
    return report->answers ? range->sum / (double)report->answers : NAN;
}

static void add_head(struct strbuf *out, const struct hey_report *report)
{
    double seconds = nsec_to_ms(report->duration_ns) / 1e3;
    strbuf_adds(out, "\nSummary:\n");
    add_seconds(out, "Total", seconds);
    add_seconds(out, "Slowest", report->total.max);
    add_seconds(out, "Fastest", report->total.min);
    add_seconds(out, "Average", mean(report, &report->total));
    strbuf_addf(out, "  Requests/sec:\t%4.4f\n  \n",
                seconds > 0 ? (double)report->answers / seconds : 0);
    if (report->body_bytes > 0 && report->answers > 0)
        strbuf_addf(out, "  Total data:\t%llu bytes\n  Size/request:\t%llu bytes\n",
                    (unsigned long long)report->body_bytes,
                    (unsigned long long)(report->body_bytes / report->answers));
}

/* The upper edges of the rows: the fastest, then ten equal steps to the slowest. */
static double edge(const struct hey_report *report, unsigned row)
{
    double step = (report->total.max - report->total.min) / (ROWS - 1);
    return row == ROWS - 1 ? report->total.max : report->total.min + step * row;
}

struct bars {
    const struct hey_report *report;
    uint64_t counts[ROWS];
    unsigned row; /* of the last latency */
};

static void count(struct bars *bars, double latency, uint64_t times)
{
    while (bars->row < ROWS - 1 && latency > edge(bars->report, bars->row))
        bars->row++;
    bars->counts[bars->row] += times;
}

static double cell_seconds(const struct hey_report *report, double lowest, double highest)
{
    double middle = (lowest + highest) / 2e3;
    return fmin(fmax(middle, report->total.min), report->total.max);
}

static void count_cell(void *arg, double lowest, double highest, uint64_t times)
{
    struct bars *bars = arg;
    count(bars, cell_seconds(bars->report, lowest, highest), times);
}

static void add_histogram(struct strbuf *out, const struct hey_report *report)
{
    struct bars bars = {.report = report};
    uint64_t most = 0;
    strbuf_adds(out, "\nResponse time histogram:\n");
    for (uint64_t i = 0; report->latencies && i < report->answers; i++)
        count(&bars, report->latencies[i], 1);
    if (!report->latencies && report->answers > 0)
        histogram_each(report->histogram, count_cell, &bars);
    for (unsigned i = 0; i < ROWS; i++)
        most = bars.counts[i] > most ? bars.counts[i] : most;
    for (unsigned i = 0; report->answers > 0 && i < ROWS; i++) {
        strbuf_addf(out, "  %4.3f [%llu]\t|", edge(report, i), (unsigned long long)bars.counts[i]);
        for (uint64_t n = (bars.counts[i] * BAR_WIDTH + most / 2) / most; n > 0; n--)
            strbuf_adds(out, "■");
        strbuf_addc(out, '\n');
    }
    strbuf_addc(out, '\n');
}

struct ranks {
    const struct hey_report *report;
    uint64_t passed;                  /* latencies before this cell */
    double found[COUNT_OF(PERCENTS)]; /* seconds; negative: no such rank */
};

/* As hey: the first latency of which at least that share of all are smaller. Each one serves for
 * one percentage only, so that few answers leave the last rows empty. */
static uint64_t rank(const struct hey_report *report, size_t i)
{
    uint64_t wanted = (PERCENTS[i] * report->answers + 99) / 100;
    uint64_t before = i > 0 ? rank(report, i - 1) + 1 : 0;
    return wanted > before ? wanted : before;
}

static void find_in_cell(void *arg, double lowest, double highest, uint64_t times)
{
    struct ranks *ranks = arg;
    for (size_t i = 0; i < COUNT_OF(PERCENTS); i++) {
        uint64_t wanted = rank(ranks->report, i);
        if (wanted >= ranks->passed && wanted < ranks->passed + times)
            ranks->found[i] = cell_seconds(ranks->report, lowest, highest);
    }
    ranks->passed += times;
}

static void add_distribution(struct strbuf *out, const struct hey_report *report)
{
    struct ranks ranks = {.report = report};
    strbuf_adds(out, "\nLatency distribution:\n");
    if (!report->latencies && report->answers > 0)
        histogram_each(report->histogram, find_in_cell, &ranks);
    for (size_t i = 0; report->answers > 0 && i < COUNT_OF(PERCENTS); i++) {
        if (report->latencies && rank(report, i) < report->answers)
            ranks.found[i] = report->latencies[rank(report, i)];
        strbuf_addf(out, "  %u%% in %4.4f secs\n", ranks.found[i] > 0 ? PERCENTS[i] : 0,
                    ranks.found[i]);
    }
}

static void add_details(struct strbuf *out, const struct hey_report *report)
{
    static const char *const LABELS[] = {"DNS+dialup", "DNS-lookup", "req write", "resp wait",
                                         "resp read"};
    strbuf_adds(out, "\nDetails (average, fastest, slowest):\n");
    for (size_t i = 0; i < HEY_PHASE_COUNT; i++) {
        const struct hey_range *phase = &report->phases[i];
        strbuf_addf(out, "  %s:\t", LABELS[i]);
        add_number(out, mean(report, phase));
        strbuf_addf(out, " secs, %4.4f secs, %4.4f secs\n", phase->min, phase->max);
    }
}

static void add_counts(struct strbuf *out, const struct hey_report *report)
{
    strbuf_adds(out, "\nStatus code distribution:\n");
    for (size_t i = 0; i < report->status_count; i++)
        strbuf_addf(out, "  [%d]\t%llu responses\n", report->statuses[i].status,
                    (unsigned long long)report->statuses[i].count);
    strbuf_adds(out, report->error_count ? "\nError distribution:\n" : "\n\n");
    for (size_t i = 0; i < report->error_count; i++)
        strbuf_addf(out, "  [%llu]\t%s\n", (unsigned long long)report->error_list[i].count,
                    report->error_list[i].text);
    strbuf_addc(out, '\n');
}

void hey_report_summary(struct strbuf *out, const struct hey_report *report)
{
    add_head(out, report);
    add_histogram(out, report);
    add_distribution(out, report);
    add_details(out, report);
    add_counts(out, report);
}

void hey_report_csv(FILE *out, const struct hey_report *report)
{
    fputs("response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,"
          "offset",
          out);
    for (size_t i = 0; i < report->row_count; i++) {
        const struct hey_row *row = &report->rows[i];
        fprintf(out, "\n%4.4f,", (double)row->total);
        for (size_t k = 0; k < HEY_PHASE_COUNT; k++)
            fprintf(out, "%4.4f,", (double)row->phases[k]);
        fprintf(out, "%d,%4.4f", row->status, row->offset);
    }
    fputc('\n', out);
}
