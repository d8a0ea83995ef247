/* SPDX-License-Identifier: Apache-2.0
 *
 * Borrowed text: a pointer and a length, never NUL-terminated by contract. Whoever hands out a
 * span says until when it is valid.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"

struct span {
    const char *ptr;
    size_t len;
};

#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})
#define SPAN_EMPTY    ((struct span){NULL, 0})

/* For printf: "%.*s", SPAN_ARG(span). */
#define SPAN_ARG(span) (int)(span).len, ((span).ptr ? (span).ptr : "")

static inline struct span span_of(const char *ptr, size_t len)
{
    return (struct span){ptr, len};
}

/* NULL gives the empty span. */
static inline struct span span_cstr(const char *text)
{
    return (struct span){text, text ? strlen(text) : 0};
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline struct span span_from(struct span s, size_t start)
{
    return start >= s.len ? SPAN_EMPTY : span_of(s.ptr + start, s.len - start);
}

static inline struct span span_head(struct span s, size_t len)
{
    return span_of(s.ptr, MIN_OF(len, s.len));
}

/* ASCII case is ignored (RFC 9110 field names, DNS names). */
bool span_equal_nocase(struct span a, struct span b);

bool span_starts_with(struct span s, struct span prefix);
bool span_ends_with(struct span s, struct span suffix);

/* -1, 0 or 1; bytes compared unsigned, shorter first. */
int span_compare(struct span a, struct span b);

/* Index of the first `c`, or -1. */
ptrdiff_t span_find(struct span s, char c);

/* Spaces and tabs cut off at both ends (RFC 9110 OWS). */
struct span span_trim(struct span s);

/* Everything before the first `separator` (all of it when absent); `*rest` is what follows. */
struct span span_cut(struct span s, char separator, struct span *ret_rest);

/* Decimal digits only, no sign, no overflow past `max`; 0 or -1. */
MUST_CHECK int span_to_u64(struct span s, uint64_t max, uint64_t *ret_value);

/* Length of the UTF-8 sequence that `s`, which is not empty, starts with (RFC 3629: no overlong
 * forms, no surrogates, nothing above U+10FFFF); 0 when it is none. */
size_t span_utf8_length(struct span s);

/* 64-bit hash (FNV-1a with a final mix); not for hostile input of unbounded size. */
uint64_t span_hash(struct span s);

#endif
