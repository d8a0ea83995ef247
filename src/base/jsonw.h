/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes JSON (RFC 8259) into a buffer, commas included. Reading is the work of jansson, which owns
 * the prefix json_. The caller
 * keeps begin and end in balance. Numbers that JSON cannot carry (NaN, infinities) become null,
 * bytes that are no UTF-8 become U+FFFD.
 */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct strbuf;

struct jsonw {
    struct strbuf *out; /* borrowed */
    bool need_comma;
};

void jsonw_init(struct jsonw *json, struct strbuf *out);

void jsonw_begin_object(struct jsonw *json);
void jsonw_end_object(struct jsonw *json);
void jsonw_begin_array(struct jsonw *json);
void jsonw_end_array(struct jsonw *json);

void jsonw_key(struct jsonw *json, const char *key);
void jsonw_key_span(struct jsonw *json, struct span key);

void jsonw_string(struct jsonw *json, struct span text);
void jsonw_number(struct jsonw *json, double value); /* shortest text that reads back */
void jsonw_integer(struct jsonw *json, int64_t value);
void jsonw_bool(struct jsonw *json, bool value);
void jsonw_null(struct jsonw *json);

/* JSON text that is already whole. */
void jsonw_raw(struct jsonw *json, struct span text);

/* The string alone with its quotes, without commas around it. */
void jsonw_quote(struct strbuf *out, struct span text);

#endif
