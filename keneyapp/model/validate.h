/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks what a request brings against an entity's field table. Complaints have FastAPI's shape:
 * a list of {type, loc, msg}, every fault of a body at once.
 */
#ifndef KENEYAPP_MODEL_VALIDATE_H
#define KENEYAPP_MODEL_VALIDATE_H

#include "base/arena.h"
#include "base/span.h"
#include "base/strbuf.h"
#include "keneyapp/model/entity.h"
#include "keneyapp/model/value.h"

/* The members of a 422 answer's `detail` list; put brackets around `items`. */
struct complaints {
    struct strbuf items;
    unsigned count;
};

void complaints_init(struct complaints *complaints);

/* Cleanup function for AUTO(complaints_done). */
void complaints_done(struct complaints *complaints);

/* `where` is "body" or "query"; `field` may be NULL for the whole of it. */
void complaints_add(struct complaints *complaints, const char *where, const char *field,
                    const char *type, const char *message);

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
