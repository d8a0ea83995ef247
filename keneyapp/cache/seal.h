/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers are health data, and questions can be (?search=NAME): Redis sees neither. Values are
 * sealed with XChaCha20-Poly1305 under random 192-bit nonces, so that it does not matter how many
 * there are; the question's text is authenticated with them, so that a value cannot be moved to
 * another question. Names are a keyed hash of the question. Both keys are derived from the vault's
 * newest: processes that have another see misses. Any thread.
 */
#ifndef KENEYAPP_CACHE_SEAL_H
#define KENEYAPP_CACHE_SEAL_H

#include <stdbool.h>

#include "base/span.h"

struct strbuf;
struct vault;

enum {
    SEAL_KEY_BYTES = 32,
    SEAL_OVERHEAD_BYTES = 24 + 16,
    SEAL_NAME_BYTES = 33, /* 32 hexadecimal digits and a NUL */
};

struct seal {
    unsigned char value_key[SEAL_KEY_BYTES], name_key[SEAL_KEY_BYTES];
};

void seal_init(struct seal *seal, const struct vault *vault);

/* Wipes the keys. */
void seal_done(struct seal *seal);

void seal_name(const struct seal *seal, struct span question, char ret_name[SEAL_NAME_BYTES]);

/* Appends. */
void seal_close(const struct seal *seal, struct span question, struct span plain,
                struct strbuf *out);

/* Appends the plain bytes; false: changed, or not sealed for this question and key. */
bool seal_open(const struct seal *seal, struct span question, struct span sealed,
               struct strbuf *out);

#endif
