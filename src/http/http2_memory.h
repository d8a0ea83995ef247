/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of one HTTP/2 session. nghttp2 takes some ten small pieces for every stream and gives
 * them back at its end; pieces that came back are kept by size and handed out again, which costs a
 * third of what malloc does. What is kept is at most what the session had in use at once. Seen only
 * by http2.c.
 */
#ifndef HTTP_HTTP2_MEMORY_H
#define HTTP_HTTP2_MEMORY_H

#include <nghttp2/nghttp2.h>
#include <stddef.h>

enum {
    HTTP2_PIECE_STEP_BYTES = 16,
    HTTP2_PIECE_MAX_BYTES = 512, /* larger ones are malloc's */
    HTTP2_PIECE_SIZES = HTTP2_PIECE_MAX_BYTES / HTTP2_PIECE_STEP_BYTES,
};

struct http2_piece;

struct http2_memory {
    struct http2_piece *kept[HTTP2_PIECE_SIZES]; /* by size, smallest first */
};

/* What nghttp2 calls; `memory` has to outlive the session. Memory that is exhausted ends the
 * program. */
nghttp2_mem http2_memory_calls(struct http2_memory *memory);

/* Frees what is kept, after the session has given everything back. */
void http2_memory_done(struct http2_memory *memory);

#endif
