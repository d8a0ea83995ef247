/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of slots; they never move, and are used again youngest last.
 */
#include "loop/slot.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void slot_table_init(struct slot_table *table, size_t slot_bytes)
{
    *table = (struct slot_table){.slot_bytes = slot_bytes};
    list_init(&table->free);
}

void slot_table_done(struct slot_table *table)
{
    assert(table->used_count == 0);
    for (uint32_t i = 0; i < table->count; i++)
        free(table->slots[i]);
    free(table->slots);
}

static struct slot *new_slot(struct slot_table *table)
{
    assert(table->count < 1 << 24);
    if (table->count == table->capacity) {
        table->capacity = table->capacity ? table->capacity * 2 : 64;
        table->slots = GROW_ARRAY(table->slots, table->capacity);
    }
    struct slot *slot = mem_new(1, table->slot_bytes);
    slot->index = table->count;
    table->slots[table->count++] = slot;
    return slot;
}

struct slot *slot_take(struct slot_table *table)
{
    table->used_count++;
    struct list *link = list_pop_front(&table->free);
    return link ? CONTAINER_OF(link, struct slot, link) : new_slot(table);
}

void slot_give_back(struct slot_table *table, struct slot *slot)
{
    uint32_t index = slot->index, generation = slot->generation + 1;
    list_remove(&slot->link);
    memset(slot, 0, table->slot_bytes);
    slot->index = index;
    slot->generation = generation;
    table->used_count--;
    list_push_back(&table->free, &slot->link);
}
