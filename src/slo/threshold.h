/* SPDX-License-Identifier: Apache-2.0
 *
 * One threshold: k6's grammar `aggregate operator number`, spaces free, parsed against the type of
 * the metric that it is about. Pure.
 */
#ifndef SLO_THRESHOLD_H
#define SLO_THRESHOLD_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/span.h"
#include "slo/aggregate.h"

struct error;
struct series;

enum threshold_op {
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_EQUAL,
    OP_NOT_EQUAL,
};

struct threshold {
    const struct series *series; /* borrowed from the registry */
    const char *expression;      /* as the user wrote it; owned by whoever holds the threshold */
    struct aggregate aggregate;
    enum threshold_op op;
    double bound;
    bool abort_on_fail;
    nsec_t delay_abort_ns; /* no abort before the test has run longer than this */
};

/* Fills aggregate, op and bound; 0, or -1 with a sentence (104) that names metric, expression and
 * what would be legal. */
MUST_CHECK int threshold_parse(struct span expression, const struct series *series,
                               struct threshold *ret_threshold, struct error *err);

bool threshold_holds(enum threshold_op op, double observed, double bound);

/* "<", "<=", ... */
const char *threshold_op_text(enum threshold_op op);

#endif
