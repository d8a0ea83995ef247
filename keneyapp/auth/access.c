/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens of users.
 */
#include "keneyapp/auth/access.h"

#include <stdio.h>

void access_token(struct strbuf *out, const struct token_keys *keys, const struct store_user *user,
                  nsec_t now_ns, nsec_t life_ns)
{
    struct jwt_claims claims = {
        .tenant_id = TENANT_DEFAULT,
        .issued_s = now_ns / NSEC_PER_SEC,
        .expires_s = (now_ns + life_ns) / NSEC_PER_SEC,
    };
    snprintf(claims.subject, sizeof(claims.subject), "%s", user->username);
    snprintf(claims.role, sizeof(claims.role), "%s", user->role);
    password_id(user->hashed_password, claims.password_id);
    jwt_sign(out, &claims, keys);
}

bool access_holds(const struct jwt_claims *claims, const struct store_user *user)
{
    char id[PASSWORD_ID_BYTES];
    password_id(user->hashed_password, id);
    return user->is_active && !user->is_locked && strcmp(id, claims->password_id) == 0;
}
