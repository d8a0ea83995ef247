/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks of a run as a tree of groups.
 */
#include "report/check_tree.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "base/mem.h"

static struct check_group *group_new(struct arena *arena, struct span name, struct span path)
{
    struct check_group *group = ARENA_NEW(arena, struct check_group);
    group->name = arena_dup_span(arena, name);
    group->path = arena_dup_span(arena, path);
    list_init(&group->groups);
    return group;
}

static struct check_group *child_named(struct arena *arena, struct check_group *parent,
                                       struct span name)
{
    LIST_FOREACH (it, &parent->groups) {
        struct check_group *group = CONTAINER_OF(it, struct check_group, link);
        if (span_equal(group->name, name))
            return group;
    }
    char *path = arena_printf(arena, "%.*s::%.*s", SPAN_ARG(parent->path), SPAN_ARG(name));
    struct check_group *group = group_new(arena, name, span_cstr(path));
    list_push_back(&parent->groups, &group->link);
    return group;
}

static struct check_group *find_group(struct arena *arena, struct check_group *root,
                                      struct span path)
{
    struct check_group *group = root;
    while (span_starts_with(path, SPAN("::"))) {
        path = span_from(path, 2);
        size_t end = 0;
        while (end < path.len && !span_starts_with(span_from(path, end), SPAN("::")))
            end++;
        group = child_named(arena, group, span_head(path, end));
        path = span_from(path, end);
    }
    return group;
}

static void add_check(struct arena *arena, struct check_group *group,
                      const struct check_count *check)
{
    if (group->check_count == group->check_cap) {
        size_t cap = MAX_OF(group->check_cap * 2, (size_t)4);
        const struct check_count **grown = ARENA_NEW_ARRAY(arena, const struct check_count *, cap);
        for (size_t i = 0; i < group->check_count; i++)
            grown[i] = group->checks[i];
        group->checks = grown;
        group->check_cap = cap;
    }
    group->checks[group->check_count++] = check;
}

struct check_group *check_tree_new(struct arena *arena, const struct snapshot *total)
{
    struct check_group *root = group_new(arena, SPAN_EMPTY, SPAN_EMPTY);
    AUTO(mem_free) const struct check_count **checks = snapshot_checks_by_time(total);
    for (size_t i = 0; i < total->check_count; i++)
        add_check(arena, find_group(arena, root, checks[i]->group_path), checks[i]);
    return root;
}

void check_tree_id(struct span path, char ret_hex[33])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_Digest(path.len ? path.ptr : "", path.len, digest, NULL, EVP_md5(), NULL);
    for (int i = 0; i < 16; i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}
