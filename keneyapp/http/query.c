/* SPDX-License-Identifier: Apache-2.0
 *
 * URL-encoded text (WHATWG URL, section 5.1): `+` is a space, a broken escape stands for itself.
 */
#include "keneyapp/http/query.h"

#include <ctype.h>

static int hex_digit(char c)
{
    if (isdigit((unsigned char)c))
        return c - '0';
    return isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

static struct span decode(struct span text, struct arena *arena)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
        int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;
        if (text.ptr[i] == '%' && high >= 0 && low >= 0) {
            out[len++] = (char)(unsigned char)(high * 16 + low);
            i += 2;
        } else {
            out[len++] = text.ptr[i] == '+' ? ' ' : text.ptr[i];
        }
    }
    return span_of(out, len);
}

struct span query_value(struct span text, struct span name, struct arena *arena)
{
    while (text.len) {
        struct span value;
        struct span key = span_cut(span_cut(text, '&', &text), '=', &value);
        if (span_equal(decode(key, arena), name))
            return decode(value, arena);
    }
    return SPAN_EMPTY;
}

/* Decimal digits with an optional sign, cut off at the ends of int64_t; 0 or -1. */
static int parse_integer(struct span text, int64_t *ret)
{
    bool negative = text.len && text.ptr[0] == '-';
    struct span digits = span_from(text, text.len && strchr("+-", text.ptr[0]) ? 1 : 0);
    if (!digits.len)
        return -1;
    int64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (!isdigit((unsigned char)digits.ptr[i]))
            return -1;
        int digit = digits.ptr[i] - '0';
        value = value > (INT64_MAX - digit) / 10 ? INT64_MAX : value * 10 + digit;
    }
    *ret = negative ? -value : value;
    return 0;
}

static void read_bounded(struct span query, const char *name, struct arena *arena, int64_t *ret,
                         struct complaints *complaints)
{
    struct span text = query_value(query, span_cstr(name), arena);
    bool is_limit = strcmp(name, "limit") == 0;
    int64_t value;
    if (!text.ptr)
        return;
    if (parse_integer(span_trim(text), &value) != 0)
        complaints_add(complaints, "query", name, "int_parsing",
                       "Input should be a valid integer, unable to parse string as an integer");
    else if (value < (is_limit ? 1 : 0))
        complaints_add(complaints, "query", name, "greater_than_equal",
                       is_limit ? "Input should be greater than or equal to 1"
                                : "Input should be greater than or equal to 0");
    else if (is_limit && value > PAGE_LIMIT_MAX)
        complaints_add(complaints, "query", name, "less_than_equal",
                       "Input should be less than or equal to 1000");
    else
        *ret = value;
}

int query_page(struct span query, struct arena *arena, struct page *ret_page,
               struct complaints *complaints)
{
    *ret_page = (struct page){.skip = 0, .limit = PAGE_LIMIT_DEFAULT};
    read_bounded(query, "skip", arena, &ret_page->skip, complaints);
    read_bounded(query, "limit", arena, &ret_page->limit, complaints);
    return complaints->count ? -1 : 0;
}
