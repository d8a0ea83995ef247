/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 as RFC 3629 has it.
 */
#include "keneyapp/model/letter.h"

#include "base/util.h"

uint32_t letter_next(struct span *text)
{
    static const unsigned char FIRST_BITS[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t len = span_utf8_length(*text);
    uint32_t letter = LETTER_UNREADABLE;
    if (len) {
        letter = (unsigned char)text->ptr[0] & FIRST_BITS[len];
        for (size_t i = 1; i < len; i++)
            letter = letter << 6 | ((unsigned char)text->ptr[i] & 0x3f);
    }
    *text = span_from(*text, len ? len : 1);
    return letter;
}

size_t letter_write(uint32_t letter, char to[LETTER_MAX_BYTES])
{
    static const unsigned char FIRST[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t len = letter < 0x80 ? 1 : letter < 0x800 ? 2 : letter < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, letter >>= 6)
        to[i] = (char)(0x80 | (letter & 0x3f));
    to[0] = (char)(FIRST[len] | letter);
    return len;
}

static bool is_space(uint32_t letter)
{
    static const struct {
        uint32_t first, last;
    } SPACES[] = {{0x09, 0x0d},     {0x20, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},
                  {0x1680, 0x1680}, {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f},
                  {0x205f, 0x205f}, {0x3000, 0x3000}};

    for (size_t i = 0; i < COUNT_OF(SPACES); i++)
        if (letter >= SPACES[i].first && letter <= SPACES[i].last)
            return true;
    return false;
}

bool letter_all_space(struct span text)
{
    while (text.len)
        if (!is_space(letter_next(&text)))
            return false;
    return true;
}
