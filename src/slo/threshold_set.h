/* SPDX-License-Identifier: Apache-2.0
 *
 * All thresholds of a test and their evaluation against the whole run so far, with k6's semantics:
 * while the test runs, series without samples are left out; at the end they count as zeros, and a
 * rate without samples passes. Filled before the registry is frozen; evaluation is pure.
 */
#ifndef SLO_THRESHOLD_SET_H
#define SLO_THRESHOLD_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/span.h"

struct error;
struct registry;
struct snapshot;
struct threshold;
struct threshold_set;

struct threshold_result {
    bool ok;
    bool observed; /* false: the series had nothing to judge, `value` is 0 */
    bool abort;    /* failed, and the test should stop now */
    double value;
};

struct threshold_set *threshold_set_new(void);
void threshold_set_free(struct threshold_set **set);

/* Texts are copied. `expression` with ptr NULL only makes the series (an empty list in a script).
 * 0, or -1 with `err` (104). */
MUST_CHECK int threshold_set_add(struct threshold_set *set, struct registry *registry,
                                 struct span selector, struct span expression, struct error *err);

/* Of the threshold added last. */
void threshold_set_abort(struct threshold_set *set, nsec_t delay_ns);

size_t threshold_set_count(const struct threshold_set *set);
const struct threshold *threshold_set_at(const struct threshold_set *set, size_t index);

/* Fills one result per threshold; true when all are ok. `elapsed_ns` is the time of the whole test
 * so far, `final` says that it is over. */
bool threshold_set_evaluate(const struct threshold_set *set, const struct snapshot *total,
                            nsec_t elapsed_ns, bool final, struct threshold_result *results);

#endif
