/* SPDX-License-Identifier: Apache-2.0
 *
 * The one kind of histogram: log-linear over the bits of a double, so that fractions and negative
 * values are as welcome as milliseconds. A cell is the sign, the exponent and the top 9 bits of
 * the mantissa; its middle is within 0.1 % of any value in it. Cells come in chunks taken at first
 * touch, so memory depends on the spread of the values, never on their number. Minimum, maximum
 * and count are exact; the sum is a double's. Merging adds cells: exact and associative. NaN is
 * refused. One thread.
 */
#ifndef METRICS_HISTOGRAM_H
#define METRICS_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;
struct span;
struct histogram_chunk;

struct histogram {
    uint64_t count;
    uint64_t zeros;                 /* values that are 0: no cell, the commonest value of phases */
    double sum, min, max;           /* min and max only when count > 0 */
    struct histogram_chunk **slots; /* private: open addressing by chunk number */
    uint32_t slot_count, chunk_count;
    struct histogram_chunk *last; /* private: the chunk of the last value */
};

void histogram_init(struct histogram *h);
void histogram_done(struct histogram *h);

/* Empties it; keeps the chunks for reuse. */
void histogram_reset(struct histogram *h);

/* Adds `value` once (or `times` times); false for NaN. */
bool histogram_add(struct histogram *h, double value);
bool histogram_add_n(struct histogram *h, double value, uint64_t times);

/* into += from. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/* Percentile 0..100 as k6 computes it, linear between the closest ranks at p * (count - 1), from
 * cell middles clamped to [min, max]; 0 when empty. p = 0 and 100 are exact. */
double histogram_percentile(const struct histogram *h, double p);

double histogram_mean(const struct histogram *h); /* 0 when empty */

/* How many values are known to be <= value: those in cells that end there or before. */
uint64_t histogram_count_below(const struct histogram *h, double value);

/* Calls fn for every non-empty cell in ascending order of value. */
void histogram_each(const struct histogram *h,
                    void (*fn)(void *arg, double lowest, double highest, uint64_t count),
                    void *arg);

/* Bytes of memory held. */
size_t histogram_memory(const struct histogram *h);

/* Versioned encoding: exact. histogram_decode() refuses malformed input with -1 and leaves `h`
 * empty; on success `*input` points behind it. */
void histogram_encode(const struct histogram *h, struct strbuf *out);
int histogram_decode(struct histogram *h, struct span *input);

#endif
