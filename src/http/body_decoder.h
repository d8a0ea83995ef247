/* SPDX-License-Identifier: Apache-2.0
 *
 * Content codings (RFC 9110 §8.4) undone as a body streams in: gzip, deflate (zlib-wrapped as the
 * RFC says, or raw as some servers send), br, zstd, and chains such as "gzip, br". A coding that
 * is unknown is passed over, as k6 does. The output is bounded, at each stage of a chain: a small
 * body cannot fill the memory. One thread.
 */
#ifndef HTTP_BODY_DECODER_H
#define HTTP_BODY_DECODER_H

#include <stdint.h>

#include "base/span.h"
#include "base/util.h"

struct body_decoder;

/* X(symbol, text) */
#define BODY_RESULTS(X)                                                                            \
    X(OK, "no error")                                                                              \
    X(CORRUPT, "compressed body is corrupt")                                                       \
    X(TRUNCATED, "compressed body ends too early")                                                 \
    X(TOO_LARGE, "decompressed body over the limit")                                               \
    X(TOO_MANY_CODINGS, "too many content codings")

enum body_result {
#define X(symbol, text) BODY_RESULT_##symbol,
    BODY_RESULTS(X)
#undef X
};

const char *body_result_text(enum body_result result);

/* Decoded bytes, valid during the call only. */
typedef void on_decoded_fn(void *arg, struct span bytes);

/* For the value of a Content-Encoding header; `max_bytes` bounds the decoded body. NULL when
 * nothing needs decoding: no header, "identity", only unknown codings. */
struct body_decoder *body_decoder_new(struct span content_encoding, uint64_t max_bytes,
                                      on_decoded_fn *on_decoded, void *arg);
void body_decoder_free(struct body_decoder **decoder);

/* Pieces of the body in order. After a result other than OK every call gives it again. */
MUST_CHECK enum body_result body_decoder_feed(struct body_decoder *decoder, struct span bytes);

/* The body is over: TRUNCATED when the compressed data is not. A body of no bytes is fine. */
MUST_CHECK enum body_result body_decoder_finish(struct body_decoder *decoder);

#endif
