/* SPDX-License-Identifier: Apache-2.0
 *
 * Few buckets from many cells.
 */
#include "report/latency_buckets.h"

#include <math.h>

#include "base/util.h"
#include "metrics/histogram.h"

/* Below a nanosecond nothing is told apart. */
static const double LEAST_MS = 1e-6;

static const int PARTS[] = {40, 20, 10, 5, 4, 3, 2, 1};

struct fill {
    struct latency_bucket *buckets;
    size_t count;
    int parts, first;
};

static int number_of(double ms, int parts)
{
    return (int)floor(log10(MAX_OF(ms, LEAST_MS)) * parts + 1e-9);
}

struct least {
    double ms;
};

static void find_least(void *arg, double lowest, double highest, uint64_t count)
{
    struct least *least = arg;
    if (least->ms == 0 && highest > 0)
        least->ms = highest;
}

/* The smallest value above zero, or zero. */
static double least_above_zero(const struct histogram *trend)
{
    struct least least = {0};
    if (trend->min > 0)
        return trend->min;
    histogram_each(trend, find_least, &least);
    return least.ms;
}

static void add_cell(void *arg, double lowest, double highest, uint64_t count)
{
    const struct fill *fill = arg;
    int at = number_of(lowest + (highest - lowest) / 2, fill->parts) - fill->first;
    at = MIN_OF(MAX_OF(at, 0), (int)fill->count - 1);
    fill->buckets[at].count += count;
}

size_t latency_buckets(const struct histogram *trend, size_t max, struct latency_bucket *ret)
{
    struct fill fill = {.buckets = ret};
    if (trend->count == 0)
        return 0;
    double least = least_above_zero(trend);
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
        fill.parts = PARTS[i];
        fill.first = number_of(least, fill.parts);
        fill.count = (size_t)(number_of(trend->max, fill.parts) - fill.first + 1);
        if (fill.count <= max)
            break;
    }
    fill.count = MIN_OF(fill.count, max);
    for (size_t i = 0; i < fill.count; i++)
        ret[i] = (struct latency_bucket){
            .from_ms = pow(10, (double)(fill.first + (int)i) / fill.parts),
            .to_ms = pow(10, (double)(fill.first + (int)i + 1) / fill.parts),
        };
    histogram_each(trend, add_cell, &fill);
    return fill.count;
}
