/* SPDX-License-Identifier: Apache-2.0
 *
 * Walking over JSON text without building anything. A cursor is the span that is still to come;
 * every function moves it behind what it took and returns false at malformed text. Checks just
 * enough to never read outside: brackets, strings, commas. Pure.
 */
#ifndef SCRIPT_K6_JSON_SCAN_H
#define SCRIPT_K6_JSON_SCAN_H

#include <stdbool.h>

#include "base/span.h"

struct strbuf;

/* Deeper nesting is malformed. */
#define JSON_SCAN_MAX_DEPTH 512

/* One value of any kind, spaces before it left out of `*ret`. */
bool json_scan_value(struct span *cursor, struct span *ret);

/* Enters an object or array: `open` is '{' or '['. */
bool json_scan_open(struct span *cursor, char open);

/* The next member of an object. False at its end, or when malformed: `*ret_bad` tells. The key
 * has its quotes. */
bool json_scan_member(struct span *cursor, struct span *ret_key, struct span *ret_value,
                      bool *ret_bad);

/* The next element of an array, likewise. */
bool json_scan_element(struct span *cursor, struct span *ret_value, bool *ret_bad);

/* Appends the text of a string, quotes removed and escapes resolved (UTF-8). */
void json_scan_unquote(struct span string, struct strbuf *out);

#endif
