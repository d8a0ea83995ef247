/* SPDX-License-Identifier: Apache-2.0
 *
 * The character classes of HTTP. Both questions are asked of every header of every response, so
 * names go through a table and values through eight bytes at a time.
 */
#include "http/charset.h"

#define EVERY_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

static const bool TOKEN[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['!'] = true,  ['#'] = true,
    ['$'] = true,         ['%'] = true,         ['&'] = true,         ['\''] = true, ['*'] = true,
    ['+'] = true,         ['-'] = true,         ['.'] = true,         ['^'] = true,  ['_'] = true,
    ['`'] = true,         ['|'] = true,         ['~'] = true,
};

size_t charset_token_len(struct span text)
{
    size_t len = 0;
    while (len < text.len && TOKEN[(unsigned char)text.ptr[len]])
        len++;
    return len;
}

bool charset_is_token(struct span text)
{
    return text.len > 0 && charset_token_len(text) == text.len;
}

static bool is_value_byte(char c)
{
    unsigned char byte = (unsigned char)c;
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

static bool is_value_bytewise(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_value_byte(text.ptr[i]))
            return false;
    return true;
}

/* May say yes for a tab or for text above 127 next to one; never misses a control character. */
static bool may_have_control(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    uint64_t del = word ^ EVERY_BYTE(0x7f);
    uint64_t below_space = (word - EVERY_BYTE(0x20)) & ~word;
    uint64_t is_del = (del - EVERY_BYTE(1)) & ~del;
    return ((below_space | is_del) & EVERY_BYTE(0x80)) != 0;
}

bool charset_is_field_value(struct span text)
{
    if (text.len < sizeof(uint64_t))
        return is_value_bytewise(text);
    const char *last = text.ptr + text.len - sizeof(uint64_t);
    for (const char *at = text.ptr; at < last; at += sizeof(uint64_t))
        if (may_have_control(at))
            return is_value_bytewise(text);
    return !may_have_control(last) || is_value_bytewise(text);
}
