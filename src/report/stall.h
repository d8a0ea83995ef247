/* SPDX-License-Identifier: Apache-2.0
 *
 * Which answers of a closed model are stalls, and from when on they matter. Its connections send
 * nothing while they wait, so a stall costs each of them one slow answer, however many requests
 * would have come meanwhile ("coordinated omission"): what a closed model reports has to say so.
 * Pure.
 */
#ifndef REPORT_STALL_H
#define REPORT_STALL_H

#include "base/util.h"

/* An answer this many medians long, and at least this long, is a stall. */
#define STALL_MEDIANS  10
#define STALL_LEAST_MS 100

/* The share of their time that connections spend in stalls from which on it is said: what a p99.9
 * of an open model would show. */
#define STALL_LEAST_SHARE 0.001

/* From which latency on an answer is a stall. */
static inline double stall_bound_ms(double median_ms)
{
    return MAX_OF(STALL_MEDIANS * median_ms, (double)STALL_LEAST_MS);
}

#endif
