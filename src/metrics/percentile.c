/* SPDX-License-Identifier: Apache-2.0
 *
 * How many samples a percentile needs.
 */
#include "metrics/percentile.h"

#include <math.h>

#include "base/util.h"

static const double TAIL = 0.025; /* on each side of a 95 % interval */

uint64_t percentile_needs(double p)
{
    double share = p / 100, tail = MAX_OF(share, 1 - share);
    return tail < 1 ? (uint64_t)ceil(log(TAIL) / log(tail)) : 1;
}
