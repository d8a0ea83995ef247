/* SPDX-License-Identifier: Apache-2.0
 *
 * br (RFC 7932) over libbrotlidec.
 */
#include <brotli/decode.h>

#include "http/body_coding_private.h"

static void *open_brotli(void)
{
    return BrotliDecoderCreateInstance(NULL, NULL, NULL);
}

static void close_brotli(void *state)
{
    BrotliDecoderDestroyInstance(state);
}

static enum step decode_brotli(void *state, struct span *input, char *out, size_t out_bytes,
                               size_t *ret_written)
{
    const uint8_t *next_in = (const uint8_t *)input->ptr;
    uint8_t *next_out = (uint8_t *)out;
    size_t in_left = input->len, out_left = out_bytes;
    BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state, &in_left, &next_in, &out_left, &next_out, NULL);
    *input = span_from(*input, input->len - in_left);
    *ret_written = out_bytes - out_left;
    if (result == BROTLI_DECODER_RESULT_ERROR)
        return STEP_FAILED;
    return result == BROTLI_DECODER_RESULT_SUCCESS ? STEP_DONE : STEP_MORE;
}

const struct body_coding body_coding_brotli = {
    .name = SPAN("br"),
    .open = open_brotli,
    .close = close_brotli,
    .decode = decode_brotli,
};
