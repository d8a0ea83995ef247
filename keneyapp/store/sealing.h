/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows on their way into a database and out of it: fields with FIELD_SEALED are sealed and opened
 * (auth/vault.h). Used by store.c only, so that both databases hold the same.
 */
#ifndef KENEYAPP_STORE_SEALING_H
#define KENEYAPP_STORE_SEALING_H

#include "base/arena.h"
#include "keneyapp/auth/vault.h"
#include "keneyapp/store/store.h"

/* Whether rows of the entity have to go through here. */
bool sealing_needed(const struct vault *vault, const struct entity *entity);

/* A copy of `count` rows in `arena`, sealed; other texts stay borrowed. Of each row only the fields
 * in its mask (a bit per field index); `masks` NULL: all. */
const struct value *sealing_rows(const struct vault *vault, const struct entity *entity,
                                 const struct value *rows, const uint64_t *masks, size_t count,
                                 struct arena *arena);

/* Stands between a store and who asked it. */
struct opening {
    const struct vault *vault;
    on_row_fn *on_row; /* gets the opened rows */
    void *context;
    struct strbuf text; /* of one row */
    char problem[200];  /* why a row could not be opened, and was not delivered; else empty */
};

void opening_init(struct opening *opening, const struct vault *vault, on_row_fn *on_row,
                  void *context);
void opening_done(struct opening *opening);

/* An on_row_fn. A text that was never sealed, from before there was a key, is taken as it is. */
void opening_on_row(void *opening, const struct entity *entity, const struct value *row);

#endif
