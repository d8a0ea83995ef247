/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64.
 */
#include "http/base64.h"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One to three bytes become four letters. */
static void encode_group(const unsigned char *bytes, size_t len, struct strbuf *out)
{
    unsigned b0 = bytes[0], b1 = len > 1 ? bytes[1] : 0, b2 = len > 2 ? bytes[2] : 0;
    unsigned group = b0 << 16 | b1 << 8 | b2;
    char letters[4] = {ALPHABET[group >> 18], ALPHABET[group >> 12 & 63], ALPHABET[group >> 6 & 63],
                       ALPHABET[group & 63]};
    memset(letters + len + 1, '=', 3 - len);
    strbuf_add(out, letters, sizeof(letters));
}

void base64_encode(struct span bytes, struct strbuf *out)
{
    for (size_t i = 0; i < bytes.len; i += 3)
        encode_group((const unsigned char *)bytes.ptr + i, MIN_OF(bytes.len - i, (size_t)3), out);
}
