/* SPDX-License-Identifier: Apache-2.0
 *
 * ab's report as text, and what is common to text and tables. report_html.c has the tables.
 */
#include "cli/as/ab/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "cli/as/ab/options.h"
#include "cli/as/ab/report_private.h"

enum {
    QUIET_REQUESTS = 150, /* no progress up to these */
    LEAST_STEP = 100,
    STEPS = 10,
};

void ab_report_banner(struct strbuf *out, const struct ab_options *options)
{
    if (options->html)
        strbuf_adds(out, "<p>\n"
                         " This is ApacheBench, Version 2.3 <i>&lt;$Revision$&gt;</i><br>\n"
                         " Copyright 1996 Adam Twiss, Zeus Technology Ltd, "
                         "http://www.zeustech.net/<br>\n"
                         " Licensed to The Apache Software Foundation, "
                         "http://www.apache.org/<br>\n"
                         "</p>\n<p>\n");
    else
        strbuf_adds(out, "This is ApacheBench, Version 2.3 <$Revision$>\n"
                         "Copyright 1996 Adam Twiss, Zeus Technology Ltd, "
                         "http://www.zeustech.net/\n"
                         "Licensed to The Apache Software Foundation, http://www.apache.org/\n\n");
}

uint64_t ab_report_step(const struct ab_options *options)
{
    if (options->quiet || options->requests <= QUIET_REQUESTS)
        return 0;
    return (uint64_t)MAX_OF(options->requests / STEPS, LEAST_STEP);
}

void ab_report_start(struct strbuf *out, const struct ab_options *options)
{
    if (options->html)
        return;
    strbuf_addf(out, "Benchmarking %.*s ", SPAN_ARG(options->host));
    if (options->proxy_host.ptr)
        strbuf_addf(out, "[through %.*s:%u] ", SPAN_ARG(options->proxy_host), options->proxy_port);
    strbuf_adds(out, ab_report_step(options) ? "(be patient)\n" : "(be patient)...");
}

uint64_t ab_round_ms(uint64_t us)
{
    return (us + 500) / 1000;
}

struct ab_rates ab_rates(const struct ab_result *result)
{
    double took = result->took_s, done = (double)result->done;
    return (struct ab_rates){
        .per_second = done / took,
        .received_kb = (double)result->received_bytes / 1024 / took,
        .sent_kb = (double)result->sent_bytes / 1024 / took,
        .total_kb = (double)(result->received_bytes + result->sent_bytes) / 1024 / took,
    };
}

uint64_t ab_failed(const struct ab_result *result)
{
    return result->bad_connects + result->bad_receives + result->bad_lengths + result->exceptions;
}

/* Text */

static void add_server(struct strbuf *out, const struct ab_result *result)
{
    const struct ab_options *options = result->options;
    struct span name = ab_server_name(options);
    strbuf_addf(out, "Server Software:        %.*s\n", SPAN_ARG(result->software));
    strbuf_addf(out, "Server Hostname:        %.*s\n", SPAN_ARG(options->host));
    strbuf_addf(out, "Server Port:            %u\n", options->port);
    if (result->tls_info[0])
        strbuf_addf(out, "SSL/TLS Protocol:       %s\n", result->tls_info);
    if (result->tls_temp[0])
        strbuf_addf(out, "Server Temp Key:        %s\n", result->tls_temp);
    if (options->is_tls && name.len)
        strbuf_addf(out, "TLS Server Name:        %.*s\n", SPAN_ARG(name));
    strbuf_addf(out, "\nDocument Path:          %.*s\n", SPAN_ARG(options->path));
    if (options->any_length)
        strbuf_adds(out, "Document Length:        Variable\n\n");
    else
        strbuf_addf(out, "Document Length:        %" PRIu64 " bytes\n\n", result->document_bytes);
}

