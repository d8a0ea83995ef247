/* SPDX-License-Identifier: Apache-2.0
 *
 * HdrHistogram's V2 encoding. All integers are big-endian but for the counts, which are ZigZag
 * LEB128 numbers of at most 9 bytes (the ninth carries 8 bits); a negative one stands for so many
 * counts that are zero.
 */
#include "output/hdr_histogram.h"

#include <assert.h>
#include <endian.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "metrics/histogram.h"

enum {
    COOKIE = 0x1c849313,            /* V2, words of "8 bytes" */
    COMPRESSED_COOKIE = 0x1c849314, /* the same, deflated */
    SIGNIFICANT_DIGITS = 3,
    SUB_BUCKET_BITS = 11, /* 2,048 sub-buckets keep 3 digits */
    HEADER_BYTES = 40,
    PAYLOAD_MAX_BYTES = 1 << 20, /* every count of 64 octaves in 9 bytes is 600 kB */
};

static const uint64_t USUAL_HIGHEST_NS = 3600 * (uint64_t)NSEC_PER_SEC;

/* The counts so far; neighbours in our cells may share one of HdrHistogram's. */
struct counts {
    struct strbuf *out;
    const struct histogram *trend;
    uint64_t index, count; /* the count that is being added up; none yet: count 0 */
    uint64_t next;         /* index behind the last one that was written */
    uint64_t left;         /* values that are still to come */
};

static void put_u32(struct strbuf *out, uint32_t value)
{
    const unsigned char bytes[] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                                   (unsigned char)(value >> 8), (unsigned char)value};
    strbuf_add(out, bytes, sizeof(bytes));
}

static void put_u64(struct strbuf *out, uint64_t value)
{
    put_u32(out, (uint32_t)(value >> 32));
    put_u32(out, (uint32_t)value);
}

static void put_double(struct strbuf *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    put_u64(out, bits);
}

static void put_zigzag(struct strbuf *out, int64_t value)
{
    uint64_t rest = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
    for (int i = 0; i < 8 && rest >> 7; i++, rest >>= 7)
        strbuf_addc(out, (char)(rest | 0x80));
    strbuf_addc(out, (char)rest);
}

static uint64_t to_ns(double ms)
{
    if (!(ms > 0))
        return 0;
    return ms < 9e12 ? (uint64_t)llround(ms * 1e6) : (uint64_t)INT64_MAX;
}

static uint64_t index_of(uint64_t ns)
{
    uint64_t mask = (UINT64_C(1) << SUB_BUCKET_BITS) - 1;
    unsigned bucket = 64 - SUB_BUCKET_BITS - (unsigned)__builtin_clzll(ns | mask);
    uint64_t half = UINT64_C(1) << (SUB_BUCKET_BITS - 1);
    return (bucket + 1) * half + (ns >> bucket) - half;
}

static void write_pending(struct counts *counts)
{
    uint64_t zeros = counts->index - counts->next;
    if (counts->count == 0)
        return;
    if (zeros > 0)
        put_zigzag(counts->out, zeros == 1 ? 0 : -(int64_t)zeros);
    put_zigzag(counts->out, (int64_t)counts->count);
    counts->next = counts->index + 1;
    counts->count = 0;
}

static void add(struct counts *counts, double ms, uint64_t times)
{
    uint64_t index = index_of(to_ns(ms));
    if (times == 0)
        return;
    if (index != counts->index)
        write_pending(counts);
    counts->index = index;
    counts->count += times;
}

static double clamp(double value, double min, double max)
{
    return value < min ? min : value > max ? max : value;
}

/* The first and the last value of all go in as they are. */
static void add_cell(void *arg, double lowest, double highest, uint64_t count)
{
    struct counts *counts = arg;
    const struct histogram *trend = counts->trend;
    bool is_first = counts->left == trend->count;
    counts->left -= count;
    uint64_t at_max = counts->left == 0, at_min = is_first && count > at_max;
    if (at_min)
        add(counts, trend->min, 1);
    add(counts, clamp(lowest + (highest - lowest) / 2, trend->min, trend->max),
        count - at_min - at_max);
    if (at_max)
        add(counts, trend->max, 1);
}

static void write_payload(const struct histogram *trend, struct strbuf *out)
{
    uint64_t max_ns = trend->count ? to_ns(trend->max) : 0;
    struct counts counts = {.out = out, .trend = trend, .left = trend->count};
    put_u32(out, COOKIE);
    put_u32(out, 0); /* length of the counts, below */
    put_u32(out, 0); /* normalizing index offset */
    put_u32(out, SIGNIFICANT_DIGITS);
    put_u64(out, 1); /* lowest discernible value */
    put_u64(out, MAX_OF(max_ns, USUAL_HIGHEST_NS));
    put_double(out, 1); /* integer to double ratio */
    histogram_each(trend, add_cell, &counts);
    write_pending(&counts);
    uint32_t length = htobe32((uint32_t)(out->len - HEADER_BYTES));
    memcpy(out->ptr + sizeof(uint32_t), &length, sizeof(length));
}

void hdr_histogram_encode(const struct histogram *trend, struct strbuf *out)
{
    AUTO(strbuf_done) struct strbuf payload = STRBUF_INIT(PAYLOAD_MAX_BYTES);
    write_payload(trend, &payload);
    uLongf length = compressBound(payload.len);
    put_u32(out, COMPRESSED_COOKIE);
    size_t length_at = out->len;
    put_u32(out, 0);
    char *room = strbuf_reserve(out, length);
    if (!room)
        return;
    int result = compress((Bytef *)room, &length, (const Bytef *)payload.ptr, payload.len);
    assert(result == Z_OK); /* there is room for the worst case */
    (void)result;
    strbuf_commit(out, length);
    uint32_t written = htobe32((uint32_t)length);
    memcpy(out->ptr + length_at, &written, sizeof(written));
}
