/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of four values, as a processor's cache has them; a lock and a generation per group of sets.
 */
#include "keneyapp/auth/memo.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keneyapp/model/fold.h"

enum {
    WAYS = 4,
    GROUPS = 64,          /* a power of two, as is the number of sets */
    NAME_MAX_BYTES = 512, /* no user has a longer name: those are as good as they come */
};

struct slot {
    struct memo_key key;
    nsec_t until_ns; /* 0: free */
};

struct group {
    pthread_mutex_t mutex; /* slots and values of its sets, and: */
    uint64_t generation;
};

struct memo {
    unsigned char secret[crypto_shorthash_siphashx24_KEYBYTES];
    size_t set_count, value_bytes;
    struct slot *slots;
    char *values;
    struct group groups[GROUPS];
};

_Static_assert(sizeof(struct memo_key) == crypto_shorthash_siphashx24_BYTES, "SipHash-128");

struct memo *memo_new(size_t values, size_t value_bytes)
{
    struct memo *memo = mem_new(1, sizeof(*memo));
    randombytes_buf(memo->secret, sizeof(memo->secret));
    memo->set_count = GROUPS;
    while (memo->set_count * WAYS < values)
        memo->set_count *= 2;
    memo->value_bytes = value_bytes;
    memo->slots = NEW_ARRAY(struct slot, memo->set_count * WAYS);
    memo->values = mem_new(memo->set_count * WAYS, value_bytes);
    for (size_t i = 0; i < GROUPS; i++)
        pthread_mutex_init(&memo->groups[i].mutex, NULL);
    return memo;
}

void memo_free(struct memo **memo)
{
    struct memo *m = TAKE(*memo);
    if (!m)
        return;
    for (size_t i = 0; i < GROUPS; i++)
        pthread_mutex_destroy(&m->groups[i].mutex);
    sodium_memzero(m->values, m->set_count * WAYS * m->value_bytes);
    sodium_memzero(m->secret, sizeof(m->secret));
    free(m->values);
    free(m->slots);
    free(m);
}

struct memo_key memo_key(const struct memo *memo, struct span name)
{
    struct memo_key key;
    crypto_shorthash_siphashx24((unsigned char *)key.hash,
                                (const unsigned char *)(name.ptr ? name.ptr : ""), name.len,
                                memo->secret);
    return key;
}

struct memo_key memo_key_nocase(const struct memo *memo, struct span name)
{
    char folded[NAME_MAX_BYTES];
    if (name.len > sizeof(folded))
        return memo_key(memo, name);
    fold_ascii(name, folded);
    return memo_key(memo, span_of(folded, name.len));
}

static struct group *lock(struct memo *memo, struct memo_key key)
{
    struct group *group = &memo->groups[key.hash[0] % GROUPS];
    pthread_mutex_lock(&group->mutex);
    return group;
}

static void unlock(struct group *group)
{
    pthread_mutex_unlock(&group->mutex);
}

/* The low bits choose the set, and so the group. */
static struct slot *set_of(struct memo *memo, struct memo_key key)
{
    return &memo->slots[key.hash[0] % memo->set_count * WAYS];
}

static char *value_at(struct memo *memo, const struct slot *slot)
{
    return memo->values + (size_t)(slot - memo->slots) * memo->value_bytes;
}

static struct slot *find(struct memo *memo, struct memo_key key)
{
    struct slot *set = set_of(memo, key);
    for (size_t i = 0; i < WAYS; i++)
        if (set[i].until_ns && set[i].key.hash[0] == key.hash[0] &&
            set[i].key.hash[1] == key.hash[1])
            return &set[i];
    return NULL;
}

/* The key's slot, or the one that ends first; its value is the caller's to set. */
static struct slot *find_or_take(struct memo *memo, struct memo_key key)
{
    struct slot *slot = find(memo, key), *set = set_of(memo, key);
    if (slot)
        return slot;
    slot = set;
    for (size_t i = 1; i < WAYS; i++)
        if (set[i].until_ns < slot->until_ns)
            slot = &set[i];
    slot->key = key;
    return slot;
}

bool memo_get(struct memo *memo, struct memo_key key, nsec_t now_ns, void *ret_value)
{
    struct group *group = lock(memo, key);
    const struct slot *slot = find(memo, key);
    bool found = slot && slot->until_ns > now_ns;
    if (found)
        memcpy(ret_value, value_at(memo, slot), memo->value_bytes);
    unlock(group);
    return found;
}

uint64_t memo_generation(struct memo *memo, struct memo_key key)
{
    struct group *group = lock(memo, key);
    uint64_t generation = group->generation;
    unlock(group);
    return generation;
}

void memo_put(struct memo *memo, struct memo_key key, uint64_t generation, nsec_t until_ns,
              const void *value)
{
    struct group *group = lock(memo, key);
    if (group->generation == generation) {
        struct slot *slot = find_or_take(memo, key);
        slot->until_ns = until_ns;
        memcpy(value_at(memo, slot), value, memo->value_bytes);
    }
    unlock(group);
}

void memo_drop(struct memo *memo, struct memo_key key)
{
    struct group *group = lock(memo, key);
    struct slot *slot = find(memo, key);
    group->generation++;
    if (slot) {
        slot->until_ns = 0;
        sodium_memzero(value_at(memo, slot), memo->value_bytes);
    }
    unlock(group);
}

void memo_change(struct memo *memo, struct memo_key key, nsec_t now_ns,
                 nsec_t (*change)(void *context, void *value), void *context)
{
    struct group *group = lock(memo, key);
    struct slot *slot = find(memo, key);
    if (!slot || slot->until_ns <= now_ns) {
        slot = find_or_take(memo, key);
        memset(value_at(memo, slot), 0, memo->value_bytes);
    }
    slot->until_ns = change(context, value_at(memo, slot));
    unlock(group);
}
