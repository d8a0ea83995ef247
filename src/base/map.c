/* SPDX-License-Identifier: Apache-2.0
 *
 * Hash table from text to pointer: open addressing over an insertion-ordered entry array.
 */
#include "base/map.h"

#include <stdlib.h>

#include "base/mem.h"

void map_done(struct map *map)
{
    for (size_t i = 0; i < map->count; i++)
        free((char *)map->entries[i].key.ptr);
    free(map->entries);
    free(map->slots);
    *map = MAP_INIT;
}

/* The slot that holds `key`, or the free slot where it belongs. */
static uint32_t *find_slot(const struct map *map, struct span key, uint64_t hash)
{
    size_t mask = map->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t index = map->slots[i];
        if (index == 0)
            return &map->slots[i];
        const struct map_entry *entry = &map->entries[index - 1];
        if (entry->hash == hash && span_equal(entry->key, key))
            return &map->slots[i];
    }
}

static void rebuild_slots(struct map *map, size_t slot_count)
{
    free(map->slots);
    map->slot_count = slot_count;
    map->slots = NEW_ARRAY(uint32_t, slot_count);
    for (size_t i = 0; i < map->count; i++)
        *find_slot(map, map->entries[i].key, map->entries[i].hash) = (uint32_t)(i + 1);
}

void *map_get(const struct map *map, struct span key)
{
    if (map->count == 0)
        return NULL;
    uint32_t index = *find_slot(map, key, span_hash(key));
    return index ? map->entries[index - 1].value : NULL;
}

struct map_entry *map_put(struct map *map, struct span key)
{
    if ((map->count + 1) * 2 > map->slot_count)
        rebuild_slots(map, MAX_OF(map->slot_count * 2, (size_t)8));
    uint64_t hash = span_hash(key);
    uint32_t *slot = find_slot(map, key, hash);
    if (*slot)
        return &map->entries[*slot - 1];
    if (map->count == map->entry_cap) {
        map->entry_cap = MAX_OF(map->entry_cap * 2, (size_t)4);
        map->entries = GROW_ARRAY(map->entries, map->entry_cap);
    }
    struct span copy = span_of(mem_dup(key.ptr, key.len), key.len);
    map->entries[map->count] = (struct map_entry){.key = copy, .hash = hash};
    *slot = (uint32_t)++map->count;
    return &map->entries[map->count - 1];
}

void *map_remove(struct map *map, struct span key)
{
    if (map->count == 0)
        return NULL;
    uint32_t index = *find_slot(map, key, span_hash(key));
    if (!index)
        return NULL;
    struct map_entry *entry = &map->entries[index - 1];
    void *value = entry->value;
    free((char *)entry->key.ptr);
    map->count--;
    memmove(entry, entry + 1, (map->count - (index - 1)) * sizeof(*entry));
    rebuild_slots(map, map->slot_count);
    return value;
}
