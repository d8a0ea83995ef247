/* SPDX-License-Identifier: Apache-2.0
 *
 * What a poller gives the kernel instead of an address: the index of a slot and its generation.
 * Closing an io ends the generation, so whatever the kernel still reports of it matches nothing.
 * That is what makes it safe to free an io in any callback while events for it are on their way.
 * A poller's own slots embed `struct slot` first.
 */
#ifndef LOOP_SLOT_H
#define LOOP_SLOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

struct fd_watch;
struct io;

struct slot {
    struct list link; /* in the table's free list; the poller's while in use */
    struct io *io;    /* in use: either this or watch */
    struct fd_watch *watch;
    uint32_t index, generation;
};

struct slot_table {
    size_t slot_bytes;
    struct list free;
    struct slot **slots;
    uint32_t count, capacity, used_count;
};

/* `slot_bytes` is the size of the poller's own slot. */
void slot_table_init(struct slot_table *table, size_t slot_bytes);

/* Every slot must have been given back. */
void slot_table_done(struct slot_table *table);

/* Zeroed but for its index and generation. */
struct slot *slot_take(struct slot_table *table);

/* Takes it off the poller's list too. */
void slot_give_back(struct slot_table *table, struct slot *slot);

/* `kind` is the poller's, below 256; an index has 24 bits. */
static inline uint64_t slot_tag(const struct slot *slot, unsigned kind)
{
    return (uint64_t)slot->index << 40 | (uint64_t)kind << 32 | slot->generation;
}

static inline unsigned slot_tag_kind(uint64_t tag)
{
    return (unsigned)(tag >> 32) & 0xff;
}

/* NULL when the slot was given back since. */
static inline struct slot *slot_of_tag(const struct slot_table *table, uint64_t tag)
{
    struct slot *slot = table->slots[tag >> 40];
    return slot->generation == (uint32_t)tag ? slot : NULL;
}

#endif
