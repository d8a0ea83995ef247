/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies compressed here by the libraries themselves, fed whole, byte by byte and in random
 * pieces; then cut, broken and too large.
 */
#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include "base/rng.h"
#include "base/strbuf.h"
#include "http/body_decoder.h"
#include "support/test.h"

#define MAX_BYTES ((size_t)4 * 1024 * 1024)

static void add_zlib(struct span plain, int window_bits, struct strbuf *out)
{
    z_stream stream = {0};
    deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
    size_t bound = deflateBound(&stream, plain.len);
    stream.next_in = (Bytef *)plain.ptr;
    stream.avail_in = (uInt)plain.len;
    stream.next_out = (Bytef *)strbuf_reserve(out, bound);
    stream.avail_out = (uInt)bound;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    strbuf_commit(out, stream.total_out);
    deflateEnd(&stream);
}

static void add_gzip(struct span plain, struct strbuf *out)
{
    add_zlib(plain, 31, out);
}

static void add_deflate(struct span plain, struct strbuf *out)
{
    add_zlib(plain, 15, out);
}

static void add_raw_deflate(struct span plain, struct strbuf *out)
{
    add_zlib(plain, -15, out);
}

static void add_brotli(struct span plain, struct strbuf *out)
{
    size_t len = BrotliEncoderMaxCompressedSize(plain.len) + 16;
    uint8_t *to = (uint8_t *)strbuf_reserve(out, len);
    assert_true(BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, plain.len,
                                      (const uint8_t *)plain.ptr, &len, to));
    strbuf_commit(out, len);
}

static void add_zstd(struct span plain, struct strbuf *out)
{
    size_t bound = ZSTD_compressBound(plain.len);
    size_t len = ZSTD_compress(strbuf_reserve(out, bound), bound, plain.ptr, plain.len, 3);
    assert_false(ZSTD_isError(len));
    strbuf_commit(out, len);
}

static void add_gzip_twice(struct span plain, struct strbuf *out)
{
    add_gzip(span_head(plain, plain.len / 2), out);
    add_gzip(span_from(plain, plain.len / 2), out);
}

static void add_zstd_twice(struct span plain, struct strbuf *out)
{
    add_zstd(span_head(plain, plain.len / 2), out);
    add_zstd(span_from(plain, plain.len / 2), out);
}

static void add_gzip_then_brotli(struct span plain, struct strbuf *out)
{
    AUTO(strbuf_done) struct strbuf inner = STRBUF_INIT(2 * MAX_BYTES);
    add_gzip(plain, &inner);
    add_brotli(strbuf_span(&inner), out);
}

static const struct coding_case {
    const char *name;
    const char *content_encoding;
    void (*compress)(struct span plain, struct strbuf *out);
} CODINGS[] = {
    {"gzip", "gzip", add_gzip},
    {"x-gzip", " X-GZip ", add_gzip},
    {"gzip members", "gzip", add_gzip_twice},
    {"deflate", "deflate", add_deflate},
    {"raw deflate", "deflate", add_raw_deflate},
    {"br", "br", add_brotli},
    {"zstd", "zstd", add_zstd},
    {"zstd frames", "zstd", add_zstd_twice},
    {"chain", "gzip, br", add_gzip_then_brotli},
    {"unknown ones passed over", "identity, gzip,, foo", add_gzip},
};

static void append(void *arg, struct span bytes)
{
    strbuf_add_span(arg, bytes);
}

/* Feeds in pieces of up to `piece` bytes; of random size when it is 0. */
static enum body_result decode(const char *content_encoding, struct span wire, size_t piece,
                               uint64_t max_bytes, struct strbuf *out)
{
    struct rng rng;
    enum body_result result = BODY_RESULT_OK;
    AUTO(body_decoder_free)
    struct body_decoder *decoder =
        body_decoder_new(span_cstr(content_encoding), max_bytes, append, out);
    assert_non_null(decoder);
    rng_seed(&rng, wire.len);
    while (wire.len && result == BODY_RESULT_OK) {
        size_t len = MIN_OF(piece ? piece : 1 + rng_below(&rng, 200), wire.len);
        result = body_decoder_feed(decoder, span_head(wire, len));
        wire = span_from(wire, len);
    }
    enum body_result end = body_decoder_finish(decoder);
    assert_true(result == BODY_RESULT_OK || result == end);
    return end;
}

/* Compressible at the front, noise at the end, larger than one output buffer. */
static void make_plain(struct strbuf *out)
{
    struct rng rng;
    rng_seed(&rng, 7);
    for (int i = 0; i < 5000; i++)
        strbuf_addf(out, "{\"id\":%d},", i % 100);
    for (int i = 0; i < 20000; i++)
        strbuf_addc(out, (char)rng_next(&rng));
}

