/* SPDX-License-Identifier: Apache-2.0
 *
 * How many samples a percentile needs before it says something. A two-sided 95 % interval between
 * order statistics exists only when all samples together reach beyond the percentile with that
 * probability: (p/100)^n <= 2.5 %. Below, the number printed would mostly be the maximum.
 */
#ifndef METRICS_PERCENTILE_H
#define METRICS_PERCENTILE_H

#include <stdbool.h>
#include <stdint.h>

/* p in 0..100: 6 for p50, 36 for p90, 368 for p99, 3688 for p99.9; 1 for the ends, which are the
 * minimum and the maximum. */
uint64_t percentile_needs(double p);

static inline bool percentile_known(double p, uint64_t samples)
{
    return samples >= percentile_needs(p);
}

#endif
