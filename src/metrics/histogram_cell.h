/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a double belongs: the sign, the exponent and the top 9 bits of the mantissa, turned into a
 * number that ascends with the value. Shared by the histogram and its codec. Zero itself is not a
 * cell (histogram.zeros); the cells beside it hold denormals, where the error is absolute
 * (2^-1031) and no longer relative. Infinities have a cell each.
 */
#ifndef METRICS_HISTOGRAM_CELL_H
#define METRICS_HISTOGRAM_CELL_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define CELL_SHIFT    43                  /* 52 bits of mantissa, of which 9 are kept */
#define CELL_ZERO     (UINT32_C(1) << 20) /* the first cell above zero */
#define CELL_SIGN     (UINT64_C(1) << 63)
#define CELL_LOW_BITS ((UINT64_C(1) << CELL_SHIFT) - 1)

/* Not for NaN. */
static inline uint32_t cell_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    uint64_t flip = (uint64_t)((int64_t)bits >> 63) | CELL_SIGN; /* negative: all bits */
    return (uint32_t)((bits ^ flip) >> CELL_SHIFT);
}

/* The value in cell `cell` whose dropped mantissa bits are `low_bits`. */
static inline double cell_value(uint32_t cell, uint64_t low_bits)
{
    uint64_t top = (uint64_t)cell << CELL_SHIFT;
    uint64_t bits = (cell >= CELL_ZERO ? top ^ CELL_SIGN : ~top & ~CELL_LOW_BITS) | low_bits;
    double value;
    memcpy(&value, &bits, sizeof(value));
    if (isnan(value))
        return cell >= CELL_ZERO ? INFINITY : -INFINITY;
    return value;
}

static inline double cell_lowest(uint32_t cell)
{
    return cell_value(cell, cell >= CELL_ZERO ? 0 : CELL_LOW_BITS);
}

static inline double cell_highest(uint32_t cell)
{
    return cell_value(cell, cell >= CELL_ZERO ? CELL_LOW_BITS : 0);
}

static inline double cell_middle(uint32_t cell)
{
    return cell_value(cell, UINT64_C(1) << (CELL_SHIFT - 1));
}

#endif
