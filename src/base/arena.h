/* SPDX-License-Identifier: Apache-2.0
 *
 * Bump memory by lifetime: process, run, iteration, request. Objects are never freed singly;
 * arena_reset() ends all of them and keeps the first chunk, so that a user's next iteration
 * allocates nothing. Not thread-safe: one owner.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/span.h"
#include "base/util.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    char *at, *end;
    size_t chunk_bytes;
};

/* No memory is taken before the first allocation. */
void arena_init(struct arena *arena, size_t chunk_bytes);
void arena_done(struct arena *arena);

/* Ends all objects; keeps the first chunk unless `release` asks for it back too. */
void arena_reset(struct arena *arena);
void arena_release(struct arena *arena);

/* Zeroed, aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* `count` objects; ends the program when their size cannot be. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes);

/* NUL-terminated copies. */
char *arena_dup(struct arena *arena, struct span text);
struct span arena_dup_span(struct arena *arena, struct span text);
char *arena_printf(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_NEW_ARRAY(arena, type, n) ((type *)arena_alloc_array((arena), (n), sizeof(type)))

#endif
