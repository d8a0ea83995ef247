/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON as answers need it, written straight into a buffer. Text that is not UTF-8 is written with
 * U+FFFD in place of the bad bytes, so that an answer is always valid JSON.
 */
#ifndef KENEYAPP_MODEL_JSON_H
#define KENEYAPP_MODEL_JSON_H

#include "base/span.h"
#include "base/strbuf.h"
#include "keneyapp/model/entity.h"
#include "keneyapp/model/value.h"

/* A string with its quotes (RFC 8259 section 7). */
void json_add_text(struct strbuf *out, struct span text);

void json_add_int(struct strbuf *out, int64_t number);

/* The row as an object with the entity's visible fields. */
void json_add_row(struct strbuf *out, const struct entity *entity, const struct value *row);

#endif
