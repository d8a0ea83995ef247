/* SPDX-License-Identifier: Apache-2.0
 *
 * Content codings: what a client wants, and bodies that the libraries' own decoders give back.
 */
#include <brotli/decode.h>
#include <pthread.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "keneyapp/http/compress.h"
#include "support/test.h"

enum {
    I = 1 << ENCODING_IDENTITY,
    G = 1 << ENCODING_GZIP,
    B = 1 << ENCODING_BROTLI,
    ALL = I | G | B,
};

static const struct wish_case {
    const char *header; /* NULL: none */
    unsigned available;
    enum encoding best;
} WISHES[] = {
    {NULL, ALL, ENCODING_IDENTITY},
    {"", ALL, ENCODING_IDENTITY},
    {"gzip", ALL, ENCODING_GZIP},
    {"gzip", I, ENCODING_IDENTITY},
    {"x-gzip", ALL, ENCODING_GZIP},
    {"br", ALL, ENCODING_BROTLI},
    {"br", I | G, ENCODING_IDENTITY},
    {"gzip, deflate, br, zstd", ALL, ENCODING_BROTLI},
    {"gzip, deflate, br, zstd", I | G, ENCODING_GZIP},
    {"GZip , BR", ALL, ENCODING_BROTLI},
    {"deflate", ALL, ENCODING_IDENTITY},
    {"*", ALL, ENCODING_BROTLI},
    {"*", I | G, ENCODING_GZIP},
    {"*;q=0", ALL, ENCODING_IDENTITY},
    {"gzip;q=0", ALL, ENCODING_IDENTITY},
    {"gzip;q=0, *", ALL, ENCODING_BROTLI},
    {"br;q=0, *;q=0.5", ALL, ENCODING_GZIP},
    {"br;q=0.5, gzip;q=0.8", ALL, ENCODING_GZIP},
    {"br;q=0.500, gzip;q=0.5", ALL, ENCODING_BROTLI},
    {"br;q=0.001", ALL, ENCODING_BROTLI},
    {"br;q=0.000", ALL, ENCODING_IDENTITY},
    {"gzip;q=0.5, identity;q=0.8", ALL, ENCODING_IDENTITY},
    {"gzip;q=0.8, identity;q=0.5", ALL, ENCODING_GZIP},
    {"identity", ALL, ENCODING_IDENTITY},
    {"identity;q=0", ALL, ENCODING_IDENTITY},
    {"identity;q=0, gzip", ALL, ENCODING_GZIP},
    {"identity;q=0, gzip", I, ENCODING_IDENTITY},
    {"gzip ; q=1.0 ,", ALL, ENCODING_GZIP},
    {"gzip; Q=0", ALL, ENCODING_IDENTITY},
    {",,  ,gzip", ALL, ENCODING_GZIP},
    /* Not well-formed: the item does not count. */
    {"gzip;q=2", ALL, ENCODING_IDENTITY},
    {"gzip;q=1.001", ALL, ENCODING_IDENTITY},
    {"gzip;q=0.1234", ALL, ENCODING_IDENTITY},
    {"gzip;q=.5", ALL, ENCODING_IDENTITY},
    {"gzip;q=", ALL, ENCODING_IDENTITY},
    {"gzip;level=9", ALL, ENCODING_IDENTITY},
    {"gzip;q=-1, br", ALL, ENCODING_BROTLI},
    {"gzipped", ALL, ENCODING_IDENTITY},
    {"gz ip", ALL, ENCODING_IDENTITY},
};

static void test_wishes(void **state)
{
    for (size_t i = 0; i < COUNT_OF(WISHES); i++) {
        struct accept_encoding accept;
        print_message("%s\n", WISHES[i].header ? WISHES[i].header : "(none)");
        accept_encoding_parse(span_cstr(WISHES[i].header), &accept);
        assert_int_equal(accept_encoding_best(&accept, WISHES[i].available), WISHES[i].best);
    }
}

static void test_names(void **state)
{
    assert_null(encoding_name(ENCODING_IDENTITY));
    assert_string_equal(encoding_name(ENCODING_GZIP), "gzip");
    assert_string_equal(encoding_name(ENCODING_BROTLI), "br");
}

