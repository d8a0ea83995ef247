/* SPDX-License-Identifier: Apache-2.0
 *
 * The letters' table of model/fold.c: whole blocks for Latin, Greek and Cyrillic, ranges for what
 * other scripts have capitals for.
 */
#ifndef KENEYAPP_MODEL_FOLD_TABLE_H
#define KENEYAPP_MODEL_FOLD_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum {
    FOLD_PAIR = 0x6100, /* from here on a code is two ASCII letters, one per byte */
};

/* A code per letter: what it becomes; 0: nothing, for it is a mark on the letter before. */
struct fold_block {
    uint32_t first, last;
    const uint16_t *codes;
};

/* Every `step`-th letter from the first to the last becomes itself plus `add`. */
struct fold_range {
    uint32_t first, last, step;
    int32_t add;
};

extern const struct fold_block FOLD_BLOCKS[];
extern const struct fold_range FOLD_RANGES[]; /* in order */
extern const size_t FOLD_BLOCK_COUNT, FOLD_RANGE_COUNT;

#endif
