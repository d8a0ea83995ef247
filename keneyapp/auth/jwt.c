/* SPDX-License-Identifier: Apache-2.0
 *
 * JWS compact serialisation, HS256 only.
 */
#include "keneyapp/auth/jwt.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>

#include "keneyapp/model/json.h"

enum {
    CLAIMS_MAX_BYTES = 1024,
    MAC_BYTES = crypto_auth_hmacsha256_BYTES,
};

static const char HEADER[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

static void add_base64url(struct strbuf *out, const void *bytes, size_t len)
{
    int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    size_t text_bytes = sodium_base64_encoded_len(len, variant);
    char *at = strbuf_reserve(out, text_bytes);
    if (!at)
        return;
    sodium_bin2base64(at, text_bytes, bytes, len, variant);
    strbuf_commit(out, text_bytes - 1);
}

static void sign(unsigned char mac[MAC_BYTES], struct span text, struct span key)
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.ptr, key.len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text.ptr, text.len);
    crypto_auth_hmacsha256_final(&state, mac);
}

void jwt_sign(struct strbuf *out, const struct jwt_claims *claims, struct span key)
{
    AUTO(strbuf_done) struct strbuf body = STRBUF_INIT(CLAIMS_MAX_BYTES);
    strbuf_adds(&body, "{\"sub\":");
    json_add_text(&body, span_cstr(claims->subject));
    strbuf_adds(&body, ",\"role\":");
    json_add_text(&body, span_cstr(claims->role));
    strbuf_addf(&body, ",\"tenant_id\":%lld,\"iat\":%lld,\"exp\":%lld}",
                (long long)claims->tenant_id, (long long)claims->issued_s,
                (long long)claims->expires_s);
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(JWT_MAX_BYTES);
    add_base64url(&text, HEADER, sizeof(HEADER) - 1);
    strbuf_addc(&text, '.');
    add_base64url(&text, body.ptr, body.len);
    unsigned char mac[MAC_BYTES];
    sign(mac, strbuf_span(&text), key);
    strbuf_addc(&text, '.');
    add_base64url(&text, mac, sizeof(mac));
    strbuf_add_span(out, strbuf_span(&text));
}

/* Decoded length, or -1. */
static int decode(struct span text, unsigned char *buf, size_t size)
{
    size_t len;
    const char *end;
    if (sodium_base642bin(buf, size, text.ptr ? text.ptr : "", text.len, NULL, &len, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.ptr + text.len)
        return -1;
    return (int)len;
}

static json_t *decode_object(struct span text)
{
    unsigned char bytes[CLAIMS_MAX_BYTES];
    int len = decode(text, bytes, sizeof(bytes));
    json_t *object =
        len > 0 ? json_loadb((char *)bytes, (size_t)len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (object && json_is_object(object))
        return object;
    json_decref(object);
    return NULL;
}

static bool is_hs256(struct span header)
{
    json_t *object = decode_object(header);
    const char *algorithm = json_string_value(json_object_get(object, "alg"));
    bool right = algorithm && strcmp(algorithm, "HS256") == 0;
    json_decref(object);
    return right;
}

static bool copy_text(const json_t *object, const char *name, char *buf, size_t size)
{
    const json_t *text = json_object_get(object, name);
    if (!json_is_string(text) || json_string_length(text) >= size || json_string_length(text) == 0)
        return false;
    snprintf(buf, size, "%s", json_string_value(text));
    return true;
}

static bool read_claims(struct span body, struct jwt_claims *ret_claims)
{
    json_t *object = decode_object(body);
    const json_t *expires = json_object_get(object, "exp");
    struct jwt_claims claims = {
        .tenant_id = json_integer_value(json_object_get(object, "tenant_id")),
        .issued_s = json_integer_value(json_object_get(object, "iat")),
        .expires_s = json_integer_value(expires),
    };
    bool complete = json_is_integer(expires) &&
                    copy_text(object, "sub", claims.subject, sizeof(claims.subject)) &&
                    copy_text(object, "role", claims.role, sizeof(claims.role));
    json_decref(object);
    if (complete)
        *ret_claims = claims;
    return complete;
}

enum jwt_verdict jwt_verify(struct span token, struct span key, nsec_t now_ns,
                            struct jwt_claims *ret_claims)
{
    struct span rest, signature;
    struct span header = span_cut(token, '.', &rest);
    struct span body = span_cut(rest, '.', &signature);
    if (token.len > JWT_MAX_BYTES || !header.len || !body.len)
        return JWT_MALFORMED;
    unsigned char expected[MAC_BYTES], given[MAC_BYTES + 1];
    sign(expected, span_head(token, header.len + 1 + body.len), key);
    if (decode(signature, given, sizeof(given)) != MAC_BYTES ||
        sodium_memcmp(expected, given, MAC_BYTES) != 0 || !is_hs256(header))
        return JWT_BAD_SIGNATURE;
    struct jwt_claims claims;
    if (!read_claims(body, &claims))
        return JWT_MALFORMED;
    if (claims.expires_s <= now_ns / NSEC_PER_SEC)
        return JWT_EXPIRED;
    *ret_claims = claims;
    return JWT_VALID;
}
