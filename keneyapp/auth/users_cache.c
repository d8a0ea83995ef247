/* SPDX-License-Identifier: Apache-2.0
 *
 * Two memories: claims by token, users by name.
 */
#include "keneyapp/auth/users_cache.h"

#include <stdlib.h>

#include "base/mem.h"

struct users_cache {
    struct clock *clock;
    struct memo *tokens, *users;
};

struct users_cache *users_cache_new(struct clock *clock)
{
    struct users_cache *cache = NEW(struct users_cache);
    cache->clock = clock;
    cache->tokens = memo_new(USERS_CACHE_TOKENS, sizeof(struct jwt_claims));
    cache->users = memo_new(USERS_CACHE_USERS, sizeof(struct store_user));
    return cache;
}

void users_cache_free(struct users_cache **cache)
{
    struct users_cache *c = TAKE(*cache);
    if (!c)
        return;
    memo_free(&c->tokens);
    memo_free(&c->users);
    free(c);
}

enum jwt_verdict users_cache_verify(struct users_cache *cache, struct span token,
                                    const struct token_keys *keys, nsec_t wall_ns,
                                    struct jwt_claims *ret_claims)
{
    if (token.len > JWT_MAX_BYTES)
        return JWT_MALFORMED;
    struct memo_key key = memo_key(cache->tokens, token);
    struct jwt_claims claims;
    nsec_t now = clock_now(cache->clock);
    if (memo_get(cache->tokens, key, now, &claims)) {
        if (claims.expires_s <= wall_ns / NSEC_PER_SEC)
            return JWT_EXPIRED;
        *ret_claims = claims;
        return JWT_VALID;
    }
    enum jwt_verdict verdict = jwt_verify(token, keys, wall_ns, &claims);
    if (verdict != JWT_VALID)
        return verdict;
    /* A token's life has a bound (config.h), its `exp` has none: 100 years are the most. */
    int64_t left_s = MIN_OF(claims.expires_s - wall_ns / NSEC_PER_SEC, INT64_C(3155760000));
    memo_put(cache->tokens, key, 0, now + left_s * NSEC_PER_SEC, &claims);
    *ret_claims = claims;
    return JWT_VALID;
}

bool users_cache_get(struct users_cache *cache, struct span username, struct store_user *ret_user)
{
    return memo_get(cache->users, memo_key_nocase(cache->users, username), clock_now(cache->clock),
                    ret_user);
}

enum store_result users_cache_read(struct users_cache *cache, struct session *session,
                                   struct span username, struct store_user *ret_user)
{
    struct memo_key key = memo_key_nocase(cache->users, username);
    uint64_t generation = memo_generation(cache->users, key);
    nsec_t asked_ns = clock_now(cache->clock); /* the row is as old as the question */
    enum store_result result = session_user(session, username, ret_user);
    if (result == STORE_OK)
        memo_put(cache->users, key, generation, asked_ns + USERS_CACHE_AGE_NS, ret_user);
    return result;
}

void users_cache_drop(struct users_cache *cache, struct span username)
{
    memo_drop(cache->users, memo_key_nocase(cache->users, username));
}
