/* SPDX-License-Identifier: Apache-2.0
 *
 * A YAML stream as trees of text, lists and maps, each node with its place, read through libyaml's
 * events. What configuration needs and no more: anchors, aliases and tags are refused by name, keys
 * are text and appear once, depth is bounded. All memory is the arena's.
 */
#ifndef SLO_YAML_TREE_H
#define SLO_YAML_TREE_H

#include <stddef.h>

#include "base/span.h"

struct arena;
struct error;

enum yaml_tree_kind {
    YAML_TREE_TEXT,
    YAML_TREE_LIST,
    YAML_TREE_MAP,
};

struct yaml_tree {
    enum yaml_tree_kind kind;
    int line, column;               /* of the key where there is one */
    struct span key;                /* of a member of a map; NUL-terminated */
    struct span text;               /* of text; NUL-terminated */
    struct yaml_tree *first, *next; /* children; siblings, and documents among each other */
};

/* The documents of `input`, NULL in `*ret_documents` when there are none. 0, or -1 with `err`
 * (104), place included. */
MUST_CHECK int yaml_tree_parse(struct arena *arena, struct span input, const char *file,
                               struct yaml_tree **ret_documents, struct error *err);

/* NULL when `map` is NULL, no map, or has no such key. */
const struct yaml_tree *yaml_tree_get(const struct yaml_tree *map, const char *key);

#endif
