/* SPDX-License-Identifier: Apache-2.0
 *
 * Sequentially consistent throughout: who was told of a write reads the generation that it moved.
 */
#include "keneyapp/cache/generations.h"

#include "base/util.h"
#include "keneyapp/model/entity.h"

_Static_assert((int)ENTITY_COUNT <= (int)GENERATIONS_ENTITIES, "a generation for every entity");

static size_t row_of(int64_t tenant)
{
    return (uint64_t)tenant % GENERATIONS_TENANTS;
}

uint64_t generations_stamp(const struct generations *generations, int64_t tenant, unsigned entities)
{
    const _Atomic uint64_t *row = generations->cells[row_of(tenant)];
    uint64_t stamp = atomic_load(&generations->all);
    for (; entities; entities &= entities - 1)
        stamp += atomic_load(&row[MIN_OF(__builtin_ctz(entities), GENERATIONS_ENTITIES - 1)]);
    return stamp;
}

void generations_move(struct generations *generations, int64_t tenant, unsigned entities)
{
    _Atomic uint64_t *row = generations->cells[row_of(tenant)];
    for (; entities; entities &= entities - 1)
        atomic_fetch_add(&row[MIN_OF(__builtin_ctz(entities), GENERATIONS_ENTITIES - 1)], 1);
}

void generations_move_all(struct generations *generations)
{
    atomic_fetch_add(&generations->all, 1);
}
