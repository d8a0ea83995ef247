/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks of a run as k6's tree of groups: what handleSummary(data).root_group and
 * --summary-export print. Built from the flat counts of a snapshot.
 */
#ifndef REPORT_CHECK_TREE_H
#define REPORT_CHECK_TREE_H

#include "base/arena.h"
#include "base/list.h"
#include "metrics/snapshot.h"

struct check_group {
    struct list link; /* in the parent's groups */
    struct span name, path;
    struct list groups;                /* of struct check_group */
    const struct check_count **checks; /* in order of first appearance */
    size_t check_count, check_cap;
};

/* The root (name and path empty); all memory in `arena`, counts borrowed from `total`. */
struct check_group *check_tree_new(struct arena *arena, const struct snapshot *total);

/* k6's id of a group or check: the MD5 of its path in hex, 33 bytes with the NUL. */
void check_tree_id(struct span path, char ret_hex[33]);

#endif
