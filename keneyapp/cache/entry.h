/* SPDX-License-Identifier: Apache-2.0
 *
 * An answer as the cache keeps it: struct cached, its key and its place in memory.c, in one piece
 * of memory. Everything but the reference count and memory.c's links is immutable.
 */
#ifndef KENEYAPP_CACHE_ENTRY_H
#define KENEYAPP_CACHE_ENTRY_H

#include <stdatomic.h>

#include "base/list.h"
#include "keneyapp/cache/cache.h"

struct cache_key;

struct entry {
    struct cached cached;
    struct span key; /* empty: never in memory.c */
    uint64_t hash;
    uint64_t stamp; /* generations that the answer was computed under */
    size_t route;
    size_t bytes; /* all that it costs */
    atomic_uint references;
    struct list recent; /* memory.c, under its shard's mutex */
    struct entry *next; /* likewise: in its bucket */
};

/* One reference, the caller's. `key` NULL: an answer that is only passed on. */
struct entry *entry_new(const struct cache_key *key, const struct cached_parts *parts,
                        uint64_t stamp, nsec_t stale_ns);

static inline struct entry *entry_of(struct cached *cached)
{
    return CONTAINER_OF(cached, struct entry, cached);
}

static inline struct entry *entry_ref(struct entry *entry)
{
    atomic_fetch_add_explicit(&entry->references, 1, memory_order_relaxed);
    return entry;
}

void entry_unref(struct entry **entry);

#endif
