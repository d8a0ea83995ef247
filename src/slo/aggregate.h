/* SPDX-License-Identifier: Apache-2.0
 *
 * The aggregates that an objective can be about: k6's count, rate, value, avg, min, max, med and
 * p(N), each legal for some types of metric, and what they are for a given sink.
 */
#ifndef SLO_AGGREGATE_H
#define SLO_AGGREGATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/span.h"
#include "metrics/registry.h"

struct sink;

enum aggregate_kind {
    AGGREGATE_COUNT,
    AGGREGATE_RATE, /* counter: per second; rate: share of non-zero values, 0..1 */
    AGGREGATE_VALUE,
    AGGREGATE_AVG,
    AGGREGATE_MIN,
    AGGREGATE_MAX,
    AGGREGATE_MED,
    AGGREGATE_PERCENTILE,
};

struct aggregate {
    enum aggregate_kind kind;
    double percentile; /* 0..100, of AGGREGATE_PERCENTILE */
};

/* Decimal number, finite, nothing around it; 0 or -1. */
MUST_CHECK int aggregate_number(struct span text, double *ret_number);

/* "p(99.9)" and so on; 0 or -1. */
MUST_CHECK int aggregate_parse(struct span text, struct aggregate *ret_aggregate);

bool aggregate_fits(enum aggregate_kind kind, enum metric_type type);

/* "avg, min, max, med, p(N)": what is legal for `type`, for messages. */
const char *aggregate_legal(enum metric_type type);

/* "avg", "p(95)": as k6 names it; into `buf`, returns it. */
const char *aggregate_text(struct aggregate aggregate, char *buf, size_t size);

/* The value of `sink` (NULL: nothing was recorded), as k6 has it: 0 where nothing was recorded,
 * but false for a rate without samples, which has no value. `elapsed_ns` is the time of the whole
 * test, for rates of counters. */
bool aggregate_observe(struct aggregate aggregate, enum metric_type type, const struct sink *sink,
                       nsec_t elapsed_ns, double *ret_value);

#endif
