/* SPDX-License-Identifier: Apache-2.0
 *
 * What all pools have in common.
 */
#include "run/pool.h"

#include "base/util.h"

void pool_free(struct pool **ptr)
{
    struct pool *pool = TAKE(*ptr);
    if (pool)
        pool->ops->free(pool);
}
