/* SPDX-License-Identifier: Apache-2.0
 *
 * An answer as bytes, for Redis. Little-endian:
 *
 *     u8 version (1) · u32 length of each of stamp, ETag, content type, body, gzip, brotli · these
 *
 * Nothing before or after. Other versions are other programs' business: not read.
 */
#ifndef KENEYAPP_CACHE_PACKED_H
#define KENEYAPP_CACHE_PACKED_H

#include "keneyapp/cache/cache.h"

struct strbuf;

enum {
    PACKED_VERSION = 1,
    PACKED_PARTS = 6,
    PACKED_HEAD_BYTES = 1 + 4 * PACKED_PARTS,
};

struct packed {
    struct span stamp; /* struct redis_stamp's text */
    struct cached_parts parts;
};

void packed_write(const struct packed *packed, struct strbuf *out);

/* What is in `bytes`, borrowed from there; false: something else is. */
bool packed_read(struct span bytes, struct packed *ret);

#endif
