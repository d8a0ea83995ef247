/* SPDX-License-Identifier: Apache-2.0
 *
 * How a load is shared out among its workers.
 */
#ifndef RUN_SHARE_H
#define RUN_SHARE_H

#include <stdint.h>

/* The n-th, from 0, of `parts` shares of `whole` that differ by one at most. */
static inline uint64_t share_of(uint64_t whole, unsigned parts, unsigned n)
{
    return whole / parts + (n < whole % parts);
}

#endif
