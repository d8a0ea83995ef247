/* SPDX-License-Identifier: Apache-2.0
 *
 * Passwords as Argon2id hashes (RFC 9106): 19 MiB, two passes, one lane, the smallest setting that
 * OWASP recommends. One hash is tens of milliseconds of one core. Any thread.
 */
#ifndef KENEYAPP_AUTH_PASSWORD_H
#define KENEYAPP_AUTH_PASSWORD_H

#include <stdbool.h>

#include "base/span.h"

enum {
    PASSWORD_HASH_BYTES = 128, /* with its NUL */
    PASSWORD_ID_BYTES = 17,    /* with its NUL */
    PASSWORD_MIN_BYTES = 8,
    PASSWORD_MAX_BYTES = 1024,
};

/* A hash that no password fits, for people who cannot sign in. */
#define PASSWORD_NONE "!"

void password_hash(struct span password, char ret_hash[PASSWORD_HASH_BYTES]);

bool password_verify(const char *hash, struct span password);

/* 16 hexadecimal digits that change with the hash and tell nothing about it: what a token carries,
 * so that it ends with the password it was given for. */
void password_id(const char *hash, char ret_id[PASSWORD_ID_BYTES]);

#endif
