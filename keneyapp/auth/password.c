/* SPDX-License-Identifier: Apache-2.0
 *
 * Argon2id by libsodium.
 */
#include "keneyapp/auth/password.h"

#include <sodium.h>
#include <string.h>

#include "base/mem.h"

enum {
    PASSES = 2,
    MEMORY_BYTES = 19 * 1024 * 1024,
};

_Static_assert((int)PASSWORD_HASH_BYTES >= (int)crypto_pwhash_STRBYTES, "libsodium's hash text");

void password_hash(struct span password, char ret_hash[PASSWORD_HASH_BYTES])
{
    if (crypto_pwhash_str_alg(ret_hash, password.ptr, password.len, PASSES, MEMORY_BYTES,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        mem_exhausted(1, MEMORY_BYTES);
}

bool password_verify(const char *hash, struct span password)
{
    return password.len <= PASSWORD_MAX_BYTES &&
           crypto_pwhash_str_verify(hash, password.ptr ? password.ptr : "", password.len) == 0;
}

void password_id(const char *hash, char ret_id[PASSWORD_ID_BYTES])
{
    unsigned char id[crypto_generichash_BYTES_MIN];
    crypto_generichash(id, sizeof(id), (const unsigned char *)hash, strlen(hash), NULL, 0);
    sodium_bin2hex(ret_id, PASSWORD_ID_BYTES, id, PASSWORD_ID_BYTES / 2);
}