static void add_counts(struct strbuf *out, const struct ab_result *result)
{
    strbuf_addf(out, "Concurrency Level:      %d\n", result->options->concurrency);
    strbuf_addf(out, "Time taken for tests:   %.3f seconds\n", result->took_s);
    strbuf_addf(out, "Complete requests:      %" PRIu64 "\n", result->done);
    strbuf_addf(out, "Failed requests:        %" PRIu64 "\n", ab_failed(result));
    if (ab_failed(result))
        strbuf_addf(out,
                    "   (Connect: %" PRIu64 ", Receive: %" PRIu64 ", Length: %" PRIu64
                    ", Exceptions: %" PRIu64 ")\n",
                    result->bad_connects, result->bad_receives, result->bad_lengths,
                    result->exceptions);
    if (result->write_errors)
        strbuf_addf(out, "Write errors:           %" PRIu64 "\n", result->write_errors);
    if (result->not_2xx)
        strbuf_addf(out, "Non-2xx responses:      %" PRIu64 "\n", result->not_2xx);
    if (result->options->keep_alive)
        strbuf_addf(out, "Keep-Alive requests:    %" PRIu64 "\n", result->kept_alive);
    strbuf_addf(out, "Total transferred:      %" PRIu64 " bytes\n", result->received_bytes);
    if (result->has_body)
        strbuf_addf(out, "Total body sent:        %" PRIu64 "\n", result->sent_bytes);
    strbuf_addf(out, "HTML transferred:       %" PRIu64 " bytes\n", result->body_bytes);
}

static void add_rates(struct strbuf *out, const struct ab_result *result)
{
    struct ab_rates rates = ab_rates(result);
    double each_ms = result->took_s * 1000 / (double)result->done;
    strbuf_addf(out, "Requests per second:    %.2f [#/sec] (mean)\n", rates.per_second);
    strbuf_addf(out, "Time per request:       %.3f [ms] (mean)\n",
                each_ms * result->options->concurrency);
    strbuf_addf(out, "Time per request:       %.3f [ms] (mean, across all concurrent requests)\n",
                each_ms);
    strbuf_addf(out, "Transfer rate:          %.2f [Kbytes/sec] received\n", rates.received_kb);
    if (result->has_body)
        strbuf_addf(out,
                    "                        %.2f kb/s sent\n"
                    "                        %.2f kb/s total\n",
                    rates.sent_kb, rates.total_kb);
}

/* One line of the connection times, in ms. */
struct spread {
    const char *label, *what;
    const struct durations *durations;
    uint64_t min, mean, median, max;
    double deviation;
};

/* ab's median: of an odd number the mean of the middle one and the next, of an even number the
 * upper of the two in the middle. */
static uint64_t median_us(const struct durations *durations)
{
    uint64_t middle = durations->count / 2, next = middle + 1;
    if (durations->count > 1 && durations->count % 2 == 1)
        return (durations_at(durations, middle) + durations_at(durations, next)) / 2;
    return durations_at(durations, middle);
}

static void fill_spread(struct spread *spread)
{
    const struct durations *durations = spread->durations;
    uint64_t mean_us = durations->sum_us / durations->count;
    spread->min = ab_round_ms(durations_at(durations, 0));
    spread->max = ab_round_ms(durations_at(durations, durations->count - 1));
    spread->mean = ab_round_ms(mean_us);
    spread->median = ab_round_ms(median_us(durations));
    spread->deviation = durations_deviation(durations, (double)mean_us) / 1000;
}

static void add_spread(struct strbuf *out, const struct spread *spread, bool is_short)
{
    strbuf_addf(out, "%-11s %5" PRIu64, spread->label, spread->min);
    if (is_short)
        strbuf_addf(out, " %5" PRIu64 "%5" PRIu64 "\n", spread->mean, spread->max);
    else
        strbuf_addf(out, " %4" PRIu64 " %5.1f %6" PRIu64 " %7" PRIu64 "\n", spread->mean,
                    spread->deviation, spread->median, spread->max);
}

/* ab compares what it has rounded to whole milliseconds. */
static void add_doubt(struct strbuf *out, const struct spread *spread)
{
    double mean = (double)spread->mean, median = (double)spread->median;
    double distance = mean > median ? mean - median : median - mean;
    if (distance > 2 * spread->deviation)
        strbuf_addf(out,
                    "ERROR: The median and mean for %s are more than twice the standard\n"
                    "       deviation apart. These results are NOT reliable.\n",
                    spread->what);
    else if (distance > spread->deviation)
        strbuf_addf(out,
                    "WARNING: The median and mean for %s are not within a normal deviation\n"
                    "        These results are probably not that reliable.\n",
                    spread->what);
}

