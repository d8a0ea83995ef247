/* SPDX-License-Identifier: Apache-2.0
 *
 * The option `thresholds`: { "metric{tag:value}": [ "expr" | { threshold, abortOnFail,
 * delayAbortEval } ] }. Expressions are checked by whoever evaluates them.
 */
#ifndef SCRIPT_K6_OPTION_THRESHOLDS_H
#define SCRIPT_K6_OPTION_THRESHOLDS_H

#include <jansson.h>

struct error;
struct plan;

/* Fills plan->thresholds. 0, or -1 with `err` (104) naming the metric. */
int option_thresholds_apply(const json_t *value, struct plan *plan, struct error *err);

#endif
