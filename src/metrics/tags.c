/* SPDX-License-Identifier: Apache-2.0
 *
 * Interned tag sets. A set's hash is the sum of its tags' hashes, so that deriving a set from a
 * base hashes only what is new. Candidates are built in a scratch array and copied only when no
 * equal set exists: looking up a known combination allocates nothing.
 */
#include "metrics/tags.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "metrics/registry.h"

#define ARENA_CHUNK   16384
#define INITIAL_SLOTS 64

struct hashed_tag {
    struct tag tag;
    uint64_t hash;
};

struct entry {
    struct tag_set set; /* first: a set is its entry */
    uint64_t hash;
    const uint64_t *hashes; /* by tag */
};

struct tag_table {
    const struct registry *registry;
    struct arena arena;
    struct map texts;     /* every key and value once; values unused */
    struct entry **slots; /* open addressing by hash */
    size_t slot_count, count;
    struct hashed_tag *scratch;
    size_t scratch_cap;
    const struct tag_set *empty;
};

static uint64_t tag_hash(const struct tag *tag)
{
    uint64_t hash = span_hash(tag->key) * 31 + span_hash(tag->value);
    return hash ^ (hash >> 29);
}

static bool same_text(struct span a, struct span b)
{
    return a.len == b.len && (a.ptr == b.ptr || span_equal(a, b));
}

static bool same_tags(const struct tag_set *set, const struct hashed_tag *tags, size_t count)
{
    if (set->tag_count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!same_text(set->tags[i].key, tags[i].tag.key) ||
            !same_text(set->tags[i].value, tags[i].tag.value))
            return false;
    }
    return true;
}

static struct entry **find_slot(const struct tag_table *table, uint64_t hash,
                                const struct hashed_tag *tags, size_t count)
{
    size_t mask = table->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct entry *entry = table->slots[i];
        if (!entry || (entry->hash == hash && same_tags(&entry->set, tags, count)))
            return &table->slots[i];
    }
}

static void grow_slots(struct tag_table *table)
{
    struct entry **old = table->slots;
    size_t old_count = table->slot_count;
    table->slot_count = MAX_OF(old_count * 2, (size_t)INITIAL_SLOTS);
    table->slots = NEW_ARRAY(struct entry *, table->slot_count);
    size_t mask = table->slot_count - 1;
    for (size_t i = 0; i < old_count; i++) {
        size_t at = old[i] ? old[i]->hash & mask : 0;
        while (old[i] && table->slots[at])
            at = (at + 1) & mask;
        if (old[i])
            table->slots[at] = old[i];
    }
    mem_free(&old);
}

static struct span intern_text(struct tag_table *table, struct span text)
{
    return map_put(&table->texts, text)->key;
}

static bool series_holds(const struct series *series, const struct tag_set *set)
{
    for (size_t i = 0; i < series->match_count; i++) {
        struct span value = tag_set_get(set, series->matches[i].key);
        if (!value.ptr || !span_equal(value, series->matches[i].value))
            return false;
    }
    return series->match_count > 0;
}

static void work_out_matches(struct tag_table *table, struct tag_set *set)
{
    size_t series_count = registry_series_count(table->registry);
    AUTO(mem_free) uint32_t *ids = NEW_ARRAY(uint32_t, series_count);
    for (uint32_t id = 0; id < series_count; id++) {
        if (series_holds(registry_series(table->registry, id), set))
            ids[set->match_count++] = id;
    }
    uint32_t *matches = ARENA_NEW_ARRAY(&table->arena, uint32_t, set->match_count);
    memcpy(matches, ids, set->match_count * sizeof(ids[0]));
    set->matches = matches;
}

static struct entry *make_entry(struct tag_table *table, uint64_t hash,
                                const struct hashed_tag *tags, size_t count)
{
    struct entry *entry = ARENA_NEW(&table->arena, struct entry);
    struct tag *copy = ARENA_NEW_ARRAY(&table->arena, struct tag, count);
    uint64_t *hashes = ARENA_NEW_ARRAY(&table->arena, uint64_t, count);
    for (size_t i = 0; i < count; i++) {
        copy[i].key = intern_text(table, tags[i].tag.key);
        copy[i].value = intern_text(table, tags[i].tag.value);
        hashes[i] = tags[i].hash;
    }
    entry->hash = hash;
    entry->hashes = hashes;
    entry->set.id = (uint32_t)table->count++;
    entry->set.tags = copy;
    entry->set.tag_count = (uint32_t)count;
    work_out_matches(table, &entry->set);
    return entry;
}

