/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks what a request brings against an entity's field table.
 */
#ifndef KENEYAPP_MODEL_VALIDATE_H
#define KENEYAPP_MODEL_VALIDATE_H

#include "base/arena.h"
#include "base/span.h"
#include "keneyapp/model/complaints.h"
#include "keneyapp/model/entity.h"
#include "keneyapp/model/value.h"

/* One text as the value of a field; NULL when it is right, else the complaint's message, with its
 * type in `*ret_type`. Both are static. */
const char *validate_text(const struct field *field, struct span text, const char **ret_type);

/* Reads a new row from a JSON object: `row` gets a value for every field but `id` (fallbacks and
 * `now`, an ISO 8601 text, included). Texts live in `arena`. Returns 0, or -1 with complaints.
 * Any thread. */
MUST_CHECK int validate_new_row(const struct entity *entity, struct span body, struct span now,
                                struct arena *arena, struct value *row,
                                struct complaints *complaints);

#endif
