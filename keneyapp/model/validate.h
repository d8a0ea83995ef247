/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks what a request brings against field tables, and reads it into rows. All faults of a body
 * are told at once. Members that no table knows, and those that only the server sets, are ignored,
 * so that what an answer showed may be sent back. Texts of what was read live in `arena`; moments
 * are UTC (model/moment.h); `now` is the moment of the request. Any thread.
 */
#ifndef KENEYAPP_MODEL_VALIDATE_H
#define KENEYAPP_MODEL_VALIDATE_H

#include "base/arena.h"
#include "base/span.h"
#include "keneyapp/model/complaints.h"
#include "keneyapp/model/entity.h"
#include "keneyapp/model/shape.h"
#include "keneyapp/model/value.h"

/* What a body is read with. */
struct validation {
    struct span now;
    struct arena *arena;
    struct complaints *complaints;
};

/* Rows of a body with many: row-major, entity->field_count values each. */
struct validated_rows {
    size_t count; /* also when the body was refused for having too many */
    struct value *rows;
    uint64_t *masks; /* changes: a bit per field that the row brings; new rows: NULL */
    int64_t *ids;    /* changes only */
};

/* One text against a field, whatever it is for; adds a complaint about `where` and returns -1, or
 * returns 0 with the value. */
MUST_CHECK int validate_text(const struct validation *validation, const char *where,
                             const struct field *field, struct span text, struct value *ret);

/* A new row from a JSON object: a value for every field but `id`, fallbacks and stamps included.
 * Returns 0, or -1 with complaints. */
MUST_CHECK int validate_new_row(const struct validation *validation, const struct entity *entity,
                                struct span body, struct value *row);

/* What a JSON object changes in a row: the fields that it brings have their bit in `*ret_mask`, and
 * null empties a field that need not be there. */
MUST_CHECK int validate_changes(const struct validation *validation, const struct entity *entity,
                                struct span body, struct value *row, uint64_t *ret_mask);

/* 1 to `max` new rows from a JSON array. More: -1 without a complaint, the number in
 * `ret_rows->count`. */
MUST_CHECK int validate_new_rows(const struct validation *validation, const struct entity *entity,
                                 struct span body, size_t max, struct validated_rows *ret_rows);

/* The same for changes, each an object with an `id`; no id may come twice. */
MUST_CHECK int validate_many_changes(const struct validation *validation,
                                     const struct entity *entity, struct span body, size_t max,
                                     struct validated_rows *ret_rows);

/* A JSON object of `shape` into `values`, parallel to its fields. */
MUST_CHECK int validate_shape(const struct validation *validation, const struct shape *shape,
                              struct span body, struct value *values);

/* The member `name` of a JSON object, an array of 1 to `max` whole numbers above 0; as
 * validate_new_rows(). */
MUST_CHECK int validate_ids(const struct validation *validation, const char *name, struct span body,
                            size_t max, int64_t **ret_ids, size_t *ret_count);

#endif
