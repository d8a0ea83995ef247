/* SPDX-License-Identifier: Apache-2.0
 *
 * Bump memory by lifetime.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

struct arena_chunk {
    struct arena_chunk *older;
    size_t bytes;
    alignas(max_align_t) char data[];
};

void arena_init(struct arena *arena, size_t chunk_bytes)
{
    *arena = (struct arena){.chunk_bytes = chunk_bytes};
}

static void enter_chunk(struct arena *arena, struct arena_chunk *chunk)
{
    arena->chunks = chunk;
    arena->at = chunk ? chunk->data : NULL;
    arena->end = chunk ? chunk->data + chunk->bytes : NULL;
}

void arena_release(struct arena *arena)
{
    while (arena->chunks) {
        struct arena_chunk *older = arena->chunks->older;
        free(arena->chunks);
        arena->chunks = older;
    }
    enter_chunk(arena, NULL);
}

void arena_done(struct arena *arena)
{
    arena_release(arena);
}

void arena_reset(struct arena *arena)
{
    if (!arena->chunks)
        return;
    while (arena->chunks->older) {
        struct arena_chunk *older = arena->chunks->older;
        free(arena->chunks);
        arena->chunks = older;
    }
    if (arena->chunks->bytes > arena->chunk_bytes)
        arena_release(arena);
    else
        enter_chunk(arena, arena->chunks);
}

static void add_chunk(struct arena *arena, size_t bytes)
{
    size_t size = MAX_OF(bytes, arena->chunk_bytes);
    struct arena_chunk *chunk = mem_grow(NULL, 1, sizeof(*chunk) + size);
    chunk->older = arena->chunks;
    chunk->bytes = size;
    enter_chunk(arena, chunk);
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    size_t rounded = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (UNLIKELY(!arena->at || rounded > (size_t)(arena->end - arena->at)))
        add_chunk(arena, rounded);
    void *ptr = arena->at;
    arena->at += rounded;
    return memset(ptr, 0, bytes);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes)
{
    size_t size;
    if (__builtin_mul_overflow(count, bytes, &size))
        mem_exhausted(count, bytes);
    return arena_alloc(arena, size);
}

char *arena_dup(struct arena *arena, struct span text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    return copy;
}

struct span arena_dup_span(struct arena *arena, struct span text)
{
    return span_of(arena_dup(arena, text), text.len);
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    char *text = arena_alloc(arena, (size_t)MAX_OF(len, 0) + 1);
    if (len > 0)
        vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    va_end(args);
    return text;
}
