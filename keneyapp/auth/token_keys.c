/* SPDX-License-Identifier: Apache-2.0
 *
 * A token's head is made once per key; a token whose head is not, byte for byte, one of these is
 * none of ours. That leaves a forger no algorithm to choose.
 */
#include "keneyapp/auth/token_keys.h"

#include <ctype.h>
#include <stdio.h>

enum {
    KEY_ID_BYTES = 4,
    HEADER_MAX_BYTES = 56,
    NEW_KEY_BYTES = 32,
};

#define REMEDY                                                                                     \
    "put the right one back, or remove the file to have a new one made, which signs everybody out"

void token_add_base64url(struct strbuf *out, const void *bytes, size_t len)
{
    int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    size_t text_bytes = sodium_base64_encoded_len(len, variant);
    char *at = strbuf_reserve(out, text_bytes);
    if (!at)
        return;
    sodium_bin2base64(at, text_bytes, bytes, len, variant);
    strbuf_commit(out, text_bytes - 1);
}

int token_decode_base64url(struct span text, unsigned char *buf, size_t size)
{
    size_t len;
    const char *end;
    if (!text.len ||
        sodium_base642bin(buf, size, text.ptr, text.len, NULL, &len, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.ptr + text.len)
        return -1;
    return (int)len;
}

/* The id (RFC 7515 4.1.4) follows from the key, and tells nothing about it. */
static void make_header(struct token_key *key, struct span secret)
{
    static const char PURPOSE[] = "keneyapp token key id";
    unsigned char hash[crypto_generichash_BYTES_MIN];
    char id[2 * KEY_ID_BYTES + 1], text[HEADER_MAX_BYTES];
    AUTO(strbuf_done) struct strbuf encoded = STRBUF_INIT(sizeof(key->header));
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    crypto_generichash_update(&state, (const unsigned char *)PURPOSE, sizeof(PURPOSE));
    crypto_generichash_update(&state, (const unsigned char *)secret.ptr, secret.len);
    crypto_generichash_final(&state, hash, sizeof(hash));
    sodium_bin2hex(id, sizeof(id), hash, KEY_ID_BYTES);
    snprintf(text, sizeof(text), "{\"alg\":\"HS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", id);
    token_add_base64url(&encoded, text, strlen(text));
    snprintf(key->header, sizeof(key->header), "%s", strbuf_cstr(&encoded));
}

/* Hexadecimal digits carry half a byte each. A line of nothing else that has less of them than
 * token_keys_new_line() writes was cut off. */
static bool is_cut_off(struct span line)
{
    size_t digits = 0;
    while (digits < line.len && isxdigit((unsigned char)line.ptr[digits]))
        digits++;
    return digits == line.len && digits < 2 * NEW_KEY_BYTES;
}

static int add_line(struct token_keys *keys, struct span line, struct error *err)
{
    if (keys->count == TOKEN_KEYS_MAX)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "more than %d keys: remove the oldest ones, which are the last lines",
                         TOKEN_KEYS_MAX);
    if (line.len < TOKEN_KEY_MIN_BYTES || line.len > TOKEN_KEY_MAX_BYTES)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "line %zu is not %d to %d characters long: " REMEDY, keys->count + 1,
                         TOKEN_KEY_MIN_BYTES, TOKEN_KEY_MAX_BYTES);
    if (is_cut_off(line))
        return error_set(err, EXIT_INVALID_CONFIG,
                         "line %zu has %zu hexadecimal digits, and needs %d: " REMEDY,
                         keys->count + 1, line.len, 2 * NEW_KEY_BYTES);
    struct token_key *key = &keys->keys[keys->count++];
    make_header(key, line);
    crypto_auth_hmacsha256_init(&key->keyed, (const unsigned char *)line.ptr, line.len);
    return 0;
}

int token_keys_read(struct token_keys *ret_keys, struct span text, struct error *err)
{
    struct token_keys keys = {0};
    while (text.len) {
        struct span line = span_cut(text, '\n', &text);
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        line = span_trim(line);
        if (line.len && add_line(&keys, line, err) != 0) {
            token_keys_done(&keys);
            return -1;
        }
    }
    if (!keys.count)
        return error_set(err, EXIT_INVALID_CONFIG, "there is no key in the file: " REMEDY);
    *ret_keys = keys;
    token_keys_done(&keys);
    return 0;
}

void token_keys_new_line(struct strbuf *out)
{
    unsigned char secret[NEW_KEY_BYTES];
    char hex[2 * NEW_KEY_BYTES + 1];
    randombytes_buf(secret, sizeof(secret));
    sodium_bin2hex(hex, sizeof(hex), secret, sizeof(secret));
    strbuf_addf(out, "%s\n", hex);
    sodium_memzero(secret, sizeof(secret));
    sodium_memzero(hex, sizeof(hex));
}

void token_key_sign(const struct token_key *key, struct span text,
                    unsigned char ret_mac[TOKEN_MAC_BYTES])
{
    crypto_auth_hmacsha256_state state = key->keyed;
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text.ptr, text.len);
    crypto_auth_hmacsha256_final(&state, ret_mac);
}

const struct token_key *token_keys_find(const struct token_keys *keys, struct span header)
{
    for (size_t i = 0; i < keys->count; i++)
        if (span_equal(header, span_cstr(keys->keys[i].header)))
            return &keys->keys[i];
    return NULL;
}

void token_keys_done(struct token_keys *keys)
{
    sodium_memzero(keys, sizeof(*keys));
}