static void test_round_trips(void **state)
{
    AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(MAX_BYTES);
    make_plain(&plain);
    for (size_t i = 0; i < COUNT_OF(CODINGS); i++) {
        static const size_t PIECES[] = {MAX_BYTES, 1, 0};
        AUTO(strbuf_done) struct strbuf wire = STRBUF_INIT(2 * MAX_BYTES);
        print_message("%s\n", CODINGS[i].name);
        CODINGS[i].compress(strbuf_span(&plain), &wire);
        for (size_t k = 0; k < COUNT_OF(PIECES); k++) {
            AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(MAX_BYTES);
            assert_int_equal(
                decode(CODINGS[i].content_encoding, strbuf_span(&wire), PIECES[k], MAX_BYTES, &out),
                BODY_RESULT_OK);
            assert_true(span_equal(strbuf_span(&out), strbuf_span(&plain)));
        }
    }
}

static void test_empty_plain(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CODINGS); i++) {
        AUTO(strbuf_done) struct strbuf wire = STRBUF_INIT(1024), out = STRBUF_INIT(16);
        CODINGS[i].compress(SPAN(""), &wire);
        assert_int_equal(decode(CODINGS[i].content_encoding, strbuf_span(&wire), 1, 64, &out),
                         BODY_RESULT_OK);
        assert_int_equal(decode(CODINGS[i].content_encoding, SPAN_EMPTY, 1, 64, &out),
                         BODY_RESULT_OK);
        assert_int_equal(out.len, 0);
    }
}

/* Every cut is noticed, except where a whole member or frame ends. */
static void test_truncated(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CODINGS); i++) {
        AUTO(strbuf_done) struct strbuf wire = STRBUF_INIT(1024);
        size_t unnoticed = 0;
        CODINGS[i].compress(SPAN("hello hello hello hello world"), &wire);
        for (size_t len = 1; len < wire.len; len++) {
            AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
            unnoticed += decode(CODINGS[i].content_encoding, span_head(strbuf_span(&wire), len), 1,
                                1024, &out) == BODY_RESULT_OK;
        }
        print_message("%s\n", CODINGS[i].name);
        assert_int_equal(unnoticed, CODINGS[i].compress == add_gzip_twice ||
                                        CODINGS[i].compress == add_zstd_twice);
    }
}

static void test_bombs(void **state)
{
    AUTO(strbuf_done) struct strbuf zeros = STRBUF_INIT(MAX_BYTES);
    strbuf_reserve(&zeros, MAX_BYTES);
    memset(zeros.ptr, 0, MAX_BYTES);
    strbuf_commit(&zeros, MAX_BYTES);
    for (size_t i = 0; i < COUNT_OF(CODINGS); i++) {
        AUTO(strbuf_done) struct strbuf wire = STRBUF_INIT(2 * MAX_BYTES);
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(MAX_BYTES);
        print_message("%s\n", CODINGS[i].name);
        CODINGS[i].compress(strbuf_span(&zeros), &wire);
        assert_int_equal(
            decode(CODINGS[i].content_encoding, strbuf_span(&wire), 100, MAX_BYTES - 1, &out),
            BODY_RESULT_TOO_LARGE);
        assert_true(out.len < MAX_BYTES);
    }
}

static void test_corrupt(void **state)
{
    static const char *const ENCODINGS[] = {"gzip", "deflate", "br", "zstd", "gzip, br"};
    for (size_t i = 0; i < COUNT_OF(ENCODINGS); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1024);
        print_message("%s\n", ENCODINGS[i]);
        assert_int_equal(decode(ENCODINGS[i], SPAN("\xff{\"plain\":\"text\"}"), 3, 1024, &out),
                         BODY_RESULT_CORRUPT);
    }
    AUTO(strbuf_done) struct strbuf wire = STRBUF_INIT(1024), out = STRBUF_INIT(1024);
    add_gzip(SPAN("hello"), &wire);
    wire.ptr[wire.len - 5] ^= 1; /* the checksum */
    assert_int_equal(decode("gzip", strbuf_span(&wire), 1, 1024, &out), BODY_RESULT_CORRUPT);
}

static void test_choice(void **state)
{
    assert_null(body_decoder_new(SPAN(""), 1, append, NULL));
    assert_null(body_decoder_new(SPAN("identity"), 1, append, NULL));
    assert_null(body_decoder_new(SPAN("foo, , bar"), 1, append, NULL));
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(16);
    assert_int_equal(decode("gzip,gzip,gzip,gzip,gzip", SPAN("x"), 1, 16, &out),
                     BODY_RESULT_TOO_MANY_CODINGS);
    assert_string_equal(body_result_text(BODY_RESULT_OK), "no error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips), cmocka_unit_test(test_empty_plain),
        cmocka_unit_test(test_truncated),   cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_corrupt),     cmocka_unit_test(test_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
