/* SPDX-License-Identifier: Apache-2.0
 *
 * Interned tag sets. A tag set is immutable and unique in its table: equal sets are the same
 * pointer. Each knows which sub-metrics it belongs to, worked out once at interning, so that
 * recording never compares text. One table per worker (its thread only); sets live as long as
 * their table.
 */
#ifndef METRICS_TAGS_H
#define METRICS_TAGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct registry;

struct tag {
    struct span key, value; /* NUL-terminated, owned by the table */
};

struct tag_set {
    uint32_t id; /* dense, by table */
    uint32_t tag_count;
    const struct tag *tags; /* sorted by key, keys unique */
    uint32_t match_count;
    const uint32_t *matches; /* series ids of all sub-metrics whose selector holds, ascending */
};

struct tag_table;

/* `registry` is frozen, borrowed and outlives the table. */
struct tag_table *tag_table_new(const struct registry *registry);
void tag_table_free(struct tag_table **table);

const struct registry *tag_table_registry(const struct tag_table *table);

const struct tag_set *tag_set_empty(struct tag_table *table);

/* The set that is `base` plus the given tags (a later key replaces an earlier one). */
const struct tag_set *tag_set_with(struct tag_table *table, const struct tag_set *base,
                                   const struct tag *tags, size_t count);
const struct tag_set *tag_set_with1(struct tag_table *table, const struct tag_set *base,
                                    struct span key, struct span value);

/* `base` without one key. */
const struct tag_set *tag_set_without(struct tag_table *table, const struct tag_set *base,
                                      struct span key);

/* Empty span with ptr NULL when absent. */
struct span tag_set_get(const struct tag_set *set, struct span key);

/* Number of sets in the table: what memory grows with. */
size_t tag_table_count(const struct tag_table *table);

#endif
