/* SPDX-License-Identifier: Apache-2.0
 *
 * The keys that sign access tokens: the lines of token.key. The first signs, both verify, so that a
 * new key can be put before the old one without signing anybody out. Immutable once read; any
 * thread.
 */
#ifndef KENEYAPP_AUTH_TOKEN_KEYS_H
#define KENEYAPP_AUTH_TOKEN_KEYS_H

#include <sodium.h>

#include "base/error.h"
#include "base/span.h"
#include "base/strbuf.h"

enum {
    TOKEN_KEYS_MAX = 2,
    TOKEN_KEY_MIN_BYTES = 32, /* of a line: RFC 7518 3.2 */
    TOKEN_KEY_MAX_BYTES = 1024,
    TOKEN_MAC_BYTES = crypto_auth_hmacsha256_BYTES,
};

struct token_key {
    char header[80];                    /* base64url of a token's head: algorithm and key id */
    crypto_auth_hmacsha256_state keyed; /* where every signature starts */
};

struct token_keys {
    struct token_key keys[TOKEN_KEYS_MAX]; /* the first signs */
    size_t count;
};

/* Reads the lines of `text`; blank ones do not count. A line of hexadecimal digits only has 64 of
 * them at least: as many bits as the signature (RFC 7518 3.2). 0, or -1 with a sentence. */
MUST_CHECK int token_keys_read(struct token_keys *ret_keys, struct span text, struct error *err);

/* A new key as a line, from the system's random numbers. */
void token_keys_new_line(struct strbuf *out);

/* HMAC SHA-256 of `text`. */
void token_key_sign(const struct token_key *key, struct span text,
                    unsigned char ret_mac[TOKEN_MAC_BYTES]);

/* The key whose tokens have this head, or NULL: another algorithm or a key that is not here. */
const struct token_key *token_keys_find(const struct token_keys *keys, struct span header);

/* Appends base64url without padding (RFC 7515 section 2). */
void token_add_base64url(struct strbuf *out, const void *bytes, size_t len);

/* Number of bytes decoded from base64url text, or -1. */
int token_decode_base64url(struct span text, unsigned char *buf, size_t size);

/* Wipes the keys. */
void token_keys_done(struct token_keys *keys);

#endif
