/* SPDX-License-Identifier: Apache-2.0
 *
 * Access tokens: JSON Web Tokens (RFC 7519) signed with HMAC SHA-256 (HS256, RFC 7515). No other
 * algorithm is accepted, `none` least of all. Any thread.
 */
#ifndef KENEYAPP_AUTH_JWT_H
#define KENEYAPP_AUTH_JWT_H

#include "base/clock.h"
#include "base/span.h"
#include "base/strbuf.h"
#include "base/util.h"

enum {
    JWT_MAX_BYTES = 2048, /* of a token that is looked at */
};

struct jwt_claims {
    char subject[104]; /* username */
    char role[16];
    int64_t tenant_id;
    int64_t issued_s, expires_s; /* seconds since 1970 */
};

enum jwt_verdict {
    JWT_VALID,
    JWT_MALFORMED,
    JWT_BAD_SIGNATURE, /* or an algorithm other than HS256 */
    JWT_EXPIRED,
};

/* Appends the token. `subject` and `role` are UTF-8. */
void jwt_sign(struct strbuf *out, const struct jwt_claims *claims, struct span key);

/* `now_ns` is wall-clock time since 1970. Fills `ret_claims` only for JWT_VALID. The signature is
 * checked in constant time, before anything inside the token is believed. */
MUST_CHECK enum jwt_verdict jwt_verify(struct span token, struct span key, nsec_t now_ns,
                                       struct jwt_claims *ret_claims);

#endif
