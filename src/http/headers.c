/* SPDX-License-Identifier: Apache-2.0
 *
 * Ordered header fields.
 */
#include "http/headers.h"

#include "http/charset.h"

#define FIRST_CAPACITY 16

static void reserve_one(struct headers *headers, struct arena *arena)
{
    if (headers->count < headers->cap)
        return;
    size_t cap = headers->cap ? 2 * headers->cap : FIRST_CAPACITY;
    struct header *items = ARENA_NEW_ARRAY(arena, struct header, cap);
    if (headers->count)
        memcpy(items, headers->items, headers->count * sizeof(items[0]));
    headers->items = items;
    headers->cap = cap;
}

void headers_add(struct headers *headers, struct arena *arena, struct span name, struct span value)
{
    reserve_one(headers, arena);
    headers->items[headers->count++] =
        (struct header){arena_dup_span(arena, name), arena_dup_span(arena, value)};
}

/* Index of the first field of that name from `start` on, or the count. */
static size_t find_from(const struct headers *headers, size_t start, struct span name)
{
    while (start < headers->count && !span_equal_nocase(headers->items[start].name, name))
        start++;
    return start;
}

static void remove_from(struct headers *headers, size_t start, struct span name)
{
    size_t kept = start;
    for (size_t i = start; i < headers->count; i++)
        if (!span_equal_nocase(headers->items[i].name, name))
            headers->items[kept++] = headers->items[i];
    headers->count = kept;
}

void headers_set(struct headers *headers, struct arena *arena, struct span name, struct span value)
{
    size_t at = find_from(headers, 0, name);
    if (at == headers->count) {
        headers_add(headers, arena, name, value);
        return;
    }
    headers->items[at].value = arena_dup_span(arena, value);
    remove_from(headers, at + 1, name);
}

void headers_remove(struct headers *headers, struct span name)
{
    remove_from(headers, 0, name);
}

const struct header *headers_find(const struct headers *headers, struct span name)
{
    size_t at = find_from(headers, 0, name);
    return at < headers->count ? &headers->items[at] : NULL;
}

struct span headers_get(const struct headers *headers, struct span name)
{
    const struct header *header = headers_find(headers, name);
    return header ? header->value : SPAN_EMPTY;
}

static size_t joined_len(const struct headers *headers, struct span name)
{
    size_t len = 0;
    for (size_t i = find_from(headers, 0, name); i < headers->count;
         i = find_from(headers, i + 1, name))
        len += headers->items[i].value.len + 2;
    return len;
}

static char *append(char *at, struct span text)
{
    if (text.len)
        memcpy(at, text.ptr, text.len);
    return at + text.len;
}

struct span headers_joined(const struct headers *headers, struct arena *arena, struct span name)
{
    size_t i = find_from(headers, 0, name);
    if (i == headers->count || find_from(headers, i + 1, name) == headers->count)
        return i == headers->count ? SPAN_EMPTY : headers->items[i].value;
    char *joined = arena_alloc(arena, joined_len(headers, name) + 1);
    char *end = append(joined, headers->items[i].value);
    while ((i = find_from(headers, i + 1, name)) < headers->count)
        end = append(append(end, SPAN(", ")), headers->items[i].value);
    return span_of(joined, (size_t)(end - joined));
}

struct span headers_canonical_name(struct arena *arena, struct span name)
{
    char *copy = arena_dup(arena, name);
    if (!charset_is_token(name))
        return span_of(copy, name.len);
    for (size_t i = 0; i < name.len; i++) {
        bool begins_word = i == 0 || copy[i - 1] == '-';
        char (*in_case)(char) = begins_word ? charset_upper : charset_lower;
        copy[i] = in_case(copy[i]);
    }
    return span_of(copy, name.len);
}
