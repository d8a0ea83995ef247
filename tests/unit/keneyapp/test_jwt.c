/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>

#include "keneyapp/auth/jwt.h"
#include "support/test.h"

#define KEY SPAN("a key that only this test knows")
#define NOW (1000 * NSEC_PER_SEC)

static void sign_default(struct strbuf *out)
{
    struct jwt_claims claims = {.subject = "testuser",
                                .role = "doctor",
                                .tenant_id = 1,
                                .issued_s = 900,
                                .expires_s = 1500};
    jwt_sign(out, &claims, KEY);
}

static void add_part(struct strbuf *out, const char *text)
{
    char part[1024];
    sodium_bin2base64(part, sizeof(part), (const unsigned char *)text, strlen(text),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    strbuf_adds(out, part);
}

/* A token of any header and body, rightly signed with KEY. */
static void forge(struct strbuf *out, const char *header, const char *body)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char text[64];
    crypto_auth_hmacsha256_state state;
    add_part(out, header);
    strbuf_addc(out, '.');
    add_part(out, body);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)KEY.ptr, KEY.len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)out->ptr, out->len);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(text, sizeof(text), mac, sizeof(mac),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    strbuf_addf(out, ".%s", text);
}

static void test_round_trip(void **state)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
    struct jwt_claims claims;
    sign_default(&token);
    assert_int_equal(jwt_verify(strbuf_span(&token), KEY, NOW, &claims), JWT_VALID);
    assert_string_equal(claims.subject, "testuser");
    assert_string_equal(claims.role, "doctor");
    assert_int_equal(claims.tenant_id, 1);
    assert_int_equal(claims.issued_s, 900);
    assert_int_equal(claims.expires_s, 1500);
}

static void test_expiry(void **state)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
    struct jwt_claims claims;
    sign_default(&token);
    struct span text = strbuf_span(&token);
    assert_int_equal(jwt_verify(text, KEY, 1499 * NSEC_PER_SEC, &claims), JWT_VALID);
    assert_int_equal(jwt_verify(text, KEY, 1500 * NSEC_PER_SEC, &claims), JWT_EXPIRED);
}

/* No byte of a token can change without notice. */
static void test_every_tampered_byte(void **state)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
    struct jwt_claims claims;
    sign_default(&token);
    for (size_t i = 0; i < token.len; i++) {
        char was = token.ptr[i];
        token.ptr[i] = was == 'A' ? 'B' : 'A';
        assert_int_not_equal(jwt_verify(strbuf_span(&token), KEY, NOW, &claims), JWT_VALID);
        token.ptr[i] = was;
    }
    for (size_t len = 0; len < token.len; len++)
        assert_int_not_equal(jwt_verify(span_of(token.ptr, len), KEY, NOW, &claims), JWT_VALID);
}

static void test_other_key(void **state)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
    struct jwt_claims claims;
    sign_default(&token);
    assert_int_equal(jwt_verify(strbuf_span(&token), SPAN("another"), NOW, &claims),
                     JWT_BAD_SIGNATURE);
}

#define HS256 "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define BODY  "{\"sub\":\"a\",\"role\":\"admin\",\"exp\":1500}"

static const struct forged_case {
    const char *name, *header, *body;
    enum jwt_verdict verdict;
} FORGED[] = {
    {"as it should be", HS256, BODY, JWT_VALID},
    {"alg none", "{\"alg\":\"none\"}", BODY, JWT_BAD_SIGNATURE},
    {"alg None", "{\"alg\":\"None\"}", BODY, JWT_BAD_SIGNATURE},
    {"alg RS256", "{\"alg\":\"RS256\"}", BODY, JWT_BAD_SIGNATURE},
    {"alg a number", "{\"alg\":1}", BODY, JWT_BAD_SIGNATURE},
    {"no alg", "{}", BODY, JWT_BAD_SIGNATURE},
    {"alg twice", "{\"alg\":\"HS256\",\"alg\":\"none\"}", BODY, JWT_BAD_SIGNATURE},
    {"header no JSON", "HS256", BODY, JWT_BAD_SIGNATURE},
    {"body no JSON", HS256, "x", JWT_MALFORMED},
    {"body a list", HS256, "[]", JWT_MALFORMED},
    {"no expiry", HS256, "{\"sub\":\"a\",\"role\":\"admin\"}", JWT_MALFORMED},
    {"expiry a text", HS256, "{\"sub\":\"a\",\"role\":\"b\",\"exp\":\"1500\"}", JWT_MALFORMED},
    {"no subject", HS256, "{\"role\":\"admin\",\"exp\":1500}", JWT_MALFORMED},
    {"empty subject", HS256, "{\"sub\":\"\",\"role\":\"b\",\"exp\":1500}", JWT_MALFORMED},
    {"long role", HS256, "{\"sub\":\"a\",\"role\":\"0123456789012345\",\"exp\":1500}",
     JWT_MALFORMED},
};

static void test_forged(void **state)
{
    for (size_t i = 0; i < COUNT_OF(FORGED); i++) {
        AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(JWT_MAX_BYTES);
        struct jwt_claims claims;
        print_message("%s\n", FORGED[i].name);
        forge(&token, FORGED[i].header, FORGED[i].body);
        assert_int_equal(jwt_verify(strbuf_span(&token), KEY, NOW, &claims), FORGED[i].verdict);
    }
}

static void test_no_tokens(void **state)
{
    static const char *const TEXTS[] = {"",     ".",     "..",
                                        "...",  "a.b.c", "a.b",
                                        "a..c", ".b.c",  "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."};
    struct jwt_claims claims;
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        assert_int_not_equal(jwt_verify(span_cstr(TEXTS[i]), KEY, NOW, &claims), JWT_VALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_every_tampered_byte),
        cmocka_unit_test(test_other_key),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_no_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
