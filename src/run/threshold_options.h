/* SPDX-License-Identifier: Apache-2.0
 *
 * Thresholds of the command line, for tests whose files cannot hold any.
 */
#ifndef RUN_THRESHOLD_OPTIONS_H
#define RUN_THRESHOLD_OPTIONS_H

#include <jansson.h>

#include "base/util.h"

struct error;
struct plan;
struct plan_threshold;

/* "METRIC{TAGS}:EXPRESSION"; texts in the plan's arena. 0, or -1 and `err` (104) for a text that is
 * none. */
MUST_CHECK int threshold_option_parse(struct plan *plan, const char *text,
                                      struct plan_threshold *ret_threshold, struct error *err);

/* `list` holds texts "METRIC{TAGS}:EXPRESSION"; NULL: there are none. Sets the plan's thresholds;
 * -1 and `err` (104) for a text that is none. */
MUST_CHECK int threshold_options_add(struct plan *plan, const json_t *list, struct error *err);

#endif
