/* SPDX-License-Identifier: Apache-2.0
 *
 * A list per size; in front of each piece stands which list it belongs to.
 */
#include "http/http2_memory.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"

struct http2_piece {
    alignas(max_align_t) size_t bytes; /* of what follows */
    struct http2_piece *next;
};

static struct http2_piece **list_of(struct http2_memory *memory, size_t bytes)
{
    return bytes && bytes <= HTTP2_PIECE_MAX_BYTES
               ? &memory->kept[(bytes - 1) / HTTP2_PIECE_STEP_BYTES]
               : NULL;
}

static struct http2_piece *piece_new(size_t bytes)
{
    struct http2_piece *piece = malloc(sizeof(*piece) + bytes);
    if (!piece)
        mem_exhausted(1, bytes);
    piece->bytes = bytes;
    return piece;
}

static void *take(size_t bytes, void *arg)
{
    struct http2_piece **kept = list_of(arg, bytes), *piece;
    if (!kept)
        return piece_new(bytes) + 1;
    piece = *kept;
    if (piece)
        *kept = piece->next;
    else
        piece = piece_new(((bytes - 1) / HTTP2_PIECE_STEP_BYTES + 1) * HTTP2_PIECE_STEP_BYTES);
    return piece + 1;
}

static void give_back(void *bytes, void *arg)
{
    if (!bytes)
        return;
    struct http2_piece *piece = (struct http2_piece *)bytes - 1;
    struct http2_piece **kept = list_of(arg, piece->bytes);
    if (!kept) {
        free(piece);
        return;
    }
    piece->next = *kept;
    *kept = piece;
}

static void *take_zeroed(size_t count, size_t bytes, void *arg)
{
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total))
        mem_exhausted(count, bytes);
    return memset(take(total, arg), 0, total);
}

static void *regrow(void *bytes, size_t wanted, void *arg)
{
    size_t had = bytes ? ((struct http2_piece *)bytes - 1)->bytes : 0;
    if (bytes && had >= wanted)
        return bytes;
    void *grown = take(wanted, arg);
    if (had)
        memcpy(grown, bytes, had);
    give_back(bytes, arg);
    return grown;
}

nghttp2_mem http2_memory_calls(struct http2_memory *memory)
{
    return (nghttp2_mem){memory, take, give_back, take_zeroed, regrow};
}

void http2_memory_done(struct http2_memory *memory)
{
    for (size_t i = 0; i < COUNT_OF(memory->kept); i++) {
        while (memory->kept[i]) {
            struct http2_piece *piece = memory->kept[i];
            memory->kept[i] = piece->next;
            free(piece);
        }
    }
}
