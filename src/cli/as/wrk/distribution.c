/* SPDX-License-Identifier: Apache-2.0
 *
 * How often each value was seen. Sums are taken over the cells when somebody asks, so that adding
 * a value stays cheap.
 */
#include "cli/as/wrk/distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"

void distribution_init(struct distribution *d)
{
    *d = (struct distribution){.cells = NEW_ARRAY(uint64_t, DISTRIBUTION_CELLS)};
}

void distribution_done(struct distribution *d)
{
    free(d->cells);
    *d = (struct distribution){0};
}

/* Only what was touched: the rest has no memory yet and is to stay so. */
void distribution_reset(struct distribution *d)
{
    if (d->count) {
        size_t first = distribution_cell(d->min), last = distribution_cell(d->max);
        memset(d->cells + first, 0, (last - first + 1) * sizeof(*d->cells));
    }
    d->count = 0;
}

void distribution_merge(struct distribution *into, const struct distribution *from)
{
    if (from->count == 0)
        return;
    for (size_t i = distribution_cell(from->min); i <= distribution_cell(from->max); i++) {
        if (from->cells[i])
            into->cells[i] += from->cells[i];
    }
    into->min = into->count ? MIN_OF(into->min, from->min) : from->min;
    into->max = into->count ? MAX_OF(into->max, from->max) : from->max;
    into->count += from->count;
}

static uint64_t lowest_of(size_t cell)
{
    if (cell >> (DISTRIBUTION_BITS + 1) == 0)
        return cell;
    unsigned shift = (unsigned)(cell >> DISTRIBUTION_BITS) - 1;
    return (uint64_t)(cell - ((size_t)shift << DISTRIBUTION_BITS)) << shift;
}

bool distribution_next(struct distribution_walk *walk)
{
    const struct distribution *d = walk->d;
    if (walk->seen == d->count)
        return false;
    size_t cell = MAX_OF(walk->cell, distribution_cell(d->min));
    while (d->cells[cell] == 0)
        cell++;
    walk->cell = cell + 1;
    walk->highest = MIN_OF(lowest_of(cell + 1) - 1, d->max);
    uint64_t middle = lowest_of(cell) + (lowest_of(cell + 1) - lowest_of(cell)) / 2;
    walk->value = MAX_OF(MIN_OF(middle, d->max), d->min);
    walk->count = d->cells[cell];
    walk->seen += walk->count;
    return true;
}

double distribution_mean(const struct distribution *d)
{
    double sum = 0;
    struct distribution_walk walk = {.d = d};
    while (distribution_next(&walk))
        sum += (double)walk.value * (double)walk.count;
    return d->count ? sum / (double)d->count : 0;
}

double distribution_stdev(const struct distribution *d)
{
    double sum = 0, mean = distribution_mean(d);
    struct distribution_walk walk = {.d = d};
    while (distribution_next(&walk)) {
        double off = (double)walk.value - mean;
        sum += off * off * (double)walk.count;
    }
    return d->count > 1 ? sqrt(sum / (double)(d->count - 1)) : 0;
}

double distribution_within(const struct distribution *d, double mean, double by)
{
    uint64_t inside = 0;
    struct distribution_walk walk = {.d = d};
    while (distribution_next(&walk)) {
        double value = (double)walk.value;
        if (value >= mean - by && value <= mean + by)
            inside += walk.count;
    }
    return d->count ? (double)inside / (double)d->count * 100 : NAN;
}

uint64_t distribution_at_rank(const struct distribution *d, uint64_t rank)
{
    struct distribution_walk walk = {.d = d};
    while (distribution_next(&walk)) {
        if (walk.seen >= rank)
            return rank >= d->count ? d->max : walk.value;
    }
    return d->count ? d->max : 0;
}

uint64_t distribution_percentile(const struct distribution *d, double p)
{
    double rank = round(p / 100 * (double)d->count + 0.5);
    return distribution_at_rank(d, rank >= 1 ? (uint64_t)MIN_OF(rank, (double)d->count) : 1);
}

uint64_t distribution_count_from(const struct distribution *d, uint64_t value, double *ret_sum)
{
    uint64_t count = 0;
    double sum = 0;
    struct distribution_walk walk = {.d = d};
    while (distribution_next(&walk)) {
        if (walk.highest < value)
            continue;
        count += walk.count;
        sum += (double)walk.value * (double)walk.count;
    }
    *ret_sum = sum;
    return count;
}

size_t distribution_distinct(const struct distribution *d)
{
    size_t distinct = 0;
    struct distribution_walk walk = {.d = d};
    while (distribution_next(&walk))
        distinct++;
    return distinct;
}

void distribution_nth(const struct distribution *d, size_t index, uint64_t *ret_value,
                      uint64_t *ret_count)
{
    struct distribution_walk walk = {.d = d};
    *ret_value = *ret_count = 0;
    while (distribution_next(&walk)) {
        if (index-- > 0)
            continue;
        *ret_value = walk.value;
        *ret_count = walk.count;
        return;
    }
}
