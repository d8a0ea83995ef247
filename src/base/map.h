/* SPDX-License-Identifier: Apache-2.0
 *
 * Hash table from text to pointer. Keys are copied; values are borrowed. Insertion order is kept
 * for iteration, so that what is printed from a map is stable. Removal is O(n): tables here are
 * filled at start-up and looked up afterwards.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct map_entry {
    struct span key; /* NUL-terminated; valid until removal */
    void *value;
    uint64_t hash;
};

struct map {
    struct map_entry *entries; /* in insertion order */
    size_t count, entry_cap;
    uint32_t *slots; /* index + 1 into entries; 0 is free */
    size_t slot_count;
};

#define MAP_INIT ((struct map){0})

void map_done(struct map *map);

/* NULL when absent. */
void *map_get(const struct map *map, struct span key);

/* The entry for `key`, made with value NULL when absent; valid until the next insertion. */
struct map_entry *map_put(struct map *map, struct span key);

/* The value that was removed, or NULL. */
void *map_remove(struct map *map, struct span key);

#define MAP_FOREACH(entry, map)                                                                    \
    for (struct map_entry *entry = (map)->entries; entry < (map)->entries + (map)->count; entry++)

#endif