/* The set of the first `count` scratch tags. */
static const struct tag_set *intern_scratch(struct tag_table *table, size_t count)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < count; i++)
        hash += table->scratch[i].hash;
    hash ^= hash >> 32;
    if ((table->count + 1) * 2 > table->slot_count)
        grow_slots(table);
    struct entry **slot = find_slot(table, hash, table->scratch, count);
    if (!*slot)
        *slot = make_entry(table, hash, table->scratch, count);
    return &(*slot)->set;
}

/* Fills the scratch array with `base`, with room for `more`. */
static size_t load_scratch(struct tag_table *table, const struct tag_set *base, size_t more)
{
    const struct entry *entry = (const struct entry *)base;
    size_t need = base->tag_count + more;
    if (need > table->scratch_cap) {
        table->scratch_cap = need * 2;
        table->scratch = GROW_ARRAY(table->scratch, table->scratch_cap);
    }
    for (size_t i = 0; i < base->tag_count; i++)
        table->scratch[i] = (struct hashed_tag){base->tags[i], entry->hashes[i]};
    return base->tag_count;
}

/* Keeps the scratch array sorted; returns the new number of tags. */
static size_t put_scratch(struct hashed_tag *scratch, size_t count, const struct tag *tag)
{
    struct hashed_tag put = {*tag, tag_hash(tag)};
    size_t at = count;
    while (at > 0 && span_compare(scratch[at - 1].tag.key, tag->key) > 0)
        at--;
    if (at > 0 && same_text(scratch[at - 1].tag.key, tag->key)) {
        scratch[at - 1] = put;
        return count;
    }
    memmove(&scratch[at + 1], &scratch[at], (count - at) * sizeof(scratch[0]));
    scratch[at] = put;
    return count + 1;
}

struct tag_table *tag_table_new(const struct registry *registry)
{
    struct tag_table *table = NEW(struct tag_table);
    table->registry = registry;
    table->texts = MAP_INIT;
    arena_init(&table->arena, ARENA_CHUNK);
    table->empty = intern_scratch(table, 0);
    return table;
}

void tag_table_free(struct tag_table **table)
{
    struct tag_table *t = *table;
    if (!t)
        return;
    map_done(&t->texts);
    mem_free(&t->slots);
    mem_free(&t->scratch);
    arena_done(&t->arena);
    mem_free(table);
}

const struct registry *tag_table_registry(const struct tag_table *table)
{
    return table->registry;
}

const struct tag_set *tag_set_empty(struct tag_table *table)
{
    return table->empty;
}

const struct tag_set *tag_set_with(struct tag_table *table, const struct tag_set *base,
                                   const struct tag *tags, size_t count)
{
    size_t total = load_scratch(table, base, count);
    for (size_t i = 0; i < count; i++)
        total = put_scratch(table->scratch, total, &tags[i]);
    return intern_scratch(table, total);
}

const struct tag_set *tag_set_with1(struct tag_table *table, const struct tag_set *base,
                                    struct span key, struct span value)
{
    struct tag tag = {key, value};
    return tag_set_with(table, base, &tag, 1);
}

const struct tag_set *tag_set_without(struct tag_table *table, const struct tag_set *base,
                                      struct span key)
{
    size_t total = 0, count = load_scratch(table, base, 0);
    for (size_t i = 0; i < count; i++) {
        if (!same_text(table->scratch[i].tag.key, key))
            table->scratch[total++] = table->scratch[i];
    }
    return total == count ? base : intern_scratch(table, total);
}

struct span tag_set_get(const struct tag_set *set, struct span key)
{
    for (uint32_t i = 0; i < set->tag_count; i++) {
        if (same_text(set->tags[i].key, key))
            return set->tags[i].value;
    }
    return SPAN_EMPTY;
}

size_t tag_table_count(const struct tag_table *table)
{
    return table->count;
}
