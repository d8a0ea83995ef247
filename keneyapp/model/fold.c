/* SPDX-License-Identifier: Apache-2.0
 *
 * Lower case by a short table of ranges (Unicode 15, simple lowercase mappings), because the
 * library's towlower() depends on the locales that are installed.
 */
#include "keneyapp/model/fold.h"

#include "base/util.h"

enum fold_rule {
    FOLD_ADD,  /* plus `by` */
    FOLD_EVEN, /* even ones are capitals of the next */
    FOLD_ODD,  /* odd ones are */
};

static const struct fold_range {
    uint32_t first, last;
    enum fold_rule rule;
    int by;
} RANGES[] = {
    {0x41, 0x5a, FOLD_ADD, 32},   {0xc0, 0xd6, FOLD_ADD, 32},     {0xd8, 0xde, FOLD_ADD, 32},
    {0x100, 0x12f, FOLD_EVEN, 0}, {0x132, 0x137, FOLD_EVEN, 0},   {0x139, 0x148, FOLD_ODD, 0},
    {0x14a, 0x177, FOLD_EVEN, 0}, {0x178, 0x178, FOLD_ADD, -121}, {0x179, 0x17e, FOLD_ODD, 0},
    {0x386, 0x386, FOLD_ADD, 38}, {0x388, 0x38a, FOLD_ADD, 37},   {0x38c, 0x38c, FOLD_ADD, 64},
    {0x38e, 0x38f, FOLD_ADD, 63}, {0x391, 0x3a1, FOLD_ADD, 32},   {0x3a3, 0x3ab, FOLD_ADD, 32},
    {0x400, 0x40f, FOLD_ADD, 80}, {0x410, 0x42f, FOLD_ADD, 32},   {0x460, 0x481, FOLD_EVEN, 0},
    {0x48a, 0x4bf, FOLD_EVEN, 0}, {0x1e00, 0x1e95, FOLD_EVEN, 0}, {0x1ea0, 0x1eff, FOLD_EVEN, 0},
};

static uint32_t fold_letter(uint32_t letter)
{
    for (size_t i = 0; i < COUNT_OF(RANGES); i++) {
        const struct fold_range *range = &RANGES[i];
        if (letter < range->first || letter > range->last)
            continue;
        if (range->rule == FOLD_ADD)
            return (uint32_t)((int)letter + range->by);
        return letter + ((letter & 1) == (range->rule == FOLD_ODD));
    }
    return letter;
}

/* `len` is that of a whole UTF-8 sequence. */
static uint32_t decode(const char *at, size_t len)
{
    static const unsigned char FIRST_BITS[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t letter = (unsigned char)at[0] & FIRST_BITS[len];
    for (size_t i = 1; i < len; i++)
        letter = letter << 6 | ((unsigned char)at[i] & 0x3f);
    return letter;
}

/* Letters that have a case are one to three bytes long, in both. */
static size_t encode(uint32_t letter, char *to)
{
    if (letter < 0x80) {
        to[0] = (char)letter;
        return 1;
    }
    if (letter < 0x800) {
        to[0] = (char)(0xc0 | letter >> 6);
        to[1] = (char)(0x80 | (letter & 0x3f));
        return 2;
    }
    to[0] = (char)(0xe0 | letter >> 12);
    to[1] = (char)(0x80 | (letter >> 6 & 0x3f));
    to[2] = (char)(0x80 | (letter & 0x3f));
    return 3;
}

static size_t fold_sequence(struct span text, size_t len, char *to)
{
    uint32_t letter = decode(text.ptr, len);
    uint32_t folded = fold_letter(letter);
    if (folded != letter)
        return encode(folded, to);
    memcpy(to, text.ptr, len);
    return len;
}

struct span fold_text(struct arena *arena, struct span text)
{
    char *folded = arena_alloc(arena, 3 * text.len + 1); /* a bad byte becomes three */
    size_t at = 0;
    while (text.len) {
        size_t len = span_utf8_length(text);
        at += len ? fold_sequence(text, len, folded + at) : encode(0xfffd, folded + at);
        text = span_from(text, len ? len : 1);
    }
    return span_of(folded, at);
}
