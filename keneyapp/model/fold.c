/* SPDX-License-Identifier: Apache-2.0
 *
 * Letter by letter through a table, because what the library's functions do depends on the locales
 * that are installed.
 */
#include "keneyapp/model/fold.h"

#include "keneyapp/model/fold_table.h"
#include "keneyapp/model/letter.h"

static uint32_t small_letter(uint32_t letter)
{
    for (size_t i = 0; i < FOLD_RANGE_COUNT && letter >= FOLD_RANGES[i].first; i++) {
        const struct fold_range *range = &FOLD_RANGES[i];
        if (letter <= range->last && (letter - range->first) % range->step == 0)
            return (uint32_t)((int32_t)letter + range->add);
    }
    return letter;
}

/* What a code of a block stands for; returns how many bytes that is. */
static size_t write_code(uint16_t code, char *to)
{
    if (!code)
        return 0;
    if (code < FOLD_PAIR)
        return letter_write(code, to);
    to[0] = (char)(code >> 8);
    to[1] = (char)(code & 0xff);
    return 2;
}

static char fold_byte(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static size_t fold_letter(uint32_t letter, char *to)
{
    if (letter < 0x80) {
        to[0] = fold_byte((char)letter);
        return 1;
    }
    for (size_t i = 0; i < FOLD_BLOCK_COUNT; i++) {
        const struct fold_block *block = &FOLD_BLOCKS[i];
        if (letter >= block->first && letter <= block->last)
            return write_code(block->codes[letter - block->first], to);
    }
    return letter_write(small_letter(letter), to);
}

struct span fold_text(struct arena *arena, struct span text)
{
    char *folded = arena_alloc(arena, 3 * text.len + LETTER_MAX_BYTES); /* a bad byte has three */
    size_t len = 0;
    while (text.len)
        len += fold_letter(letter_next(&text), folded + len);
    return span_of(folded, len);
}

void fold_ascii(struct span text, char *to)
{
    for (size_t i = 0; i < text.len; i++)
        to[i] = fold_byte(text.ptr[i]);
}
