/* SPDX-License-Identifier: Apache-2.0
 *
 * Single letters (code points) of UTF-8 text.
 */
#ifndef KENEYAPP_MODEL_LETTER_H
#define KENEYAPP_MODEL_LETTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum {
    LETTER_MAX_BYTES = 4,
    LETTER_UNREADABLE = 0xfffd, /* U+FFFD REPLACEMENT CHARACTER */
};

/* Takes the first letter off a text that is not empty; a byte that begins none is
 * LETTER_UNREADABLE. */
uint32_t letter_next(struct span *text);

/* Writes a letter as UTF-8 and returns how many bytes it has. */
size_t letter_write(uint32_t letter, char to[LETTER_MAX_BYTES]);

/* Nothing, or white space only (Unicode's property White_Space, PropList.txt, version 15). */
bool letter_all_space(struct span text);

#endif
