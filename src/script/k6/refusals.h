/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds calls in a script's text that cannot work here, so that they stop the run before it starts
 * and not in the middle of every iteration. A look at the text, not a proof: a call by another name
 * is refused when it is made. Pure.
 */
#ifndef SCRIPT_K6_REFUSALS_H
#define SCRIPT_K6_REFUSALS_H

#include "base/span.h"

/* The function of k6/http that `source` calls and that is not supported ("batch"), with the line
 * (from 1) of the call or of its import; NULL when there is none. */
const char *refusals_find(struct span source, int *ret_line);

#endif
