/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the path walker and its queries.
 */
#ifndef SCRIPT_K6_GJSON_PRIVATE_H
#define SCRIPT_K6_GJSON_PRIVATE_H

#include <stdbool.h>

#include "base/span.h"

struct strbuf;

struct gjson_component {
    struct span text; /* escapes still in it */
    struct span rest; /* behind the separator */
    bool has_rest;
    bool piped; /* the separator was '|' */
};

/* Appends what `path` finds below the value `json`. */
bool gjson_walk(struct span json, struct span path, struct strbuf *out);

/* Does `text` match `pattern` with '*', '?' and '\' escapes? */
bool gjson_match(struct span text, struct span pattern);

/* The condition between the parentheses of "#(...)", asked about one element. */
bool gjson_query_accepts(struct span query, struct span element);

#endif
