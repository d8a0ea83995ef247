/* SPDX-License-Identifier: Apache-2.0
 *
 * The index behind a snapshot's checks.
 */
#include "metrics/checks.h"

#include <stdint.h>

#include "base/arena.h"
#include "base/mem.h"

#define ARENA_CHUNK   2048
#define INITIAL_SLOTS 16
#define NO_PLACE      SIZE_MAX

struct known {
    struct span path, name;
    uint64_t hash;
    size_t place; /* NO_PLACE: not since the last reset */
};

struct check_index {
    struct arena texts;
    struct known *known;
    uint32_t *slots; /* index + 1 into known; 0 is free */
    size_t known_count, slot_count;
};

static uint64_t hash_of(struct span path, struct span name)
{
    uint64_t hash = span_hash(path) * 31 + span_hash(name);
    return hash ^ (hash >> 32);
}

/* The slot of the row, or the free one where it belongs. */
static uint32_t *find_slot(const struct check_index *index, const struct known *row)
{
    size_t mask = index->slot_count - 1;
    for (size_t i = row->hash & mask;; i = (i + 1) & mask) {
        if (index->slots[i] == 0)
            return &index->slots[i];
        const struct known *other = &index->known[index->slots[i] - 1];
        if (other->hash == row->hash && span_equal(other->name, row->name) &&
            span_equal(other->path, row->path))
            return &index->slots[i];
    }
}

static void grow(struct check_index *index)
{
    index->slot_count = MAX_OF(index->slot_count * 2, (size_t)INITIAL_SLOTS);
    index->known = GROW_ARRAY(index->known, index->slot_count / 2);
    mem_free(&index->slots);
    index->slots = NEW_ARRAY(uint32_t, index->slot_count);
    for (size_t i = 0; i < index->known_count; i++)
        *find_slot(index, &index->known[i]) = (uint32_t)(i + 1);
}

struct check_index *check_index_new(void)
{
    struct check_index *index = NEW(struct check_index);
    arena_init(&index->texts, ARENA_CHUNK);
    return index;
}

void check_index_free(struct check_index **index)
{
    if (!*index)
        return;
    mem_free(&(*index)->known);
    mem_free(&(*index)->slots);
    arena_done(&(*index)->texts);
    mem_free(index);
}

void check_index_reset(struct check_index *index)
{
    for (size_t i = 0; i < index->known_count; i++)
        index->known[i].place = NO_PLACE;
}

size_t check_index_place(struct check_index *index, size_t next, struct span *path,
                         struct span *name)
{
    struct known row = {*path, *name, hash_of(*path, *name), NO_PLACE};
    if (index->known_count * 2 == index->slot_count)
        grow(index);
    uint32_t *slot = find_slot(index, &row);
    if (*slot == 0) {
        row.path = arena_dup_span(&index->texts, row.path);
        row.name = arena_dup_span(&index->texts, row.name);
        index->known[index->known_count] = row;
        *slot = (uint32_t)++index->known_count;
    }
    struct known *known = &index->known[*slot - 1];
    if (known->place == NO_PLACE)
        known->place = next;
    *path = known->path;
    *name = known->name;
    return known->place;
}
