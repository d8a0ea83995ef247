/* SPDX-License-Identifier: Apache-2.0
 *
 * What is wrong with a request, in FastAPI's shape: a list of {type, loc, msg}, every fault at
 * once.
 */
#ifndef KENEYAPP_MODEL_COMPLAINTS_H
#define KENEYAPP_MODEL_COMPLAINTS_H

#include "base/strbuf.h"

/* The members of a 422 answer's `detail` list; put brackets around `items`. */
struct complaints {
    struct strbuf items;
    unsigned count;
};

void complaints_init(struct complaints *complaints);

/* Cleanup function for AUTO(complaints_done). */
void complaints_done(struct complaints *complaints);

/* `where` is "body", "path" or "query"; `field` may be NULL for the whole of it. */
void complaints_add(struct complaints *complaints, const char *where, const char *field,
                    const char *type, const char *message);

#endif
