/* SPDX-License-Identifier: Apache-2.0
 *
 * Patients with what belongs to them inside (`include=appointments,prescriptions`): one query for
 * the patients, and one per kind for the children of all of them. With --without eager, one per
 * kind and patient: the mistake that the guide warns of, for comparison.
 */
#ifndef KENEYAPP_ROUTES_FAMILY_H
#define KENEYAPP_ROUTES_FAMILY_H

#include "keneyapp/store/store.h"

enum family_member {
    FAMILY_APPOINTMENTS = 1 << 0, /* in the order of the parameter's choices */
    FAMILY_PRESCRIPTIONS = 1 << 1,
};

/* Rows on their way to an answer. */
struct family;

struct family *family_new(void);

/* NULL-safe; cleanup function for AUTO(). */
void family_free(struct family **family);

/* on_row_fn with the family as context: one more patient. */
void family_add(void *context, const struct entity *entity, const struct value *row);

/* Reads the children of all patients that were added. `members` is bits of enum family_member. */
MUST_CHECK enum store_result family_read(struct family *family, struct session *session,
                                         unsigned members, bool row_by_row);

/* The patients as JSON objects with their children, commas between. */
void family_write(const struct family *family, struct strbuf *out);

#endif