static void add_times(struct strbuf *out, const struct ab_result *result)
{
    bool is_short = result->options->no_spread;
    struct spread spreads[] = {
        {.label = "Connect:",
         .what = "the initial connection time",
         .durations = &result->connects},
        {.label = "Processing:", .what = "the processing time", .durations = &result->processings},
        {.label = "Waiting:", .what = "the waiting time", .durations = &result->waits},
        {.label = "Total:", .what = "the total time", .durations = &result->totals},
    };
    strbuf_adds(out, "\nConnection Times (ms)\n");
    strbuf_adds(out, is_short ? "              min   avg   max\n"
                              : "              min  mean[+/-sd] median   max\n");
    for (size_t i = 0; i < COUNT_OF(spreads); i++) {
        fill_spread(&spreads[i]);
        add_spread(out, &spreads[i], is_short);
    }
    for (size_t i = 0; i < COUNT_OF(spreads) && !is_short; i++)
        add_doubt(out, &spreads[i]);
}

static void add_percentiles(struct strbuf *out, const struct ab_result *result)
{
    static const unsigned PERCENTS[] = {50, 66, 75, 80, 90, 95, 98, 99};
    const struct durations *totals = &result->totals;
    strbuf_adds(out, "\nPercentage of the requests served within a certain time (ms)\n");
    for (size_t i = 0; i < COUNT_OF(PERCENTS); i++)
        strbuf_addf(out, "  %u%%  %5" PRIu64 "\n", PERCENTS[i],
                    ab_round_ms(durations_at(totals, totals->count * PERCENTS[i] / 100)));
    strbuf_addf(out, " 100%%  %5" PRIu64 " (longest request)\n",
                ab_round_ms(durations_at(totals, totals->count - 1)));
}

void ab_report_text(struct strbuf *out, const struct ab_result *result)
{
    strbuf_adds(out, "\n\n");
    if (result->options->html) {
        ab_report_tables(out, result);
        return;
    }
    add_server(out, result);
    add_counts(out, result);
    if (result->done == 0)
        return;
    add_rates(out, result);
    add_times(out, result);
    if (!result->options->no_percentiles && result->done > 1)
        add_percentiles(out, result);
}

/* Files */

/* Rounded to the nearest place, which for high percentages of few requests would be behind the
 * last: ab reads on there, we stay with the last. */
void ab_report_csv(struct strbuf *out, const struct ab_result *result)
{
    uint64_t count = result->totals.count, ranks[101], us[101];
    strbuf_adds(out, "Percentage served,Time in ms\n");
    if (count == 0)
        return;
    for (uint64_t i = 0; i <= 100; i++)
        ranks[i] = MIN_OF((count * i + 50) / 100, count - 1);
    durations_at_each(&result->totals, ranks, COUNT_OF(ranks), us);
    for (unsigned i = 0; i <= 100; i++)
        strbuf_addf(out, "%u,%.3f\n", i, (double)us[i] / 1000);
}

static int compare_rows(const void *a, const void *b)
{
    const struct ab_row *left = a, *right = b;
    return (left->total_us > right->total_us) - (left->total_us < right->total_us);
}

void ab_report_gnuplot(struct strbuf *out, struct ab_row *rows, size_t n)
{
    strbuf_adds(out, "starttime\tseconds\tctime\tdtime\tttime\twait\n");
    if (n)
        qsort(rows, n, sizeof(*rows), compare_rows);
    for (size_t i = 0; i < n; i++) {
        const struct ab_row *row = &rows[i];
        struct tm when;
        char text[32];
        time_t start_s = (time_t)row->start_s;
        localtime_r(&start_s, &when);
        strftime(text, sizeof(text), "%a %b %d %H:%M:%S %Y", &when);
        strbuf_addf(out, "%s\t%" PRId64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
                    text, row->start_s, ab_round_ms(row->connect_us),
                    ab_round_ms(row->total_us - row->connect_us), ab_round_ms(row->total_us),
                    ab_round_ms(row->wait_us));
    }
}
