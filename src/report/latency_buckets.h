/* SPDX-License-Identifier: Apache-2.0
 *
 * A histogram in few buckets whose edges are equally far apart in proportion, for drawing. Pure.
 */
#ifndef REPORT_LATENCY_BUCKETS_H
#define REPORT_LATENCY_BUCKETS_H

#include <stddef.h>
#include <stdint.h>

struct histogram;

struct latency_bucket {
    double from_ms, to_ms;
    uint64_t count;
};

enum {
    LATENCY_BUCKETS_MAX = 16,
};

/* As fine as `max` (1 to LATENCY_BUCKETS_MAX) buckets allow, from the one with the least value to
 * the one with the largest; edges are powers of 10 parted in 40, 20, 10, 5, 4, 3, 2 or 1. Zeros are
 * in the first. Returns how many; 0 for an empty histogram. */
size_t latency_buckets(const struct histogram *trend, size_t max, struct latency_bucket *ret);

#endif
