/* SPDX-License-Identifier: Apache-2.0
 *
 * How often each value was seen: latencies in µs, or requests per second. Values below 131072 have
 * a cell each, larger ones share theirs with neighbours within 1/65536 of them, so that the digits
 * printed are right. Memory is bounded (12.5 MiB of addresses) and taken as cells are touched.
 * Adding is a shift and an increment: one thread, no locks; merging is exact. The numbers asked of
 * it are wrk's: whole values, n - 1 in the standard deviation, its way of rounding ranks.
 */
#ifndef CLI_AS_WRK_DISTRIBUTION_H
#define CLI_AS_WRK_DISTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DISTRIBUTION_BITS = 16,  /* of a shared cell's precision */
    DISTRIBUTION_RANGE = 40, /* values below 2^40: 12 days in µs; what is above counts as that */
    DISTRIBUTION_CELLS = (DISTRIBUTION_RANGE - DISTRIBUTION_BITS + 1) << DISTRIBUTION_BITS,
};

struct distribution {
    uint64_t count;
    uint64_t min, max; /* exact; only when count > 0 */
    uint64_t *cells;   /* private */
};

void distribution_init(struct distribution *d);
void distribution_done(struct distribution *d);
void distribution_reset(struct distribution *d);

/* into += from. */
void distribution_merge(struct distribution *into, const struct distribution *from);

/* Private: the cell of a value below 2^DISTRIBUTION_RANGE. */
static inline size_t distribution_cell(uint64_t value)
{
    if (value >> (DISTRIBUTION_BITS + 1) == 0)
        return (size_t)value;
    unsigned shift = 63 - DISTRIBUTION_BITS - (unsigned)__builtin_clzll(value);
    return ((size_t)shift << DISTRIBUTION_BITS) + (size_t)(value >> shift);
}

static inline void distribution_add(struct distribution *d, uint64_t value)
{
    if (value >> DISTRIBUTION_RANGE)
        value = (UINT64_C(1) << DISTRIBUTION_RANGE) - 1;
    if (d->count++ == 0 || value < d->min)
        d->min = value;
    if (d->count == 1 || value > d->max)
        d->max = value;
    d->cells[distribution_cell(value)]++;
}

/* 0 when empty; the standard deviation also of a single value. */
double distribution_mean(const struct distribution *d);
double distribution_stdev(const struct distribution *d);

/* The share of values within `by` of `mean`, 0..100; NaN when empty. */
double distribution_within(const struct distribution *d, double mean, double by);

/* The smallest value that `rank` values do not exceed, rank from 1 to count; 0 when empty. */
uint64_t distribution_at_rank(const struct distribution *d, uint64_t rank);

/* Percentile 0..100, as wrk rounds the rank: round(p / 100 * count + 0.5). wrk gives 0 for 100;
 * this is the largest value. */
uint64_t distribution_percentile(const struct distribution *d, double p);

/* How many values are in cells from that of `value` on, and what they sum up to. */
uint64_t distribution_count_from(const struct distribution *d, uint64_t value, double *ret_sum);

/* Different values (cells); the `index`-th of them in ascending order, from 0, and its count. */
size_t distribution_distinct(const struct distribution *d);
void distribution_nth(const struct distribution *d, size_t index, uint64_t *ret_value,
                      uint64_t *ret_count);

/* Ascending walk over what is not empty: start with {.d = d}; false at the end. */
struct distribution_walk {
    const struct distribution *d;
    size_t cell;           /* private: the next one */
    uint64_t value, count; /* of the step; value is the middle of a shared cell */
    uint64_t seen;         /* count of all steps so far */
    uint64_t highest;      /* of the step's cell */
};

bool distribution_next(struct distribution_walk *walk);

#endif
