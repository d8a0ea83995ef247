/* SPDX-License-Identifier: Apache-2.0
 *
 * Health data at rest. A vault seals texts with AES-256-GCM (NIST SP 800-38D) under random 96-bit
 * nonces; a sealed text is itself text:
 *
 *     s1:KKKK:BASE64        KKKK the key's id, BASE64 of nonce, ciphertext and 128-bit tag
 *
 * Table and column are authenticated with it, so that a sealed text cannot be moved into another
 * column (medical notes into an address, which more people may see). The row's id and tenant are
 * not: an id is known only after the insertion, and whoever can write to the database could change
 * a row's tenant_id beside its sealed texts as well as copy them.
 *
 * Several keys: the first seals, all open. To rotate, put a new line before the old ones; an old
 * key has to stay as long as there are texts that it sealed. With random nonces one key may seal
 * 2^32 texts (SP 800-38D 8.3), which a clinic does not reach. All functions may be called by any
 * thread; each thread keeps its own cipher states, which end with the thread or the vault.
 */
#ifndef KENEYAPP_AUTH_VAULT_H
#define KENEYAPP_AUTH_VAULT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/span.h"
#include "base/strbuf.h"

enum {
    VAULT_KEY_BYTES = 32,
    VAULT_KEYS_MAX = 8,
    VAULT_TEXT_MAX_BYTES = 4 * 1024 * 1024, /* that can be sealed */
};

enum vault_result {
    VAULT_OPENED,
    VAULT_UNSEALED,  /* not a sealed text at all */
    VAULT_OTHER_KEY, /* sealed by a key that this vault has not */
    VAULT_CHANGED,   /* changed since, or sealed for another column */
};

struct vault;

/* `keys`: words of 64 hexadecimal digits, separated by white space or commas, the newest first.
 * NULL with a sentence when one is none, there is none, or two have the same id. */
MUST_CHECK struct vault *vault_new(struct span keys, struct error *err);

/* Wipes the keys; nobody may use the vault any more. NULL-safe. */
void vault_free(struct vault **vault);

/* Appends the sealed text; a `plain` longer than VAULT_TEXT_MAX_BYTES overflows `out`. */
void vault_seal(const struct vault *vault, const char *table, const char *column, struct span plain,
                struct strbuf *out);

/* Appends the plain text; nothing unless VAULT_OPENED. */
MUST_CHECK enum vault_result vault_open(const struct vault *vault, const char *table,
                                        const char *column, struct span sealed, struct strbuf *out);

/* A key of its own for another purpose, from the newest key: the same in every process that has it.
 * It tells nothing about the vault's keys or about those for other purposes. */
void vault_derive(const struct vault *vault, const char *purpose,
                  unsigned char ret_key[VAULT_KEY_BYTES]);

/* What went wrong as the middle of a sentence: "was sealed with another key". Static. */
const char *vault_result_text(enum vault_result result);

#endif
