/* SPDX-License-Identifier: Apache-2.0
 *
 * The generations in Redis that an answer was computed under, as text: the epoch (a random name
 * that changes whenever something may have been missed) and a number per entity. Equal texts:
 * nothing was written in between.
 */
#ifndef KENEYAPP_CACHE_STAMP_H
#define KENEYAPP_CACHE_STAMP_H

#include <stddef.h>

enum {
    REDIS_STAMP_MAX_BYTES = 400, /* 32 digits of the epoch, and 20 for each of 16 entities */
};

struct redis_stamp {
    size_t len; /* 0: Redis is not there, nothing is to be kept in it */
    char text[REDIS_STAMP_MAX_BYTES];
};

#endif
