/* SPDX-License-Identifier: Apache-2.0
 *
 * A distribution as the statistics object of a script's done().
 */
#include "cli/as/wrk/script_stats.h"

#include "cli/as/wrk/distribution.h"

/* wrk has its largest number there when nothing was counted; 0 is less surprising. */
static double min(void *arg)
{
    const struct distribution *d = arg;
    return d->count ? (double)d->min : 0;
}

static double max(void *arg)
{
    const struct distribution *d = arg;
    return d->count ? (double)d->max : 0;
}

static double mean(void *arg)
{
    return distribution_mean(arg);
}

static double stdev(void *arg)
{
    return distribution_stdev(arg);
}

static double percentile(void *arg, double p)
{
    return (double)distribution_percentile(arg, p);
}

static size_t count(void *arg)
{
    return distribution_distinct(arg);
}

static void at(void *arg, size_t i, double *ret_value, double *ret_count)
{
    uint64_t value, times;
    distribution_nth(arg, i, &value, &times);
    *ret_value = (double)value;
    *ret_count = (double)times;
}

static const struct wrk_stats_ops OPS = {
    .min = min,
    .max = max,
    .mean = mean,
    .stdev = stdev,
    .percentile = percentile,
    .count = count,
    .at = at,
};

struct wrk_stats script_stats(const struct distribution *d)
{
    return (struct wrk_stats){&OPS, (void *)d};
}
