/* SPDX-License-Identifier: Apache-2.0
 *
 * The character classes of HTTP (RFC 9110 §5.5, §5.6.2), asked of whole spans. Pure; any thread.
 */
#ifndef HTTP_CHARSET_H
#define HTTP_CHARSET_H

#include <stdbool.h>

#include "base/span.h"

/* One or more token characters: a method, a field name, a cookie name. */
bool charset_is_token(struct span text);

/* How many token characters `text` begins with. */
size_t charset_token_len(struct span text);

/* No control character except tab; empty text and bytes above 127 are fine. */
bool charset_is_field_value(struct span text);

/* 0 to 15, or -1 when `c` is no hexadecimal digit. */
static inline int charset_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static inline char charset_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline char charset_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

static inline bool charset_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool charset_is_alnum(char c)
{
    char lower = charset_lower(c);
    return charset_is_digit(c) || (lower >= 'a' && lower <= 'z');
}

#endif
