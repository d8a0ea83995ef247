/* SPDX-License-Identifier: Apache-2.0
 *
 * Access tokens. The input is tried as a token; then as the body of a token that is rightly signed,
 * so that what lies behind the signature is reached too; then as head and body of one. Whatever is
 * accepted says who it is for, has not expired, and has a head of ours.
 */
#include "fuzz/fuzz.h"
#include "keneyapp/auth/jwt.h"
#include "keneyapp/auth/token_keys.h"

#define KEYS SPAN("the first of the fuzzer's two keys\nthe second of the fuzzer's two keys")
#define NOW  (INT64_C(1000000000) * NSEC_PER_SEC)

static void check(const struct token_keys *keys, struct span token)
{
    struct jwt_claims claims;
    if (jwt_verify(token, keys, NOW, &claims) != JWT_VALID)
        return;
    FUZZ_CHECK(claims.subject[0] && claims.role[0] && claims.password_id[0]);
    FUZZ_CHECK(claims.expires_s > NOW / NSEC_PER_SEC);
    FUZZ_CHECK(token_keys_find(keys, span_cut(token, '.', &(struct span){0})));
}

static void check_signed(const struct token_keys *keys, struct span header, struct span body)
{
    AUTO(strbuf_done) struct strbuf token = STRBUF_INIT(4 * JWT_MAX_BYTES);
    unsigned char mac[TOKEN_MAC_BYTES];
    strbuf_add_span(&token, header);
    strbuf_addc(&token, '.');
    token_add_base64url(&token, body.ptr, body.len);
    token_key_sign(&keys->keys[1], strbuf_span(&token), mac);
    strbuf_addc(&token, '.');
    token_add_base64url(&token, mac, sizeof(mac));
    check(keys, strbuf_span(&token));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span body, text = span_of((const char *)data, size);
    struct token_keys keys;
    AUTO(strbuf_done) struct strbuf header = STRBUF_INIT(2 * JWT_MAX_BYTES);
    if (size > JWT_MAX_BYTES || token_keys_read(&keys, KEYS, NULL) != 0)
        return 0;
    check(&keys, text);
    check_signed(&keys, span_cstr(keys.keys[1].header), text);
    struct span head = span_cut(text, '\n', &body);
    token_add_base64url(&header, head.ptr, head.len);
    check_signed(&keys, strbuf_span(&header), body);
    return 0;
}
