/* SPDX-License-Identifier: Apache-2.0
 *
 * Access tokens: JSON Web Tokens (RFC 7519) signed with HMAC SHA-256 (HS256, RFC 7515). No other
 * algorithm is accepted, `none` least of all: a token's head has to be, byte for byte, one that
 * this clinic writes. Any thread.
 */
#ifndef KENEYAPP_AUTH_JWT_H
#define KENEYAPP_AUTH_JWT_H

#include "base/clock.h"
#include "base/span.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "keneyapp/auth/password.h"

struct token_keys;

enum {
    JWT_MAX_BYTES = 2048, /* of a token that is looked at */
};

#define JWT_ISSUER   "keneyapp"
#define JWT_AUDIENCE "keneyapp-api"

struct jwt_claims {
    char subject[104]; /* username */
    char role[16];
    char password_id[PASSWORD_ID_BYTES]; /* of the password it was given for: auth/password.h */
    int64_t tenant_id;
    int64_t issued_s, expires_s; /* seconds since 1970 */
};

enum jwt_verdict {
    JWT_VALID,
    JWT_MALFORMED,
    JWT_BAD_SIGNATURE, /* or an algorithm other than HS256, or a key that is gone */
    JWT_EXPIRED,
    JWT_EARLY,   /* `nbf` is to come; there is no tolerance */
    JWT_FOREIGN, /* another issuer or audience */
};

/* Appends the token, signed with the first key, issuer and audience included. Texts are UTF-8. */
void jwt_sign(struct strbuf *out, const struct jwt_claims *claims, const struct token_keys *keys);

/* `now_ns` is wall-clock time since 1970. Fills `ret_claims` only for JWT_VALID. The signature is
 * checked in constant time, before anything inside the token is believed. */
MUST_CHECK enum jwt_verdict jwt_verify(struct span token, const struct token_keys *keys,
                                       nsec_t now_ns, struct jwt_claims *ret_claims);

#endif