/* A list as the clinic sends it: the same names, other values. */
static void add_list(struct strbuf *out, size_t bytes)
{
    struct rng rng;
    rng_seed(&rng, bytes);
    while (out->len < bytes)
        strbuf_addf(out, "{\"id\":%u,\"first_name\":\"N%llx\",\"gender\":\"female\"},",
                    (unsigned)out->len, (unsigned long long)rng_next(&rng));
    strbuf_truncate(out, bytes);
}

static size_t decode_gzip(struct span coded, char *out, size_t room)
{
    z_stream stream = {
        .next_in = (const Bytef *)coded.ptr,
        .avail_in = (uInt)coded.len,
        .next_out = (Bytef *)out,
        .avail_out = (uInt)room,
    };
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    inflateEnd(&stream);
    return room - stream.avail_out;
}

static size_t decode(enum encoding encoding, struct span coded, char *out, size_t room)
{
    if (encoding == ENCODING_GZIP)
        return decode_gzip(coded, out, room);
    assert_int_equal(
        BrotliDecoderDecompress(coded.len, (const uint8_t *)coded.ptr, &room, (uint8_t *)out),
        BROTLI_DECODER_RESULT_SUCCESS);
    return room;
}

static void check_round_trip(enum encoding encoding, size_t bytes)
{
    AUTO(strbuf_done) struct strbuf body = STRBUF_INIT(1 << 24);
    AUTO(strbuf_done) struct strbuf coded = STRBUF_INIT(1 << 24);
    AUTO(strbuf_done) struct strbuf back = STRBUF_INIT(1 << 24);
    add_list(&body, bytes);
    strbuf_adds(&coded, "kept");
    assert_true(compress_body(encoding, strbuf_span(&body), &coded));
    assert_true(span_starts_with(strbuf_span(&coded), SPAN("kept")));
    assert_true((coded.len - 4) * 10 <= bytes * 9 + 9);
    char *to = strbuf_reserve(&back, bytes);
    strbuf_commit(&back, decode(encoding, span_from(strbuf_span(&coded), 4), to, bytes));
    assert_true(span_equal(strbuf_span(&back), strbuf_span(&body)));
}

/* One thread's compressors, used again and again, for small after large bodies too. */
static void test_round_trips(void **state)
{
    static const size_t SIZES[] = {1000, 1001, 51234, 5000000, 1000, 65536, 131072, 20000};
    for (size_t i = 0; i < COUNT_OF(SIZES); i++) {
        check_round_trip(ENCODING_GZIP, SIZES[i]);
        check_round_trip(ENCODING_BROTLI, SIZES[i]);
    }
}

static void check_refused(struct span body, size_t max_bytes)
{
    for (int encoding = ENCODING_GZIP; encoding < ENCODINGS; encoding++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(max_bytes);
        strbuf_adds(&out, "kept");
        assert_false(compress_body((enum encoding)encoding, body, &out));
        assert_string_equal(strbuf_cstr(&out), "kept");
        assert_false(out.overflow);
    }
}

static void test_not_worth_it(void **state)
{
    AUTO(strbuf_done) struct strbuf body = STRBUF_INIT(1 << 16);
    struct rng rng;
    rng_seed(&rng, 1);
    for (int i = 0; i < 1000; i++) { /* noise does not shrink */
        uint64_t word = rng_next(&rng);
        strbuf_add(&body, &word, sizeof(word));
    }
    check_refused(strbuf_span(&body), 1 << 16);
    strbuf_reset(&body);
    add_list(&body, 5000);
    check_refused(span_head(strbuf_span(&body), COMPRESS_MIN_BYTES - 1), 1 << 16);
    check_refused(strbuf_span(&body), 100); /* no room for it */
    check_refused(SPAN_EMPTY, 100);
}

static void *round_trips(void *context)
{
    test_round_trips(NULL);
    return NULL;
}

static void test_threads(void **state)
{
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, round_trips, NULL), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wishes),      cmocka_unit_test(test_names),
        cmocka_unit_test(test_round_trips), cmocka_unit_test(test_not_worth_it),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
