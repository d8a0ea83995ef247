/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes JSON (RFC 8259) into a buffer, commas included. Reading is jansson's work. The caller
 * keeps begin and end in balance. Numbers that JSON cannot carry (NaN, infinities) become null.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct strbuf;

struct json_writer {
    struct strbuf *out; /* borrowed */
    bool need_comma;
};

void json_writer_init(struct json_writer *json, struct strbuf *out);

void json_begin_object(struct json_writer *json);
void json_end_object(struct json_writer *json);
void json_begin_array(struct json_writer *json);
void json_end_array(struct json_writer *json);

void json_key(struct json_writer *json, const char *key);
void json_key_span(struct json_writer *json, struct span key);

void json_string(struct json_writer *json, struct span text);
void json_number(struct json_writer *json, double value); /* shortest text that reads back */
void json_integer(struct json_writer *json, int64_t value);
void json_bool(struct json_writer *json, bool value);
void json_null(struct json_writer *json);

/* JSON text that is already whole. */
void json_raw(struct json_writer *json, struct span text);

/* The string alone with its quotes, without commas around it. */
void json_quote(struct strbuf *out, struct span text);

#endif
