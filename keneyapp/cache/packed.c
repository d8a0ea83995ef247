/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/cache/packed.h"

#include "base/strbuf.h"

static void add_u32(struct strbuf *out, size_t value)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
        strbuf_addc(out, (char)(value >> shift & 0xff));
}

static size_t read_u32(const char *at)
{
    size_t value = 0;
    for (unsigned i = 0; i < 4; i++)
        value |= (size_t)(unsigned char)at[i] << 8 * i;
    return value;
}

/* The parts in the order of the format. */
static void parts_of(struct packed *packed, struct span *ret[PACKED_PARTS])
{
    ret[0] = &packed->stamp;
    ret[1] = &packed->parts.etag;
    ret[2] = &packed->parts.content_type;
    ret[3] = &packed->parts.body;
    ret[4] = &packed->parts.gzip;
    ret[5] = &packed->parts.brotli;
}

void packed_write(const struct packed *packed, struct strbuf *out)
{
    struct packed copy = *packed;
    struct span *parts[PACKED_PARTS];
    parts_of(&copy, parts);
    strbuf_addc(out, PACKED_VERSION);
    for (size_t i = 0; i < PACKED_PARTS; i++)
        add_u32(out, parts[i]->len);
    for (size_t i = 0; i < PACKED_PARTS; i++)
        strbuf_add_span(out, *parts[i]);
}

bool packed_read(struct span bytes, struct packed *ret)
{
    struct packed packed;
    struct span *parts[PACKED_PARTS];
    parts_of(&packed, parts);
    if (bytes.len < PACKED_HEAD_BYTES || bytes.ptr[0] != PACKED_VERSION)
        return false;
    struct span rest = span_from(bytes, PACKED_HEAD_BYTES);
    for (size_t i = 0; i < PACKED_PARTS; i++) {
        size_t len = read_u32(bytes.ptr + 1 + 4 * i);
        if (len > rest.len)
            return false;
        *parts[i] = span_head(rest, len);
        rest = span_from(rest, len);
    }
    if (rest.len > 0)
        return false;
    *ret = packed;
    return true;
}
