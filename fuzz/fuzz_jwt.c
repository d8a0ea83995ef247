/* SPDX-License-Identifier: Apache-2.0
 *
 * Access tokens. The input is tried as a token; then as header and body of a token that is rightly
 * signed, so that what lies behind the signature is reached too. Whatever is accepted says who it
 * is for and has not expired.
 */
#include <sodium.h>

#include "fuzz/fuzz.h"
#include "keneyapp/auth/jwt.h"

#define KEY SPAN("the fuzzer's key")
#define NOW (INT64_C(1000000000) * NSEC_PER_SEC)

static void check(struct span token)
{
    struct jwt_claims claims;
    if (jwt_verify(token, KEY, NOW, &claims) != JWT_VALID)
        return;
    FUZZ_CHECK(claims.subject[0] && claims.role[0]);
    FUZZ_CHECK(claims.expires_s > NOW / NSEC_PER_SEC);
}

static void add_part(struct strbuf *out, struct span text)
{
    size_t room = sodium_base64_ENCODED_LEN(text.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *at = strbuf_reserve(out, room);
    if (!at)
        return;
    sodium_bin2base64(at, room, (const unsigned char *)text.ptr, text.len,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    strbuf_commit(out, strlen(at));
}

static void check_signed(struct span header, struct span body)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(4 * JWT_MAX_BYTES);
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    add_part(&token, header);
    strbuf_addc(&token, '.');
    add_part(&token, body);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)KEY.ptr, KEY.len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)token.ptr, token.len);
    crypto_auth_hmacsha256_final(&state, mac);
    strbuf_addc(&token, '.');
    add_part(&token, span_of((const char *)mac, sizeof(mac)));
    check(strbuf_span(&token));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span body, text = span_of((const char *)data, size);
    if (size > JWT_MAX_BYTES)
        return 0;
    check(text);
    struct span header = span_cut(text, '\n', &body);
    check_signed(header, body);
    return 0;
}
