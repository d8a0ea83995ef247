/* SPDX-License-Identifier: Apache-2.0
 *
 * A shard is a table of chains and a ring in the order of use. What is dropped is freed after the
 * mutex was given back: large bodies go straight back to the system, which takes its time.
 */
#include "keneyapp/cache/memory.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/cache/counters.h"
#include "keneyapp/cache/key.h"

enum {
    BYTES_PER_BUCKET = 4096, /* about one answer a chain when the shard is full */
    BUCKETS_MIN = 16,
    LINE_BYTES = 64,
};

struct shard {
    pthread_mutex_t mutex; /* everything below */
    struct entry **buckets;
    struct list recent; /* the least recently used is last */
    size_t bytes, entries;
} __attribute__((aligned(LINE_BYTES)));

struct memory {
    size_t shard_bytes_max;
    unsigned shard_count;
    size_t bucket_count; /* a power of two, of each shard */
    struct counters *counters;
    struct shard *shards;
};

static size_t buckets_for(size_t bytes)
{
    size_t count = BUCKETS_MIN;
    while (count < bytes / BYTES_PER_BUCKET)
        count *= 2;
    return count;
}

struct memory *memory_new(size_t bytes_max, unsigned shards, struct counters *counters)
{
    struct memory *memory = NEW(struct memory);
    size_t each = bytes_max / shards;
    size_t overhead = sizeof(struct shard) + buckets_for(each) * sizeof(struct entry *);
    memory->shard_bytes_max = each > overhead ? each - overhead : 0;
    memory->shard_count = shards;
    memory->bucket_count = buckets_for(each);
    memory->counters = counters;
    memory->shards = aligned_alloc(LINE_BYTES, shards * sizeof(struct shard));
    if (!memory->shards)
        mem_exhausted(shards, sizeof(struct shard));
    for (unsigned i = 0; i < shards; i++) {
        struct shard *shard = &memory->shards[i];
        *shard = (struct shard){.buckets = NEW_ARRAY(struct entry *, memory->bucket_count)};
        pthread_mutex_init(&shard->mutex, NULL);
        list_init(&shard->recent);
    }
    return memory;
}

void memory_free(struct memory **memory)
{
    struct memory *m = TAKE(*memory);
    if (!m)
        return;
    memory_clear(m);
    for (unsigned i = 0; i < m->shard_count; i++) {
        pthread_mutex_destroy(&m->shards[i].mutex);
        free(m->shards[i].buckets);
    }
    free(m->shards);
    free(m);
}

static struct shard *shard_of(struct memory *memory, uint64_t hash)
{
    return &memory->shards[(hash >> 32) & (memory->shard_count - 1)];
}

/* Where the entry under `key` hangs; points to NULL when there is none. */
static struct entry **find(const struct memory *memory, struct shard *shard, struct span key,
                           uint64_t hash)
{
    struct entry **at = &shard->buckets[hash & (memory->bucket_count - 1)];
    while (*at && ((*at)->hash != hash || !span_equal((*at)->key, key)))
        at = &(*at)->next;
    return at;
}

/* Takes the entry at `at` out and pushes it to `dropped`. */
static void drop(struct shard *shard, struct entry **at, struct entry **dropped)
{
    struct entry *entry = *at;
    *at = entry->next;
    list_remove(&entry->recent);
    shard->bytes -= entry->bytes;
    shard->entries--;
    entry->next = *dropped;
    *dropped = entry;
}

/* Without the mutex. */
static void release(struct entry *dropped)
{
    while (dropped) {
        struct entry *next = dropped->next;
        entry_unref(&dropped);
        dropped = next;
    }
}

struct entry *memory_get(struct memory *memory, const struct cache_key *key, uint64_t stamp,
                         nsec_t now_ns)
{
    struct shard *shard = shard_of(memory, key->hash);
    struct entry *dropped = NULL, *found = NULL;
    pthread_mutex_lock(&shard->mutex);
    struct entry **at = find(memory, shard, span_of(key->text, key->len), key->hash);
    if (*at && ((*at)->stamp < stamp || (*at)->cached.stale_ns <= now_ns)) {
        drop(shard, at, &dropped);
    } else if (*at) {
        found = entry_ref(*at);
        if (shard->recent.next != &found->recent) {
            list_remove(&found->recent);
            list_push_front(&shard->recent, &found->recent);
        }
    }
    pthread_mutex_unlock(&shard->mutex);
    release(dropped);
    return found;
}

static void drop_last(struct memory *memory, struct shard *shard, struct entry **dropped)
{
    struct entry *last = CONTAINER_OF(shard->recent.prev, struct entry, recent);
    counters_add(memory->counters, COUNTER_EVICTION, LEVEL_MEMORY, last->route);
    drop(shard, find(memory, shard, last->key, last->hash), dropped);
}

static void insert(struct memory *memory, struct shard *shard, struct entry *entry)
{
    struct entry **at = &shard->buckets[entry->hash & (memory->bucket_count - 1)];
    entry->next = *at;
    *at = entry_ref(entry);
    list_push_front(&shard->recent, &entry->recent);
    shard->bytes += entry->bytes;
    shard->entries++;
}

void memory_put(struct memory *memory, struct entry *entry)
{
    struct shard *shard = shard_of(memory, entry->hash);
    struct entry *dropped = NULL;
    pthread_mutex_lock(&shard->mutex);
    struct entry **at = find(memory, shard, entry->key, entry->hash);
    bool newer = !*at || (*at)->stamp <= entry->stamp;
    if (*at && newer)
        drop(shard, at, &dropped);
    if (newer && entry->bytes <= memory->shard_bytes_max)
        insert(memory, shard, entry);
    else if (newer)
        counters_add(memory->counters, COUNTER_EVICTION, LEVEL_MEMORY, entry->route);
    while (shard->bytes > memory->shard_bytes_max)
        drop_last(memory, shard, &dropped);
    pthread_mutex_unlock(&shard->mutex);
    release(dropped);
}

void memory_clear(struct memory *memory)
{
    for (unsigned i = 0; i < memory->shard_count; i++) {
        struct shard *shard = &memory->shards[i];
        struct entry *dropped = NULL;
        pthread_mutex_lock(&shard->mutex);
        while (!list_empty(&shard->recent)) {
            struct entry *entry = CONTAINER_OF(shard->recent.next, struct entry, recent);
            drop(shard, find(memory, shard, entry->key, entry->hash), &dropped);
        }
        pthread_mutex_unlock(&shard->mutex);
        release(dropped);
    }
}

void memory_figures(struct memory *memory, struct memory_figures *ret)
{
    *ret = (struct memory_figures){0};
    for (unsigned i = 0; i < memory->shard_count; i++) {
        struct shard *shard = &memory->shards[i];
        pthread_mutex_lock(&shard->mutex);
        ret->entries += shard->entries;
        ret->bytes += shard->bytes;
        pthread_mutex_unlock(&shard->mutex);
    }
}
