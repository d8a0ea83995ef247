/* SPDX-License-Identifier: Apache-2.0
 *
 * JWS compact serialisation, HS256 only.
 */
#include "keneyapp/auth/jwt.h"

#include <jansson.h>
#include <stdio.h>

#include "keneyapp/auth/token_keys.h"
#include "keneyapp/model/json.h"

enum {
    CLAIMS_MAX_BYTES = 1024,
};

void jwt_sign(struct strbuf *out, const struct jwt_claims *claims, const struct token_keys *keys)
{
    AUTO(strbuf_done) struct strbuf body = STRBUF_INIT(CLAIMS_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(JWT_MAX_BYTES);
    unsigned char mac[TOKEN_MAC_BYTES];
    strbuf_adds(&body, "{\"iss\":\"" JWT_ISSUER "\",\"aud\":\"" JWT_AUDIENCE "\",\"sub\":");
    json_add_text(&body, span_cstr(claims->subject));
    strbuf_adds(&body, ",\"role\":");
    json_add_text(&body, span_cstr(claims->role));
    strbuf_addf(&body, ",\"pwd\":\"%s\",\"tenant_id\":%lld,\"iat\":%lld,\"exp\":%lld}",
                claims->password_id, (long long)claims->tenant_id, (long long)claims->issued_s,
                (long long)claims->expires_s);
    strbuf_adds(&text, keys->keys[0].header);
    strbuf_addc(&text, '.');
    token_add_base64url(&text, body.ptr, body.len);
    token_key_sign(&keys->keys[0], strbuf_span(&text), mac);
    strbuf_addc(&text, '.');
    token_add_base64url(&text, mac, sizeof(mac));
    strbuf_add_span(out, strbuf_span(&text));
}

/* Not UTF-8, or a name that comes twice, is no JSON to us (RFC 7519 section 4). */
static json_t *decode_object(struct span text)
{
    unsigned char bytes[CLAIMS_MAX_BYTES];
    int len = token_decode_base64url(text, bytes, sizeof(bytes));
    json_t *object =
        len > 0 ? json_loadb((char *)bytes, (size_t)len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (object && json_is_object(object))
        return object;
    json_decref(object);
    return NULL;
}

static bool copy_text(const json_t *object, const char *name, char *buf, size_t size)
{
    const json_t *text = json_object_get(object, name);
    if (!json_is_string(text) || json_string_length(text) >= size || json_string_length(text) == 0)
        return false;
    snprintf(buf, size, "%s", json_string_value(text));
    return true;
}

static bool copy_number(const json_t *object, const char *name, int64_t *ret)
{
    const json_t *number = json_object_get(object, name);
    if (!json_is_integer(number))
        return false;
    *ret = json_integer_value(number);
    return true;
}

static bool says(const json_t *object, const char *name, const char *value)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && strcmp(text, value) == 0;
}

static enum jwt_verdict read_claims(const json_t *object, int64_t now_s, struct jwt_claims *claims)
{
    int64_t not_before = 0;
    bool complete = copy_text(object, "sub", claims->subject, sizeof(claims->subject)) &&
                    copy_text(object, "role", claims->role, sizeof(claims->role)) &&
                    copy_text(object, "pwd", claims->password_id, sizeof(claims->password_id)) &&
                    copy_number(object, "tenant_id", &claims->tenant_id) &&
                    copy_number(object, "iat", &claims->issued_s) &&
                    copy_number(object, "exp", &claims->expires_s);
    if (!complete || (json_object_get(object, "nbf") && !copy_number(object, "nbf", &not_before)))
        return JWT_MALFORMED;
    if (!says(object, "iss", JWT_ISSUER) || !says(object, "aud", JWT_AUDIENCE))
        return JWT_FOREIGN;
    if (claims->expires_s <= now_s)
        return JWT_EXPIRED;
    return not_before > now_s ? JWT_EARLY : JWT_VALID;
}

static bool is_signed(const struct token_key *key, struct span text, struct span signature)
{
    unsigned char expected[TOKEN_MAC_BYTES], given[TOKEN_MAC_BYTES + 1];
    token_key_sign(key, text, expected);
    return token_decode_base64url(signature, given, sizeof(given)) == TOKEN_MAC_BYTES &&
           sodium_memcmp(expected, given, TOKEN_MAC_BYTES) == 0;
}

enum jwt_verdict jwt_verify(struct span token, const struct token_keys *keys, nsec_t now_ns,
                            struct jwt_claims *ret_claims)
{
    struct span rest, signature;
    struct span header = span_cut(token, '.', &rest);
    struct span body = span_cut(rest, '.', &signature);
    if (token.len > JWT_MAX_BYTES || !header.len || !body.len)
        return JWT_MALFORMED;
    const struct token_key *key = token_keys_find(keys, header);
    if (!key || !is_signed(key, span_head(token, header.len + 1 + body.len), signature))
        return JWT_BAD_SIGNATURE;
    struct jwt_claims claims = {0};
    json_t *object = decode_object(body);
    enum jwt_verdict verdict =
        object ? read_claims(object, now_ns / NSEC_PER_SEC, &claims) : JWT_MALFORMED;
    json_decref(object);
    if (verdict == JWT_VALID)
        *ret_claims = claims;
    return verdict;
}
