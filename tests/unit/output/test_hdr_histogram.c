/* SPDX-License-Identifier: Apache-2.0
 *
 * The encoder against a decoder written from the format alone.
 */
#include <stdlib.h>
#include <zlib.h>

#include "base/strbuf.h"
#include "metrics/histogram.h"
#include "output/hdr_histogram.h"
#include "support/test.h"

enum {
    MAX_COUNTS = 60000,
};

struct decoded {
    uint64_t counts[MAX_COUNTS];
    uint64_t total, highest;
    size_t length; /* behind the last count */
};

static uint64_t take_big(const unsigned char **at, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | *(*at)++;
    return value;
}

static int64_t take_zigzag(const unsigned char **at)
{
    uint64_t value = 0;
    for (int i = 0; i < 9; i++) {
        unsigned char byte = *(*at)++;
        value |= (uint64_t)(i < 8 ? byte & 0x7f : byte) << (7 * i);
        if (i < 8 && !(byte & 0x80))
            break;
    }
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static void decode(const struct strbuf *bytes, struct decoded *ret)
{
    static unsigned char payload[1 << 20];
    const unsigned char *at = (const unsigned char *)bytes->ptr;
    uLongf length = sizeof(payload);
    assert_int_equal(take_big(&at, 4), 0x1c849314);
    assert_int_equal(take_big(&at, 4), bytes->len - 8);
    assert_int_equal(uncompress(payload, &length, at, bytes->len - 8), Z_OK);
    at = payload;
    assert_int_equal(take_big(&at, 4), 0x1c849313);
    assert_int_equal(take_big(&at, 4), length - 40);
    assert_int_equal(take_big(&at, 4), 0);
    assert_int_equal(take_big(&at, 4), 3);
    assert_int_equal(take_big(&at, 8), 1);
    *ret = (struct decoded){.highest = take_big(&at, 8)};
    assert_int_equal(take_big(&at, 8), 0x3ff0000000000000); /* 1.0 */
    while (at < payload + length) {
        int64_t count = take_zigzag(&at);
        if (count <= 0) {
            ret->length += count ? (size_t)-count : 1;
            continue;
        }
        assert_true(ret->length < MAX_COUNTS);
        ret->counts[ret->length++] = (uint64_t)count;
        ret->total += (uint64_t)count;
    }
}

/* The lowest value of a count, by HdrHistogram's own rule. */
static double lowest_ns(size_t index)
{
    size_t bucket = index / 1024;
    if (bucket <= 1)
        return (double)index;
    return (double)((index % 1024 + 1024) << (bucket - 1));
}

static const struct sample {
    const char *name;
    double ms[6];
    size_t count;
} SAMPLES[] = {
    {"nothing", {0}, 0},
    {"a zero", {0}, 1},
    {"one nanosecond", {1e-6}, 1},
    {"a small and a large one", {0.0005, 3599999}, 2},
    {"neighbours", {1, 1.0001, 1.0002, 1.0003, 1.0004, 1.0005}, 6},
    {"milliseconds", {0.25, 0.5, 1, 2, 4, 1000}, 6},
    {"longer than an hour", {7200000, 1}, 2},
};

static void check(const struct sample *sample)
{
    struct histogram trend;
    struct decoded *decoded = malloc(sizeof(*decoded));
    AUTO(strbuf_done) struct strbuf bytes = STRBUF_INIT(1 << 20);
    histogram_init(&trend);
    for (size_t i = 0; i < sample->count; i++)
        histogram_add(&trend, sample->ms[i]);
    hdr_histogram_encode(&trend, &bytes);
    decode(&bytes, decoded);
    assert_int_equal(decoded->total, sample->count);
    for (size_t i = 0; i < sample->count; i++) {
        double ns = sample->ms[i] * 1e6;
        bool found = false;
        for (size_t c = 0; c < decoded->length; c++)
            found = found || (decoded->counts[c] && lowest_ns(c) <= ns * 1.001 &&
                              lowest_ns(c + 1) >= ns * 0.999);
        if (!found)
            fail_msg("%s: %g ms is not there", sample->name, sample->ms[i]);
    }
    assert_true((double)decoded->highest >= 3600e9);
    assert_true(sample->count == 0 || (double)decoded->highest >= trend.max * 1e6);
    histogram_done(&trend);
    free(decoded);
}

static void test_values_survive(void **state)
{
    for (size_t i = 0; i < COUNT_OF(SAMPLES); i++)
        check(&SAMPLES[i]);
}

/* Smallest and largest are in their own count, not in that of their cell's middle. */
static void test_ends_are_exact(void **state)
{
    struct histogram trend;
    struct decoded *decoded = malloc(sizeof(*decoded));
    AUTO(strbuf_done) struct strbuf bytes = STRBUF_INIT(1 << 20);
    histogram_init(&trend);
    histogram_add_n(&trend, 2.0, 1000);
    histogram_add(&trend, 1.7);
    histogram_add(&trend, 2.3);
    hdr_histogram_encode(&trend, &bytes);
    decode(&bytes, decoded);
    size_t first = 0;
    while (!decoded->counts[first])
        first++;
    assert_true(lowest_ns(first) <= 1.7e6 && lowest_ns(first + 1) > 1.7e6);
    assert_true(lowest_ns(decoded->length - 1) <= 2.3e6 && lowest_ns(decoded->length) > 2.3e6);
    histogram_done(&trend);
    free(decoded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_survive),
        cmocka_unit_test(test_ends_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
