/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>

#include "keneyapp/auth/jwt.h"
#include "keneyapp/auth/token_keys.h"
#include "support/test.h"

#define KEY_TEXT  "a key that only this test knows, 1"
#define NEXT_TEXT "a key that only this test knows, 2"
#define NOW       (1000 * NSEC_PER_SEC)

static struct token_keys keys;

static struct token_keys read_keys(const char *lines)
{
    struct token_keys read;
    struct error err = {0};
    assert_int_equal(token_keys_read(&read, span_cstr(lines), &err), 0);
    return read;
}

static int set_up(void **state)
{
    keys = read_keys(KEY_TEXT);
    return 0;
}

static void sign_with(struct strbuf *out, const struct token_keys *with)
{
    struct jwt_claims claims = {.subject = "testuser",
                                .role = "doctor",
                                .password_id = "0011223344556677",
                                .tenant_id = 1,
                                .issued_s = 900,
                                .expires_s = 1500};
    jwt_sign(out, &claims, with);
}

static enum jwt_verdict verify(const struct strbuf *token, const struct token_keys *with)
{
    struct jwt_claims claims;
    return jwt_verify(strbuf_span(token), with, NOW, &claims);
}

/* A token of any encoded head and any body, rightly signed with the first key. */
static void forge(struct strbuf *out, const char *header, const char *body)
{
    unsigned char mac[TOKEN_MAC_BYTES];
    strbuf_addf(out, "%s.", header);
    token_add_base64url(out, body, strlen(body));
    token_key_sign(&keys.keys[0], strbuf_span(out), mac);
    strbuf_addc(out, '.');
    token_add_base64url(out, mac, sizeof(mac));
}

static void test_round_trip(void **state)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
    struct jwt_claims claims;
    sign_with(&token, &keys);
    assert_int_equal(jwt_verify(strbuf_span(&token), &keys, NOW, &claims), JWT_VALID);
    assert_string_equal(claims.subject, "testuser");
    assert_string_equal(claims.role, "doctor");
    assert_string_equal(claims.password_id, "0011223344556677");
    assert_int_equal(claims.tenant_id, 1);
    assert_int_equal(claims.issued_s, 900);
    assert_int_equal(claims.expires_s, 1500);
}

static void test_expiry(void **state)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
    struct jwt_claims claims;
    sign_with(&token, &keys);
    struct span text = strbuf_span(&token);
    assert_int_equal(jwt_verify(text, &keys, 1499 * NSEC_PER_SEC, &claims), JWT_VALID);
    assert_int_equal(jwt_verify(text, &keys, 1500 * NSEC_PER_SEC, &claims), JWT_EXPIRED);
}

/* No byte of a token can change without notice. */
static void test_every_tampered_byte(void **state)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
    struct jwt_claims claims;
    sign_with(&token, &keys);
    for (size_t i = 0; i < token.len; i++) {
        char was = token.ptr[i];
        token.ptr[i] = was == 'A' ? 'B' : 'A';
        assert_int_not_equal(verify(&token, &keys), JWT_VALID);
        token.ptr[i] = was;
    }
    for (size_t len = 0; len < token.len; len++)
        assert_int_not_equal(jwt_verify(span_of(token.ptr, len), &keys, NOW, &claims), JWT_VALID);
}

