/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes to Redis: packed, sealed and named, and where Redis is.
 */
#include <sodium.h>

#include "base/strbuf.h"
#include "keneyapp/auth/vault.h"
#include "keneyapp/cache/packed.h"
#include "keneyapp/cache/redis_url.h"
#include "keneyapp/cache/seal.h"
#include "support/test.h"

#define KEY   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdee"

static const struct packed PACKED = {
    .stamp = SPAN("epoch:1:2"),
    .parts = {.body = SPAN("body"), .brotli = SPAN("b"), .etag = SPAN("\"e\"")},
};

static void test_packing(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1000);
    struct packed back;
    packed_write(&PACKED, &out);
    assert_true(packed_read(strbuf_span(&out), &back));
    assert_true(span_equal(back.stamp, PACKED.stamp));
    assert_true(span_equal(back.parts.body, PACKED.parts.body));
    assert_int_equal(back.parts.gzip.len, 0);
    assert_int_equal(back.parts.content_type.len, 0);
    assert_true(span_equal(back.parts.brotli, PACKED.parts.brotli));
    assert_true(span_equal(back.parts.etag, PACKED.parts.etag));
    for (size_t len = 0; len < out.len; len++)
        assert_false(packed_read(span_of(out.ptr, len), &back));
    strbuf_addc(&out, 'x');
    assert_false(packed_read(strbuf_span(&out), &back));
    strbuf_truncate(&out, out.len - 1);
    out.ptr[0] = PACKED_VERSION + 1;
    assert_false(packed_read(strbuf_span(&out), &back));
    out.ptr[0] = PACKED_VERSION;
    out.ptr[4] = (char)0xff; /* a length of gigabytes */
    assert_false(packed_read(strbuf_span(&out), &back));
}

static void with_key(const char *key, struct seal *seal)
{
    AUTO(vault_free) struct vault *vault = vault_new(span_cstr(key), NULL);
    assert_non_null(vault);
    seal_init(seal, vault);
}

static void test_sealing(void **state)
{
    AUTO(strbuf_done) struct strbuf sealed = STRBUF_INIT(1000), plain = STRBUF_INIT(1000);
    struct seal seal, same, other;
    with_key(KEY, &seal);
    with_key(KEY "\n" OTHER, &same); /* the newest counts */
    with_key(OTHER "\n" KEY, &other);
    seal_close(&seal, SPAN("question"), SPAN("answer"), &sealed);
    assert_int_equal(sealed.len, 6 + SEAL_OVERHEAD_BYTES);
    assert_true(seal_open(&same, SPAN("question"), strbuf_span(&sealed), &plain));
    assert_string_equal(strbuf_cstr(&plain), "answer");
    assert_false(seal_open(&other, SPAN("question"), strbuf_span(&sealed), &plain));
    assert_false(seal_open(&seal, SPAN("question2"), strbuf_span(&sealed), &plain));
    for (size_t i = 0; i < sealed.len; i++) {
        sealed.ptr[i] ^= 1;
        assert_false(seal_open(&seal, SPAN("question"), strbuf_span(&sealed), &plain));
        sealed.ptr[i] ^= 1;
        assert_false(seal_open(&seal, SPAN("question"), span_of(sealed.ptr, i), &plain));
    }
    assert_int_equal(plain.len, 6);
    seal_done(&seal);
}

static void test_names(void **state)
{
    char name[SEAL_NAME_BYTES], again[SEAL_NAME_BYTES];
    struct seal seal, other;
    with_key(KEY, &seal);
    with_key(OTHER, &other);
    seal_name(&seal, SPAN("question"), name);
    assert_int_equal(strlen(name), SEAL_NAME_BYTES - 1);
    seal_name(&seal, SPAN("question"), again);
    assert_string_equal(name, again);
    seal_name(&seal, SPAN("questiom"), again);
    assert_string_not_equal(name, again);
    seal_name(&other, SPAN("question"), again);
    assert_string_not_equal(name, again);
}

static void test_urls(void **state)
{
    static const struct {
        const char *text;
        struct redis_url url;
    } CASES[] = {
        {"redis://localhost", {.host = "localhost", .port = 6379}},
        {"redis://localhost/", {.host = "localhost", .port = 6379}},
        {"redis://127.0.0.1:6380/2", {.host = "127.0.0.1", .port = 6380, .database = 2}},
        {"redis://:p%40ss@h", {.host = "h", .port = 6379, .password = "p@ss"}},
        {"redis://:p@ss:w@h:1", {.host = "h", .port = 1, .password = "p@ss:w"}},
        {"redis://me:secret@h", {.host = "h", .port = 6379, .user = "me", .password = "secret"}},
        {"redis://[::1]", {.host = "::1", .port = 6379}},
        {"redis://[::1]:7/3", {.host = "::1", .port = 7, .database = 3}},
        {"unix:///run/redis.sock", {.path = "/run/redis.sock"}},
        {"redis+unix:///r?db=4", {.path = "/r", .database = 4}},
        {"unix://:pw@/r", {.path = "/r", .password = "pw"}},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct redis_url url;
        struct error err = {0};
        if (redis_url_parse(span_cstr(CASES[i].text), &url, &err) != 0)
            fail_msg("%s: %s", CASES[i].text, err.message);
        assert_string_equal(url.host, CASES[i].url.host);
        assert_string_equal(url.path, CASES[i].url.path);
        assert_string_equal(url.user, CASES[i].url.user);
        assert_string_equal(url.password, CASES[i].url.password);
        assert_int_equal(url.port, CASES[i].url.port);
        assert_int_equal(url.database, CASES[i].url.database);
    }
}

static void test_wrong_urls(void **state)
{
    static const char *const CASES[] = {
        "",
        "localhost",
        "http://localhost",
        "rediss://:geheim@localhost",
        "redis://",
        "redis://:6379",
        "redis://h:0",
        "redis://h:65536",
        "redis://h:x",
        "redis://h/x",
        "redis://h/1000000",
        "redis://[::1",
        "redis://[::1]7",
        "redis://[]",
        "redis://:@h",
        "redis://geheim@h",
        "redis://:geheim%4@h",
        "redis://:geheim%00@h",
        "unix://",
        "unix://relative",
        "unix:///r?db=x",
        "unix:///r?x=1",
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct redis_url url;
        struct error err = {0};
        if (redis_url_parse(span_cstr(CASES[i]), &url, &err) == 0)
            fail_msg("%s", CASES[i]);
        assert_non_null(strstr(err.message, "redis://[:password@]host"));
        assert_null(strstr(err.message, "geheim"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packing),    cmocka_unit_test(test_sealing),
        cmocka_unit_test(test_names),      cmocka_unit_test(test_urls),
        cmocka_unit_test(test_wrong_urls),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
