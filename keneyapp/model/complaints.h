/* SPDX-License-Identifier: Apache-2.0
 *
 * What is wrong with a request, in FastAPI's shape: a list of {type, loc, msg}, every fault at
 * once. What the request brought is not repeated: it may be health data.
 */
#ifndef KENEYAPP_MODEL_COMPLAINTS_H
#define KENEYAPP_MODEL_COMPLAINTS_H

#include <stdint.h>

#include "base/strbuf.h"
#include "base/util.h"

/* The members of a 422 answer's `detail` list; put brackets around `items`. */
struct complaints {
    struct strbuf items;
    unsigned count;
    int64_t index; /* of the row that complaints are about, in a body with many; -1: one row */
};

void complaints_init(struct complaints *complaints);

/* Cleanup function for AUTO(complaints_done). */
void complaints_done(struct complaints *complaints);

/* `where` is "body", "path" or "query"; `field` may be NULL for the whole of it. `type` and
 * `message` are pydantic's, which clients of FastAPI services match on. */
void complaints_add(struct complaints *complaints, const char *where, const char *field,
                    const char *type, const char *message);

/* The same with a message made by printf's rules, cut off after 400 bytes. */
void complaints_addf(struct complaints *complaints, const char *where, const char *field,
                     const char *type, const char *format, ...) PRINTF_LIKE(5, 6);

#endif