static void test_rotation(void **state)
{
    struct token_keys both = read_keys(NEXT_TEXT "\n" KEY_TEXT "\n");
    struct token_keys next = read_keys("\r\n  " NEXT_TEXT "\r\n");
    AUTO(strbuf_done) struct strbuf old = STRBUF_INIT(JWT_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf new = STRBUF_INIT(JWT_MAX_BYTES);
    sign_with(&old, &keys);
    sign_with(&new, &both);
    assert_int_equal(verify(&old, &both), JWT_VALID);
    assert_int_equal(verify(&new, &both), JWT_VALID);
    assert_int_equal(verify(&new, &next), JWT_VALID);
    assert_int_equal(verify(&old, &next), JWT_BAD_SIGNATURE);
    assert_int_equal(verify(&new, &keys), JWT_BAD_SIGNATURE);
}

static const struct bad_keys {
    const char *name, *lines, *says;
} BAD_KEYS[] = {
    {"nothing", "", "no key"},
    {"blanks", "\n \n", "no key"},
    {"short", "0123456789012345678901234567890", "line 1"},
    {"cut off", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde", "63 hex"},
    {"the second short", KEY_TEXT "\nshort", "line 2"},
    {"three", KEY_TEXT "\n" NEXT_TEXT "\n" KEY_TEXT "3", "more than 2"},
};

static void test_bad_keys(void **state)
{
    for (size_t i = 0; i < COUNT_OF(BAD_KEYS); i++) {
        struct token_keys read;
        struct error err = {0};
        print_message("%s\n", BAD_KEYS[i].name);
        assert_int_equal(token_keys_read(&read, span_cstr(BAD_KEYS[i].lines), &err), -1);
        assert_non_null(strstr(err.message, BAD_KEYS[i].says));
        assert_null(strstr(err.message, "only this test"));
    }
}

static void test_new_lines_differ(void **state)
{
    AUTO(strbuf_done) struct strbuf lines = STRBUF_INIT(256);
    struct token_keys read;
    struct error err = {0};
    token_keys_new_line(&lines);
    token_keys_new_line(&lines);
    assert_int_equal(lines.len, 2 * 65);
    assert_int_equal(token_keys_read(&read, strbuf_span(&lines), &err), 0);
    assert_int_equal(read.count, 2);
    assert_string_not_equal(read.keys[0].header, read.keys[1].header);
}

static const struct head_case {
    const char *name, *header;
} HEADS[] = {
    {"alg none", "{\"alg\":\"none\"}"},
    {"alg None", "{\"alg\":\"None\",\"typ\":\"JWT\"}"},
    {"alg RS256", "{\"alg\":\"RS256\"}"},
    {"alg HS512", "{\"alg\":\"HS512\",\"typ\":\"JWT\"}"},
    {"alg a number", "{\"alg\":1}"},
    {"no key id", "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"},
    {"unknown key id", "{\"alg\":\"HS256\",\"kid\":\"00000000\",\"typ\":\"JWT\"}"},
    {"a path as key id", "{\"alg\":\"HS256\",\"kid\":\"/dev/null\",\"typ\":\"JWT\"}"},
    {"alg twice", "{\"alg\":\"HS256\",\"alg\":\"none\"}"},
    {"a key of its own", "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}"},
    {"crit", "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}"},
    {"no JSON", "HS256"},
};

#define BEGIN "{\"iss\":\"keneyapp\",\"aud\":\"keneyapp-api\",\"sub\":\"a\",\"role\":\"admin\","
#define END   "\"pwd\":\"00\",\"tenant_id\":1,\"iat\":900,\"exp\":1500}"
#define BODY  BEGIN END

/* Rightly signed, but not with a head of ours. */
static void test_heads(void **state)
{
    for (size_t i = 0; i < COUNT_OF(HEADS); i++) {
        AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
        AUTO(strbuf_done) struct strbuf header = STRBUF_INIT(JWT_MAX_BYTES);
        print_message("%s\n", HEADS[i].name);
        token_add_base64url(&header, HEADS[i].header, strlen(HEADS[i].header));
        forge(&token, strbuf_cstr(&header), BODY);
        assert_int_equal(verify(&token, &keys), JWT_BAD_SIGNATURE);
    }
}

static const struct body_case {
    const char *name, *body;
    enum jwt_verdict verdict;
} BODIES[] = {
    {"as it should be", BODY, JWT_VALID},
    {"no JSON", "x", JWT_MALFORMED},
    {"a list", "[]", JWT_MALFORMED},
    {"more behind it", BODY "x", JWT_MALFORMED},
    {"not UTF-8", BEGIN "\"x\":\"\xff\"," END, JWT_MALFORMED},
    {"a claim twice", BEGIN "\"sub\":\"b\"," END, JWT_MALFORMED},
    {"not yet", BEGIN "\"nbf\":1001," END, JWT_EARLY},
    {"just now", BEGIN "\"nbf\":1000," END, JWT_VALID},
    {"nbf a text", BEGIN "\"nbf\":\"1\"," END, JWT_MALFORMED},
    {"another issuer",
     "{\"iss\":\"other\",\"aud\":\"keneyapp-api\",\"sub\":\"a\",\"role\":\"admin\"," END,
     JWT_FOREIGN},
    {"another audience",
     "{\"iss\":\"keneyapp\",\"aud\":\"other\",\"sub\":\"a\",\"role\":\"admin\"," END, JWT_FOREIGN},
    {"no issuer", "{\"aud\":\"keneyapp-api\",\"sub\":\"a\",\"role\":\"admin\"," END, JWT_FOREIGN},
    {"no audience", "{\"iss\":\"keneyapp\",\"sub\":\"a\",\"role\":\"admin\"," END, JWT_FOREIGN},
    {"audience a number", "{\"iss\":\"keneyapp\",\"aud\":1,\"sub\":\"a\",\"role\":\"admin\"," END,
     JWT_FOREIGN},
    {"no subject", "{\"role\":\"admin\"," END, JWT_MALFORMED},
    {"empty subject", "{\"sub\":\"\",\"role\":\"admin\"," END, JWT_MALFORMED},
    {"NUL in the subject", "{\"sub\":\"a\\u0000\",\"role\":\"admin\"," END, JWT_MALFORMED},
    {"long role", "{\"sub\":\"a\",\"role\":\"0123456789012345\"," END, JWT_MALFORMED},
    {"no role", "{\"sub\":\"a\"," END, JWT_MALFORMED},
    {"nothing but who", BEGIN "\"x\":1}", JWT_MALFORMED},
    {"no expiry", BEGIN "\"pwd\":\"00\",\"tenant_id\":1,\"iat\":900}", JWT_MALFORMED},
    {"expiry a text", BEGIN "\"pwd\":\"00\",\"tenant_id\":1,\"iat\":900,\"exp\":\"1500\"}",
     JWT_MALFORMED},
    {"expiry a fraction", BEGIN "\"pwd\":\"00\",\"tenant_id\":1,\"iat\":900,\"exp\":1e9}",
     JWT_MALFORMED},
    {"over", BEGIN "\"pwd\":\"00\",\"tenant_id\":1,\"iat\":900,\"exp\":1000}", JWT_EXPIRED},
};

static void test_bodies(void **state)
{
    for (size_t i = 0; i < COUNT_OF(BODIES); i++) {
        AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
        print_message("%s\n", BODIES[i].name);
        forge(&token, keys.keys[0].header, BODIES[i].body);
        assert_int_equal(verify(&token, &keys), BODIES[i].verdict);
    }
}

static void test_huge(void **state)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(2 * JWT_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf body = STRBUF_INIT(2 * JWT_MAX_BYTES);
    strbuf_addf(&body, BEGIN "\"x\":\"%01500d\"," END, 0);
    forge(&token, keys.keys[0].header, strbuf_cstr(&body));
    assert_true(token.len > JWT_MAX_BYTES);
    assert_int_equal(verify(&token, &keys), JWT_MALFORMED);
}

static void test_no_tokens(void **state)
{
    static const char *const TEXTS[] = {"",     ".",     "..",
                                        "...",  "a.b.c", "a.b",
                                        "a..c", ".b.c",  "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."};
    struct jwt_claims claims;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        assert_int_not_equal(jwt_verify(span_cstr(TEXTS[i]), &keys, NOW, &claims), JWT_VALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_every_tampered_byte),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_bad_keys),
        cmocka_unit_test(test_new_lines_differ),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_huge),
        cmocka_unit_test(test_no_tokens),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, set_up, NULL);
}
