/* SPDX-License-Identifier: Apache-2.0
 *
 * Header fields in the order in which they came, in an arena. Names compare without case (RFC 9110
 * §5.1). All zero is the empty list; nothing needs freeing but the arena.
 */
#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"

struct header {
    struct span name, value;
};

struct headers {
    struct header *items;
    size_t count, cap;
};

/* Copies name and value into `arena`, which all additions to one list share. */
void headers_add(struct headers *headers, struct arena *arena, struct span name, struct span value);

/* As headers_add(), but in the place of the first field of that name; further ones go. */
void headers_set(struct headers *headers, struct arena *arena, struct span name, struct span value);

void headers_remove(struct headers *headers, struct span name);

/* The first field of that name, or NULL; valid until the list changes. */
const struct header *headers_find(const struct headers *headers, struct span name);

/* The value of the first field of that name; empty when there is none. */
struct span headers_get(const struct headers *headers, struct span name);

/* All values of that name joined by ", ", as k6 shows them; one value is not copied. */
struct span headers_joined(const struct headers *headers, struct arena *arena, struct span name);

/* "content-type" becomes "Content-Type"; what is no token stays as it is (Go's textproto). */
struct span headers_canonical_name(struct arena *arena, struct span name);

#endif
