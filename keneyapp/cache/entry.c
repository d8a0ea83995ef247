/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/cache/entry.h"

#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/cache/key.h"

enum {
    HEAP_OVERHEAD_BYTES = 16, /* what malloc keeps beside a block (glibc, 64 bits) */
};

/* Copies `from` to *at, a NUL behind it, and moves *at on. */
static struct span place(char **at, struct span from)
{
    struct span placed = span_of(*at, from.len);
    if (from.len)
        memcpy(*at, from.ptr, from.len);
    (*at)[from.len] = '\0';
    *at += from.len + 1;
    return placed;
}

struct entry *entry_new(const struct cache_key *key, const struct cached_parts *parts,
                        uint64_t stamp, nsec_t stale_ns)
{
    struct span key_text = key ? span_of(key->text, key->len) : SPAN_EMPTY;
    struct span texts[] = {key_text, parts->content_type, parts->body, parts->gzip, parts->brotli};
    size_t bytes = sizeof(struct entry);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        bytes += texts[i].len + 1;
    struct entry *entry = mem_new(1, bytes);
    char *at = (char *)(entry + 1);
    entry->key = place(&at, texts[0]);
    entry->cached.content_type = place(&at, texts[1]);
    entry->cached.body = place(&at, texts[2]);
    entry->cached.gzip = place(&at, texts[3]);
    entry->cached.brotli = place(&at, texts[4]);
    if (parts->etag.len > 0 && parts->etag.len < sizeof(entry->cached.etag))
        memcpy(entry->cached.etag, parts->etag.ptr, parts->etag.len);
    entry->cached.stale_ns = stale_ns;
    entry->hash = key ? key->hash : 0;
    entry->route = key ? key->route : 0;
    entry->stamp = stamp;
    entry->bytes = bytes + HEAP_OVERHEAD_BYTES;
    atomic_init(&entry->references, 1);
    return entry;
}

void entry_unref(struct entry **entry)
{
    struct entry *e = TAKE(*entry);
    if (e && atomic_fetch_sub_explicit(&e->references, 1, memory_order_acq_rel) == 1)
        free(e);
}

struct cached *cached_ref(struct cached *cached)
{
    entry_ref(entry_of(cached));
    return cached;
}

void cached_unref(struct cached **cached)
{
    struct entry *entry = *cached ? entry_of(*cached) : NULL;
    *cached = NULL;
    entry_unref(&entry);
}
