/* SPDX-License-Identifier: Apache-2.0
 *
 * Aggregates of a sink.
 */
#include "slo/aggregate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "metrics/snapshot.h"

#define NUMBER_MAX 64 /* characters */

/* In the order of the enum. */
static const struct {
    struct span name;
    enum aggregate_kind kind;
} NAMES[] = {
    {{"count", 5}, AGGREGATE_COUNT}, {{"rate", 4}, AGGREGATE_RATE}, {{"value", 5}, AGGREGATE_VALUE},
    {{"avg", 3}, AGGREGATE_AVG},     {{"min", 3}, AGGREGATE_MIN},   {{"max", 3}, AGGREGATE_MAX},
    {{"med", 3}, AGGREGATE_MED},
};

int aggregate_number(struct span text, double *ret_number)
{
    char buf[NUMBER_MAX + 1];
    if (text.len == 0 || text.len > NUMBER_MAX)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (!text.ptr[i] || !strchr("0123456789+-.eE", text.ptr[i]))
            return -1;
        buf[i] = text.ptr[i];
    }
    buf[text.len] = '\0';
    char *end;
    double number = strtod(buf, &end);
    if (*end || end == buf || !isfinite(number))
        return -1;
    *ret_number = number;
    return 0;
}

static int parse_percentile(struct span text, struct aggregate *ret_aggregate)
{
    double percentile;
    if (!span_starts_with(text, SPAN("p(")) || !span_ends_with(text, SPAN(")")))
        return -1;
    struct span inside = span_trim(span_of(text.ptr + 2, text.len - 3));
    if (aggregate_number(inside, &percentile) < 0 || percentile < 0 || percentile > 100)
        return -1;
    *ret_aggregate = (struct aggregate){AGGREGATE_PERCENTILE, percentile};
    return 0;
}

int aggregate_parse(struct span text, struct aggregate *ret_aggregate)
{
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        if (span_equal(text, NAMES[i].name)) {
            *ret_aggregate = (struct aggregate){.kind = NAMES[i].kind};
            return 0;
        }
    }
    return parse_percentile(text, ret_aggregate);
}

bool aggregate_fits(enum aggregate_kind kind, enum metric_type type)
{
    switch (type) {
    case METRIC_COUNTER:
        return kind == AGGREGATE_COUNT || kind == AGGREGATE_RATE;
    case METRIC_GAUGE:
        return kind == AGGREGATE_VALUE;
    case METRIC_RATE:
        return kind == AGGREGATE_RATE;
    case METRIC_TREND:
        return kind >= AGGREGATE_AVG;
    }
    return false;
}

const char *aggregate_legal(enum metric_type type)
{
    static const char *const LEGAL[] = {
        [METRIC_COUNTER] = "count, rate",
        [METRIC_GAUGE] = "value",
        [METRIC_RATE] = "rate",
        [METRIC_TREND] = "avg, min, max, med, p(N) with N from 0 to 100",
    };
    return LEGAL[type];
}

const char *aggregate_text(struct aggregate aggregate, char *buf, size_t size)
{
    if (aggregate.kind == AGGREGATE_PERCENTILE)
        snprintf(buf, size, "p(%.10g)", aggregate.percentile);
    else
        snprintf(buf, size, "%s", NAMES[aggregate.kind].name.ptr);
    return buf;
}

static double trend_aggregate(struct aggregate aggregate, const struct histogram *trend)
{
    if (trend->count == 0)
        return 0;
    switch (aggregate.kind) {
    case AGGREGATE_AVG:
        return histogram_mean(trend);
    case AGGREGATE_MIN:
        return trend->min;
    case AGGREGATE_MAX:
        return trend->max;
    case AGGREGATE_MED:
        return histogram_percentile(trend, 50);
    default:
        return histogram_percentile(trend, aggregate.percentile);
    }
}

bool aggregate_observe(struct aggregate aggregate, enum metric_type type, const struct sink *sink,
                       nsec_t elapsed_ns, double *ret_value)
{
    *ret_value = 0;
    if (!sink)
        return type != METRIC_RATE;
    if (type == METRIC_TREND)
        *ret_value = trend_aggregate(aggregate, &sink->trend);
    else if (type == METRIC_GAUGE)
        *ret_value = sink->value;
    else if (type == METRIC_RATE)
        *ret_value = sink->count ? sink->sum / (double)sink->count : 0;
    else if (aggregate.kind == AGGREGATE_COUNT)
        *ret_value = sink->sum;
    else if (elapsed_ns > 0)
        *ret_value = sink->sum / ((double)elapsed_ns / NSEC_PER_SEC);
    return type != METRIC_RATE || sink->count > 0;
}
