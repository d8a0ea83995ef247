/* SPDX-License-Identifier: Apache-2.0
 *
 * What wrk and wrk2 print.
 */
#include "cli/as/wrk/report.h"

#include <inttypes.h>
#include <math.h>

#include "base/strbuf.h"
#include "base/util.h"
#include "cli/as/wrk/distribution.h"
#include "cli/as/wrk/units.h"

typedef void units_fn(double n, char text[static UNITS_TEXT_BYTES]);

static void add_units(struct strbuf *out, units_fn *units, double n, int width)
{
    char text[UNITS_TEXT_BYTES];
    units(n, text);
    units_add(out, width, text);
}

/* The sign of a NaN is the machine's affair (x86 makes negative ones), not printf()'s. */
static void add_row(struct strbuf *out, const char *name, units_fn *units,
                    const struct distribution *d)
{
    double mean = distribution_mean(d), stdev = distribution_stdev(d);
    double within = distribution_within(d, mean, stdev);
    strbuf_addf(out, "    %-10s", name);
    add_units(out, units, mean, 8);
    add_units(out, units, stdev, 10);
    add_units(out, units, d->count ? (double)d->max : 0, 9);
    if (isnan(within))
        strbuf_addf(out, "%8s%%\n", "-nan");
    else
        strbuf_addf(out, "%8.2f%%\n", within);
}

void wrk_report_begin(struct strbuf *out, const struct wrk_report *report)
{
    char duration[UNITS_TEXT_BYTES];
    units_time_s((double)report->duration_s, duration);
    strbuf_addf(out, "Running %s test @ %s\n", duration, report->url);
    strbuf_addf(out, "  %" PRIu64 " threads and %" PRIu64 " connections\n", report->threads,
                report->connections);
}

static void add_distribution(struct strbuf *out, const struct distribution *latency)
{
    static const double PERCENTILES[] = {50, 75, 90, 99};
    strbuf_adds(out, "  Latency Distribution\n");
    for (size_t i = 0; i < COUNT_OF(PERCENTILES); i++) {
        strbuf_addf(out, "%7.0f%%", PERCENTILES[i]);
        add_units(out, units_time_us, (double)distribution_percentile(latency, PERCENTILES[i]), 10);
        strbuf_addc(out, '\n');
    }
}

/* HdrHistogram rounds ranks to the nearest. */
static double at_percentile(const struct distribution *d, double p)
{
    uint64_t rank = (uint64_t)(p / 100 * (double)d->count + 0.5);
    return (double)distribution_at_rank(d, MAX_OF(rank, 1));
}

static void add_tick(struct strbuf *out, double value_us, double percentile, uint64_t seen)
{
    strbuf_addf(out, "%12.3f %12.6f %12" PRIu64, value_us / 1000, percentile / 100, seen);
    if (percentile < 100)
        strbuf_addf(out, " %12.2f\n", 100 / (100 - percentile));
    else
        strbuf_addf(out, " %12s\n", "inf");
}

/* The tick after `percentile`: as far as a tenth of what is left when it was last halved. */
static double next_tick(double percentile)
{
    double halvings = floor(log2(100 / (100 - percentile))) + 1;
    return percentile + 100 / (5 * exp2(halvings));
}

/* HdrHistogram's text, milliseconds, five ticks for each halving of the distance to 100 %. Values
 * are the upper end of their cell. */
static void add_spectrum(struct strbuf *out, const struct distribution *latency)
{
    struct distribution_walk walk = {.d = latency};
    double percentile = 0;
    strbuf_adds(out, "       Value   Percentile   TotalCount 1/(1-Percentile)\n\n");
    while (distribution_next(&walk)) {
        double reached = 100 * (double)walk.seen / (double)latency->count;
        while (percentile <= reached && percentile < 100) {
            add_tick(out, (double)walk.highest, percentile, walk.seen);
            if (walk.seen == latency->count)
                break;
            percentile = next_tick(percentile);
        }
    }
    add_tick(out, latency->count ? (double)latency->max : 0, 100, latency->count);
    strbuf_addf(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n",
                distribution_mean(latency) / 1000, distribution_stdev(latency) / 1000);
    strbuf_addf(out, "#[Max     = %12.3f, Total count    = %12" PRIu64 "]\n",
                latency->count ? (double)latency->max / 1000 : 0, latency->count);
    strbuf_addf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n",
                DISTRIBUTION_RANGE - DISTRIBUTION_BITS, 1 << (DISTRIBUTION_BITS + 1));
}

static void add_recorded(struct strbuf *out, const char *what, const struct distribution *latency)
{
    static const double PERCENTILES[] = {50, 75, 90, 99, 99.9, 99.99, 99.999, 100};
    strbuf_addf(out, "  Latency Distribution (HdrHistogram - %s)\n", what);
    for (size_t i = 0; i < COUNT_OF(PERCENTILES); i++) {
        strbuf_addf(out, "%7.3f%%", PERCENTILES[i]);
        add_units(out, units_time_us, at_percentile(latency, PERCENTILES[i]), 10);
        strbuf_addc(out, '\n');
    }
    strbuf_adds(out, "\n  Detailed Percentile spectrum:\n");
    add_spectrum(out, latency);
    strbuf_adds(out, "----------------------------------------------------------\n");
}

static void add_latency(struct strbuf *out, const struct wrk_report *report)
{
    if (!report->is_wrk2) {
        add_distribution(out, report->latency);
        return;
    }
    add_recorded(out, "Recorded Latency", report->latency);
    if (!report->show_uncorrected)
        return;
    strbuf_addc(out, '\n');
    add_recorded(out, "Uncorrected Latency (measured without taking delayed starts into account)",
                 report->uncorrected);
}

static void add_calibrations(struct strbuf *out, const struct wrk_report *report)
{
    for (size_t i = 0; i < report->calibration_count; i++)
        strbuf_addf(
            out, "  Thread calibration: mean lat.: %.3fms, rate sampling interval: %" PRIu64 "ms\n",
            report->calibrations[i].mean_us / 1000, report->calibrations[i].interval_ms);
}

static void add_errors(struct strbuf *out, const struct wrk_report *report)
{
    if (report->connect_errors || report->read_errors || report->write_errors || report->timeouts)
        strbuf_addf(out,
                    "  Socket errors: connect %" PRIu64 ", read %" PRIu64 ", write %" PRIu64
                    ", timeout %" PRIu64 "\n",
                    report->connect_errors, report->read_errors, report->write_errors,
                    report->timeouts);
    if (report->bad_statuses)
        strbuf_addf(out, "  Non-2xx or 3xx responses: %" PRIu64 "\n", report->bad_statuses);
}

void wrk_report_end(struct strbuf *out, const struct wrk_report *report)
{
    char runtime[UNITS_TEXT_BYTES], bytes[UNITS_TEXT_BYTES];
    double seconds = (double)report->runtime_us / 1e6;
    add_calibrations(out, report);
    strbuf_adds(out, "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n");
    add_row(out, "Latency", units_time_us, report->latency);
    add_row(out, "Req/Sec", units_metric, report->rates);
    if (report->show_latency)
        add_latency(out, report);
    units_time_us((double)report->runtime_us, runtime);
    units_binary((double)report->bytes, bytes);
    strbuf_addf(out, "  %" PRIu64 " requests in %s, %sB read\n", report->requests, runtime, bytes);
    add_errors(out, report);
    units_binary((double)report->bytes / seconds, bytes);
    strbuf_addf(out, "Requests/sec: %9.2f\n", (double)report->requests / seconds);
    strbuf_addf(out, "Transfer/sec: %10sB\n", bytes);
}
