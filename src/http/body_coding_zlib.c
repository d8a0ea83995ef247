/* SPDX-License-Identifier: Apache-2.0
 *
 * gzip (RFC 1952) and deflate (RFC 1950; or RFC 1951 without its wrapper) over zlib.
 */
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"
#include "http/body_coding_private.h"

#define GZIP_WRAPPER (16 + MAX_WBITS)

struct zlib_state {
    z_stream stream;
    bool is_open;
};

static void *open_closed(void)
{
    return NEW(struct zlib_state);
}

static void close_zlib(void *state_ptr)
{
    struct zlib_state *state = state_ptr;
    if (state->is_open)
        inflateEnd(&state->stream);
    free(state);
}

/* The window is taken with the first byte: most responses that may be compressed are not. */
static bool make_ready(struct zlib_state *state, int window_bits)
{
    if (!state->is_open)
        state->is_open = inflateInit2(&state->stream, window_bits) == Z_OK;
    return state->is_open;
}

static enum step inflate_some(z_stream *stream, struct span *input, char *out, size_t out_bytes,
                              size_t *ret_written)
{
    size_t in_bytes = MIN_OF(input->len, (size_t)INT_MAX);
    stream->next_in = (Bytef *)input->ptr;
    stream->avail_in = (uInt)in_bytes;
    stream->next_out = (Bytef *)out;
    stream->avail_out = (uInt)out_bytes;
    int result = inflate(stream, Z_NO_FLUSH);
    *input = span_from(*input, in_bytes - stream->avail_in);
    *ret_written = out_bytes - stream->avail_out;
    if (result == Z_STREAM_END)
        return inflateReset(stream) == Z_OK ? STEP_DONE : STEP_FAILED;
    return result == Z_OK || result == Z_BUF_ERROR ? STEP_MORE : STEP_FAILED;
}

static enum step decode_gzip(void *state_ptr, struct span *input, char *out, size_t out_bytes,
                             size_t *ret_written)
{
    struct zlib_state *state = state_ptr;
    if (!make_ready(state, GZIP_WRAPPER))
        return STEP_FAILED;
    return inflate_some(&state->stream, input, out, out_bytes, ret_written);
}

/* A zlib header's first byte ends in 8 (RFC 1950 §2.2); a raw stream's never does, since that
 * would be a stored block with padding bits that compressors leave zero (RFC 1951 §3.2.4). */
static enum step decode_deflate(void *state_ptr, struct span *input, char *out, size_t out_bytes,
                                size_t *ret_written)
{
    struct zlib_state *state = state_ptr;
    bool is_wrapped = input->len && (input->ptr[0] & 0x0f) == Z_DEFLATED;
    if (!make_ready(state, is_wrapped ? MAX_WBITS : -MAX_WBITS))
        return STEP_FAILED;
    return inflate_some(&state->stream, input, out, out_bytes, ret_written);
}

const struct body_coding body_coding_gzip = {
    .name = SPAN("gzip"),
    .alias = SPAN("x-gzip"),
    .open = open_closed,
    .close = close_zlib,
    .decode = decode_gzip,
    .may_repeat = true,
};

const struct body_coding body_coding_deflate = {
    .name = SPAN("deflate"),
    .open = open_closed,
    .close = close_zlib,
    .decode = decode_deflate,
};
