/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and values of application/x-www-form-urlencoded text: query strings and login forms.
 */
#ifndef KENEYAPP_HTTP_QUERY_H
#define KENEYAPP_HTTP_QUERY_H

#include "base/arena.h"
#include "base/span.h"
#include "keneyapp/model/shape.h"
#include "keneyapp/model/validate.h"

enum {
    PAGE_LIMIT_DEFAULT = 100,
    PAGE_LIMIT_MAX = 1000,
    PARAMETERS_MAX = 16,
};

/* The parameters of a request, as their shape describes them. */
struct parameters {
    const struct shape *shape;
    struct value values[PARAMETERS_MAX]; /* parallel to the shape's fields */
};

/* The first value of `name`, decoded into `arena`; a span with a NULL pointer when absent. */
struct span query_value(struct span text, struct span name, struct arena *arena);

/* Reads the parameters of `shape`, and ignores others. A FIELD_CHOICE without choices is the name
 * of a field that lists of `entity` may be sorted by: its value is the field's index. With
 * FIELD_SEVERAL the value is a bit per choice. Returns 0, or -1 with complaints. */
MUST_CHECK int query_read(const struct validation *validation, const struct shape *shape,
                          const struct entity *entity, struct span query,
                          struct parameters *ret_parameters);

/* The value of a parameter; kind VALUE_NULL when the shape does not know it, or nobody gave it and
 * it has no fallback. */
const struct value *parameters_value(const struct parameters *parameters, const char *name);

/* The numbers of all parameters `name`, with commas between or one parameter each: 1 to `max`.
 * More: -1 without a complaint, their number in *ret_count. */
MUST_CHECK int query_ids(const struct validation *validation, struct span query, const char *name,
                         size_t max, int64_t **ret_ids, size_t *ret_count);

#endif
