/* SPDX-License-Identifier: Apache-2.0
 *
 * The path syntax of res.json(selector) (tidwall/gjson), answered straight from the body's bytes:
 * nothing is parsed that the path does not walk over. Supported: keys with '.' or '|' between
 * them, '\' escapes, '*' and '?' wildcards, array indexes, '#' (count), '#.key' (of each),
 * '#(key op value)' (first) and '#(...)#' (all), with ops == != < <= > >= % !% and nothing for
 * "exists". Not supported: modifiers (@...), multipaths ({...}, [...]), literals (!...). Pure.
 */
#ifndef SCRIPT_K6_GJSON_H
#define SCRIPT_K6_GJSON_H

#include <stdbool.h>

#include "base/span.h"
#include "base/strbuf.h"

/* Appends the JSON text that `path` finds in `json`; false when it finds nothing or what it walks
 * over is not JSON. */
bool gjson_get(struct span json, struct span path, struct strbuf *out);

/* What of `path` is not supported, as words for a sentence; NULL when all of it is. */
const char *gjson_unsupported(struct span path);

#endif
