/* SPDX-License-Identifier: Apache-2.0
 *
 * The short memory that lets a server's own thread answer who is asking without waiting: tokens
 * that were verified, and users as they were in the database at most two seconds ago. What this
 * process changes in a user it drops here at once; two seconds is the bound for what others
 * (another server, a command) change. Any thread; a look-up is a third of a microsecond.
 */
#ifndef KENEYAPP_AUTH_USERS_CACHE_H
#define KENEYAPP_AUTH_USERS_CACHE_H

#include "keneyapp/auth/jwt.h"
#include "keneyapp/auth/memo.h"
#include "keneyapp/store/store.h"

#define USERS_CACHE_AGE_NS (2 * NSEC_PER_SEC)

enum {
    USERS_CACHE_TOKENS = 8192,
    USERS_CACHE_USERS = 1024,
};

struct users_cache;

/* `clock` is monotonic, and borrowed. */
struct users_cache *users_cache_new(struct clock *clock);

/* NULL-safe. */
void users_cache_free(struct users_cache **cache);

/* As jwt_verify(), but a token that was verified before costs one hash. */
MUST_CHECK enum jwt_verdict users_cache_verify(struct users_cache *cache, struct span token,
                                               const struct token_keys *keys, nsec_t wall_ns,
                                               struct jwt_claims *ret_claims);

/* False when the user is not remembered. */
bool users_cache_get(struct users_cache *cache, struct span username, struct store_user *ret_user);

/* As session_user(), and remembers whom it found. Waits for the database. */
MUST_CHECK enum store_result users_cache_read(struct users_cache *cache, struct session *session,
                                              struct span username, struct store_user *ret_user);

/* Whoever changed a user calls this after the commit and before the answer. */
void users_cache_drop(struct users_cache *cache, struct span username);

#endif
