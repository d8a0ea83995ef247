/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/cache/seal.h"

#include <sodium.h>

#include "base/strbuf.h"
#include "keneyapp/auth/vault.h"

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES   crypto_aead_xchacha20poly1305_ietf_ABYTES

_Static_assert((int)SEAL_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the key");
_Static_assert((int)SEAL_KEY_BYTES == (int)VAULT_KEY_BYTES, "what the vault derives");
_Static_assert(SEAL_OVERHEAD_BYTES == NONCE_BYTES + TAG_BYTES, "nonce and tag");

void seal_init(struct seal *seal, const struct vault *vault)
{
    vault_derive(vault, "cached answers", seal->value_key);
    vault_derive(vault, "names of cached answers", seal->name_key);
}

void seal_done(struct seal *seal)
{
    sodium_memzero(seal, sizeof(*seal));
}

static const unsigned char *bytes_of(struct span text)
{
    return (const unsigned char *)text.ptr;
}

void seal_name(const struct seal *seal, struct span question, char ret_name[SEAL_NAME_BYTES])
{
    unsigned char hash[SEAL_NAME_BYTES / 2];
    crypto_generichash(hash, sizeof(hash), bytes_of(question), question.len, seal->name_key,
                       sizeof(seal->name_key));
    sodium_bin2hex(ret_name, SEAL_NAME_BYTES, hash, sizeof(hash));
}

void seal_close(const struct seal *seal, struct span question, struct span plain,
                struct strbuf *out)
{
    unsigned char *at = (unsigned char *)strbuf_reserve(out, plain.len + SEAL_OVERHEAD_BYTES);
    if (!at)
        return;
    randombytes_buf(at, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(at + NONCE_BYTES, NULL, bytes_of(plain), plain.len,
                                               bytes_of(question), question.len, NULL, at,
                                               seal->value_key);
    strbuf_commit(out, plain.len + SEAL_OVERHEAD_BYTES);
}

bool seal_open(const struct seal *seal, struct span question, struct span sealed,
               struct strbuf *out)
{
    if (sealed.len < SEAL_OVERHEAD_BYTES)
        return false;
    size_t len = sealed.len - SEAL_OVERHEAD_BYTES;
    const unsigned char *nonce = bytes_of(sealed);
    unsigned char *at = (unsigned char *)strbuf_reserve(out, len);
    if (!at || crypto_aead_xchacha20poly1305_ietf_decrypt(
                   at, NULL, NULL, nonce + NONCE_BYTES, sealed.len - NONCE_BYTES,
                   bytes_of(question), question.len, nonce, seal->value_key) != 0)
        return false;
    strbuf_commit(out, len);
    return true;
}
