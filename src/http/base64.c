/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64: three bytes are four letters.
 */
#include "http/base64.h"

static const char STANDARD_ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL_ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static const struct {
    const char *alphabet;
    bool padded;
} VARIANTS[] = {
    [BASE64_STANDARD] = {STANDARD_ALPHABET, true},
    [BASE64_RAW_STANDARD] = {STANDARD_ALPHABET, false},
    [BASE64_URL] = {URL_ALPHABET, true},
    [BASE64_RAW_URL] = {URL_ALPHABET, false},
};

/* One to three bytes. */
static void encode_group(enum base64_variant variant, const unsigned char *bytes, size_t len,
                         struct strbuf *out)
{
    const char *alphabet = VARIANTS[variant].alphabet;
    unsigned b0 = bytes[0], b1 = len > 1 ? bytes[1] : 0, b2 = len > 2 ? bytes[2] : 0;
    unsigned group = b0 << 16 | b1 << 8 | b2;
    char letters[4] = {alphabet[group >> 18], alphabet[group >> 12 & 63], alphabet[group >> 6 & 63],
                       alphabet[group & 63]};
    memset(letters + len + 1, '=', 3 - len);
    strbuf_add(out, letters, VARIANTS[variant].padded ? sizeof(letters) : len + 1);
}

void base64_encode(enum base64_variant variant, struct span bytes, struct strbuf *out)
{
    for (size_t i = 0; i < bytes.len; i += 3)
        encode_group(variant, (const unsigned char *)bytes.ptr + i,
                     MIN_OF(bytes.len - i, (size_t)3), out);
}

/* Six bits, or -1. */
static int letter_bits(const char *alphabet, char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

int base64_decode(enum base64_variant variant, struct span text, struct strbuf *out)
{
    size_t before = out->len;
    unsigned group = 0, bits = 0;
    bool valid = true;
    while (VARIANTS[variant].padded && span_ends_with(text, SPAN("=")))
        text.len--;
    for (size_t i = 0; i < text.len && valid; i++) {
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n')
            continue;
        int value = letter_bits(VARIANTS[variant].alphabet, text.ptr[i]);
        valid = value >= 0;
        group = group << 6 | (unsigned)(value & 63);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            strbuf_addc(out, (char)(group >> bits));
        }
    }
    if (valid && bits != 6)
        return 0;
    strbuf_truncate(out, before);
    return -1;
}
