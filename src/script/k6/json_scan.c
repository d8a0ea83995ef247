/* SPDX-License-Identifier: Apache-2.0
 *
 * Members and elements are found one after another; a value is skipped by counting brackets
 * outside of strings.
 */
#include "script/k6/json_scan.h"

#include <stdint.h>

#include "base/strbuf.h"
#include "http/charset.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct span *cursor)
{
    while (cursor->len && is_space(*cursor->ptr))
        *cursor = span_of(cursor->ptr + 1, cursor->len - 1);
}

static void advance(struct span *cursor, size_t count)
{
    *cursor = span_of(cursor->ptr + count, cursor->len - count);
}

/* Length of the string that `text` starts with, quotes included; 0 when it does not end. */
static size_t string_length(struct span text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '"')
            return i + 1;
    }
    return 0;
}

/* Of an object or array; 0 when it does not end or its brackets do not match. */
static size_t container_length(struct span text)
{
    char closers[JSON_SCAN_MAX_DEPTH];
    size_t depth = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"') {
            size_t len = string_length(span_of(text.ptr + i, text.len - i));
            if (!len)
                return 0;
            i += len - 1;
        } else if (c == '{' || c == '[') {
            if (depth == JSON_SCAN_MAX_DEPTH)
                return 0;
            closers[depth++] = c == '{' ? '}' : ']';
        } else if (c == '}' || c == ']') {
            if (closers[--depth] != c)
                return 0;
            if (depth == 0)
                return i + 1;
        }
    }
    return 0;
}

static bool is_word_byte(char c)
{
    char lower = c | 0x20;
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '+' ||
           c == '.';
}

/* Of a number, true, false or null. */
static size_t word_length(struct span text)
{
    size_t i = 0;
    while (i < text.len && is_word_byte(text.ptr[i]))
        i++;
    return i;
}

bool json_scan_value(struct span *cursor, struct span *ret)
{
    skip_space(cursor);
    if (!cursor->len)
        return false;
    char c = *cursor->ptr;
    size_t len;
    if (c == '"')
        len = string_length(*cursor);
    else if (c == '{' || c == '[')
        len = container_length(*cursor);
    else
        len = word_length(*cursor);
    if (!len)
        return false;
    *ret = span_head(*cursor, len);
    advance(cursor, len);
    return true;
}

bool json_scan_open(struct span *cursor, char open)
{
    skip_space(cursor);
    if (!cursor->len || *cursor->ptr != open)
        return false;
    advance(cursor, 1);
    return true;
}

/* The comma before all but the first one was taken by the caller of the one before. */
static void skip_comma(struct span *cursor)
{
    skip_space(cursor);
    if (cursor->len && *cursor->ptr == ',')
        advance(cursor, 1);
    skip_space(cursor);
}

bool json_scan_member(struct span *cursor, struct span *ret_key, struct span *ret_value,
                      bool *ret_bad)
{
    skip_space(cursor);
    *ret_bad = false;
    if (cursor->len && *cursor->ptr == '}')
        return false;
    *ret_bad = true;
    if (!cursor->len || *cursor->ptr != '"' || !json_scan_value(cursor, ret_key) ||
        !json_scan_open(cursor, ':') || !json_scan_value(cursor, ret_value))
        return false;
    skip_comma(cursor);
    *ret_bad = false;
    return true;
}

bool json_scan_element(struct span *cursor, struct span *ret_value, bool *ret_bad)
{
    skip_space(cursor);
    *ret_bad = false;
    if (cursor->len && *cursor->ptr == ']')
        return false;
    *ret_bad = !json_scan_value(cursor, ret_value);
    if (*ret_bad)
        return false;
    skip_comma(cursor);
    return true;
}

/* The four digits of \uXXXX at `text`; -1 when they are not there. */
static int32_t read_unit(struct span text)
{
    int32_t unit = 0;
    if (text.len < 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        int digit = charset_hex_digit(text.ptr[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

static void add_utf8(struct strbuf *out, uint32_t c)
{
    if (c < 0x80) {
        strbuf_addc(out, (char)c);
    } else if (c < 0x800) {
        strbuf_addc(out, (char)(0xc0 | c >> 6));
        strbuf_addc(out, (char)(0x80 | (c & 63)));
    } else if (c < 0x10000) {
        strbuf_addc(out, (char)(0xe0 | c >> 12));
        strbuf_addc(out, (char)(0x80 | (c >> 6 & 63)));
        strbuf_addc(out, (char)(0x80 | (c & 63)));
    } else {
        strbuf_addc(out, (char)(0xf0 | c >> 18));
        strbuf_addc(out, (char)(0x80 | (c >> 12 & 63)));
        strbuf_addc(out, (char)(0x80 | (c >> 6 & 63)));
        strbuf_addc(out, (char)(0x80 | (c & 63)));
    }
}

/* Behind "\u"; surrogate pairs are one character. Returns how much of `text` it took. */
static size_t add_unicode(struct span text, struct strbuf *out)
{
    int32_t unit = read_unit(text);
    if (unit < 0)
        return 0;
    if (unit >= 0xd800 && unit < 0xdc00 && text.len >= 10 && text.ptr[4] == '\\' &&
        text.ptr[5] == 'u') {
        int32_t low = read_unit(span_from(text, 6));
        if (low >= 0xdc00 && low < 0xe000) {
            add_utf8(out, 0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(low - 0xdc00));
            return 10;
        }
    }
    add_utf8(out, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : (uint32_t)unit);
    return 4;
}

void json_scan_unquote(struct span string, struct strbuf *out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    if (string.len < 2)
        return;
    string = span_of(string.ptr + 1, string.len - 2);
    for (size_t i = 0; i < string.len; i++) {
        char c = string.ptr[i];
        if (c != '\\' || i + 1 == string.len) {
            strbuf_addc(out, c);
            continue;
        }
        c = string.ptr[++i];
        const char *at = c ? strchr(from, c) : NULL;
        if (c == 'u')
            i += add_unicode(span_from(string, i + 1), out);
        else
            strbuf_addc(out, at ? to[at - from] : c);
    }
}
