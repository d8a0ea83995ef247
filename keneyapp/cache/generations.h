/* SPDX-License-Identifier: Apache-2.0
 *
 * How often each (tenant, entity) was written to. An answer's stamp is the sum of the generations
 * it depends on; they only grow, so two stamps of one request are equal exactly when no generation
 * moved between them, and the larger one is the newer. Any thread, without locks.
 */
#ifndef KENEYAPP_CACHE_GENERATIONS_H
#define KENEYAPP_CACHE_GENERATIONS_H

#include <stdatomic.h>
#include <stdint.h>

enum {
    GENERATIONS_TENANTS = 1024, /* tenants that share a row invalidate each other, nothing worse */
    GENERATIONS_ENTITIES = 16,  /* bits of an entities mask; higher ones count as the last */
};

struct generations {
    _Atomic uint64_t all; /* moved by generations_move_all() */
    _Atomic uint64_t cells[GENERATIONS_TENANTS][GENERATIONS_ENTITIES];
};

uint64_t generations_stamp(const struct generations *generations, int64_t tenant,
                           unsigned entities);
void generations_move(struct generations *generations, int64_t tenant, unsigned entities);

/* Every stamp of every tenant is old. */
void generations_move_all(struct generations *generations);

#endif
