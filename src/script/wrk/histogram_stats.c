/* SPDX-License-Identifier: Apache-2.0
 *
 * The cells of the histogram, once, in ascending order; a cell stands for its middle.
 */
#include "script/wrk/histogram_stats.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "metrics/histogram.h"

struct histogram_row {
    double value, count;
};

static void add_row(void *arg, double lowest, double highest, uint64_t count)
{
    struct histogram_stats *stats = arg;
    double middle = (lowest + highest) / 2;
    if (stats->count == stats->cap) {
        stats->cap = stats->cap ? stats->cap * 2 : 64;
        stats->rows = GROW_ARRAY(stats->rows, stats->cap);
    }
    middle = fmin(fmax(middle, stats->histogram->min), stats->histogram->max);
    stats->rows[stats->count++] = (struct histogram_row){middle * stats->factor, (double)count};
}

void histogram_stats_init(struct histogram_stats *stats, const struct histogram *histogram,
                          double factor)
{
    *stats = (struct histogram_stats){.histogram = histogram, .factor = factor};
    histogram_each(histogram, add_row, stats);
}

void histogram_stats_done(struct histogram_stats *stats)
{
    free(stats->rows);
    stats->rows = NULL;
}

static double stats_min(void *arg)
{
    struct histogram_stats *stats = arg;
    return stats->count ? stats->histogram->min * stats->factor : 0;
}

static double stats_max(void *arg)
{
    struct histogram_stats *stats = arg;
    return stats->count ? stats->histogram->max * stats->factor : 0;
}

static double stats_mean(void *arg)
{
    struct histogram_stats *stats = arg;
    return histogram_mean(stats->histogram) * stats->factor;
}

/* With n - 1, as wrk. */
static double stats_stdev(void *arg)
{
    struct histogram_stats *stats = arg;
    double mean = stats_mean(arg), squares = 0;
    uint64_t n = stats->histogram->count;
    if (n < 2)
        return 0;
    for (size_t i = 0; i < stats->count; i++)
        squares += stats->rows[i].count * pow(stats->rows[i].value - mean, 2);
    return sqrt(squares / (double)(n - 1));
}

static double stats_percentile(void *arg, double p)
{
    struct histogram_stats *stats = arg;
    return histogram_percentile(stats->histogram, fmin(fmax(p, 0), 100)) * stats->factor;
}

static size_t stats_count(void *arg)
{
    return ((struct histogram_stats *)arg)->count;
}

static void stats_at(void *arg, size_t i, double *ret_value, double *ret_count)
{
    const struct histogram_row *row = &((struct histogram_stats *)arg)->rows[i];
    *ret_value = row->value;
    *ret_count = row->count;
}

struct wrk_stats histogram_stats_object(struct histogram_stats *stats)
{
    static const struct wrk_stats_ops OPS = {
        .min = stats_min,
        .max = stats_max,
        .mean = stats_mean,
        .stdev = stats_stdev,
        .percentile = stats_percentile,
        .count = stats_count,
        .at = stats_at,
    };
    return (struct wrk_stats){.ops = &OPS, .arg = stats};
}
