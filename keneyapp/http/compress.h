/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers in gzip (RFC 1952) or brotli (RFC 7932), whole bodies at a time. Each thread that asks
 * gets a compressor of its own, kept until the thread ends: no thread waits for another, and no
 * answer pays for setting one up.
 */
#ifndef KENEYAPP_HTTP_COMPRESS_H
#define KENEYAPP_HTTP_COMPRESS_H

#include <stdbool.h>

#include "base/span.h"
#include "base/strbuf.h"
#include "keneyapp/http/accept_encoding.h"

enum {
    COMPRESS_MIN_BYTES = 1000, /* the guide's: shorter bodies are sent as they are */
};

/* Appends `body` in `encoding` (not ENCODING_IDENTITY) to `out`. False, and `out` as it was, when
 * that is not worth it: a body below COMPRESS_MIN_BYTES, or less than a tenth saved. */
MUST_CHECK bool compress_body(enum encoding encoding, struct span body, struct strbuf *out);

#endif
