/* SPDX-License-Identifier: Apache-2.0
 *
 * Intrusive doubly linked ring: `struct list` is both the head and the link in each element.
 * An element is on at most one list; list_remove() of an unlinked element is harmless.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

struct list {
    struct list *next, *prev;
};

static inline void list_init(struct list *list)
{
    list->next = list->prev = list;
}

static inline bool list_empty(const struct list *list)
{
    return list->next == list || list->next == NULL;
}

static inline void list_insert_before(struct list *at, struct list *item)
{
    item->prev = at->prev;
    item->next = at;
    at->prev->next = item;
    at->prev = item;
}

static inline void list_push_back(struct list *list, struct list *item)
{
    list_insert_before(list, item);
}

static inline void list_push_front(struct list *list, struct list *item)
{
    list_insert_before(list->next, item);
}

static inline void list_remove(struct list *item)
{
    if (!item->next)
        return;
    item->prev->next = item->next;
    item->next->prev = item->prev;
    item->next = item->prev = NULL;
}

static inline bool list_linked(const struct list *item)
{
    return item->next != NULL;
}

static inline struct list *list_first(const struct list *list)
{
    return list_empty(list) ? NULL : list->next;
}

static inline struct list *list_pop_front(struct list *list)
{
    struct list *item = list_first(list);
    if (item)
        list_remove(item);
    return item;
}

/* Moves every element of `from` to `to`, which need not be initialised; `from` is empty then. */
static inline void list_take_all(struct list *from, struct list *to)
{
    list_init(to);
    if (list_empty(from))
        return;
    *to = *from;
    to->next->prev = to->prev->next = to;
    list_init(from);
}

#define LIST_FOREACH(it, head) for (struct list *it = (head)->next; it != (head); it = it->next)

/* `it` may be removed inside the body. */
#define LIST_FOREACH_SAFE(it, head)                                                                \
    for (struct list *it = (head)->next, *it##_next = it->next; it != (head);                      \
         it = it##_next, it##_next = it->next)

#endif
