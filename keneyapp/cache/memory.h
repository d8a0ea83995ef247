/* SPDX-License-Identifier: Apache-2.0
 *
 * Level 1: answers in this process, least recently used first out. Divided into shards with a mutex
 * each, so that the epoll threads rarely meet; each shard has its part of the bytes. Any thread;
 * nothing here waits for anything but a mutex that is held for a look-up.
 */
#ifndef KENEYAPP_CACHE_MEMORY_H
#define KENEYAPP_CACHE_MEMORY_H

#include "keneyapp/cache/entry.h"

struct cache_key;
struct counters;
struct memory;

struct memory_figures {
    size_t entries, bytes;
};

/* `shards` is a power of two. Evictions are counted in `counters`, which is borrowed. */
struct memory *memory_new(size_t bytes_max, unsigned shards, struct counters *counters);
void memory_free(struct memory **memory);

/* The answer under `key` when it is neither older than `stamp` nor stale at `now_ns`; the caller's
 * reference. NULL: none. */
struct entry *memory_get(struct memory *memory, const struct cache_key *key, uint64_t stamp,
                         nsec_t now_ns);

/* Keeps the entry (with a reference of its own) in place of an older one, and evicts what no longer
 * fits. An entry that is larger than a shard is evicted at once. */
void memory_put(struct memory *memory, struct entry *entry);

/* Drops everything. */
void memory_clear(struct memory *memory);

void memory_figures(struct memory *memory, struct memory_figures *ret);

#endif
