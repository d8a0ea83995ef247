/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64 (RFC 4648): the standard alphabet (§4) and the one for URLs and file names (§5), with
 * padding and without ("raw"). Pure.
 */
#ifndef HTTP_BASE64_H
#define HTTP_BASE64_H

#include "base/span.h"
#include "base/strbuf.h"

enum base64_variant {
    BASE64_STANDARD,
    BASE64_RAW_STANDARD,
    BASE64_URL,
    BASE64_RAW_URL,
};

void base64_encode(enum base64_variant variant, struct span bytes, struct strbuf *out);

/* Line breaks are skipped and the last letters' unused bits ignored, as in Go. 0, or -1 for text
 * that is not of this variant; `out` then holds what it held before. */
MUST_CHECK int base64_decode(enum base64_variant variant, struct span text, struct strbuf *out);

#endif
