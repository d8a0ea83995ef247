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

/* `list` holds texts "METRIC{TAGS}:EXPRESSION"; NULL: there are none. Sets the plan's thresholds;
 * -1 and `err` (104) for a text that is none. */
MUST_CHECK int threshold_options_add(struct plan *plan, const json_t *list, struct error *err);

#endif
