/* SPDX-License-Identifier: Apache-2.0
 *
 * Tags that a script gives as an object: { key: value } of strings, numbers and booleans.
 */
#ifndef SCRIPT_K6_TAG_ARGS_H
#define SCRIPT_K6_TAG_ARGS_H

#include <quickjs.h>
#include <stddef.h>

#include "base/arena.h"
#include "metrics/tags.h"

#define TAG_ARGS_MAX 64

struct tag_args {
    struct arena arena;
    struct tag tags[TAG_ARGS_MAX];
    size_t count;
};

/* Reads `value` (null and undefined: none). 0, or -1 with an exception that starts with `what`.
 * Always end with tag_args_done(). */
int tag_args_init(struct tag_args *args, JSContext *ctx, JSValueConst value, const char *what);
void tag_args_done(struct tag_args *args);

/* The tags of the running user plus `value`; NULL with an exception. */
const struct tag_set *tag_args_set(JSContext *ctx, JSValueConst value, const char *what);

#endif
