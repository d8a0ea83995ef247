/* SPDX-License-Identifier: Apache-2.0
 *
 * One text against one field of a field table. The words are pydantic 2's.
 */
#ifndef KENEYAPP_MODEL_CHECK_H
#define KENEYAPP_MODEL_CHECK_H

#include "base/arena.h"
#include "base/span.h"
#include "keneyapp/model/entity.h"
#include "keneyapp/model/value.h"

enum {
    CHECK_MESSAGE_BYTES = 400,
};

/* A complaint that has not been made yet. */
struct fault {
    const char *type; /* static */
    char message[CHECK_MESSAGE_BYTES];
};

/* `now` is the moment of the request ("2026-01-31T09:00:00Z"). Returns 0 with the value, its text
 * in `arena`, or -1 with the fault. FIELD_INT and FIELD_BOOL are read from their text, as queries
 * bring them. */
MUST_CHECK int check_text(const struct field *field, struct span text, struct span now,
                          struct arena *arena, struct value *ret, struct fault *ret_fault);

/* A number against the bounds of a FIELD_INT. */
MUST_CHECK int check_number(const struct field *field, int64_t number, struct value *ret,
                            struct fault *ret_fault);

/* Fills in a fault; always -1. */
int fault_set(struct fault *fault, const char *type, const char *format, ...) PRINTF_LIKE(3, 4);

/* A word that is none of `names` (NULL-terminated); always -1. */
int fault_choices(struct fault *fault, const char *const *names);

#endif
