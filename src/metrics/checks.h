/* SPDX-License-Identifier: Apache-2.0
 *
 * The index behind a snapshot's checks: finds a row by group path and name. It remembers the texts
 * it has seen when the snapshot is emptied, so that a recycled snapshot counts the same checks
 * again without allocating.
 */
#ifndef METRICS_CHECKS_H
#define METRICS_CHECKS_H

#include <stddef.h>

#include "base/span.h"

struct check_index;

struct check_index *check_index_new(void);
void check_index_free(struct check_index **index);

/* No row is in use any more; texts stay. */
void check_index_reset(struct check_index *index);

/* Where the row stands, or `next` after giving it that place. `*path` and `*name` become the
 * index's own copies, valid until it is freed. */
size_t check_index_place(struct check_index *index, size_t next, struct span *path,
                         struct span *name);

#endif
