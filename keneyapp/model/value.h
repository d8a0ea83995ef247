/* SPDX-License-Identifier: Apache-2.0
 *
 * One column of one row, as it travels between a store and the model: nothing, a whole number or
 * text. Dates and times are text in ISO 8601, UTC; booleans are 0 and 1.
 */
#ifndef KENEYAPP_MODEL_VALUE_H
#define KENEYAPP_MODEL_VALUE_H

#include <stdint.h>

#include "base/span.h"

enum value_kind {
    VALUE_NULL,
    VALUE_INT,
    VALUE_TEXT,
};

struct value {
    enum value_kind kind;
    int64_t number;
    struct span text; /* borrowed from whoever made the row: see there for how long */
};

static inline struct value value_int(int64_t number)
{
    return (struct value){.kind = VALUE_INT, .number = number};
}

/* Text without a pointer is nothing. */
static inline struct value value_text(struct span text)
{
    return (struct value){.kind = text.ptr ? VALUE_TEXT : VALUE_NULL, .text = text};
}

#endif
