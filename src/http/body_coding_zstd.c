/* SPDX-License-Identifier: Apache-2.0
 *
 * zstd (RFC 8878) over libzstd, with the window bound that RFC 9659 sets for HTTP: 8 MiB.
 */
#include <zstd.h>

#include "http/body_coding_private.h"

#define MAX_WINDOW_LOG 23

static void *open_zstd(void)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (stream)
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, MAX_WINDOW_LOG);
    return stream;
}

static void close_zstd(void *state)
{
    ZSTD_freeDStream(state);
}

static enum step decode_zstd(void *state, struct span *input, char *out, size_t out_bytes,
                             size_t *ret_written)
{
    ZSTD_inBuffer in = {input->ptr, input->len, 0};
    ZSTD_outBuffer to = {out, out_bytes, 0};
    size_t hint = ZSTD_decompressStream(state, &to, &in);
    *input = span_from(*input, in.pos);
    *ret_written = to.pos;
    if (ZSTD_isError(hint))
        return STEP_FAILED;
    return hint == 0 ? STEP_DONE : STEP_MORE;
}

const struct body_coding body_coding_zstd = {
    .name = SPAN("zstd"),
    .open = open_zstd,
    .close = close_zstd,
    .decode = decode_zstd,
    .may_repeat = true,
};
