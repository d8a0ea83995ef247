/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is asking: access tokens of users, and whether a token still lets its user in. A token names
 * its user and the password it was given for; role, tenant and state are always the user's of now.
 * It ends with its time, with its user (gone, inactive, locked by an administrator) and with its
 * password. Too many wrong passwords refuse sign-ins (auth/lockout.h) but end no token: otherwise
 * anybody could throw anybody out.
 */
#ifndef KENEYAPP_AUTH_ACCESS_H
#define KENEYAPP_AUTH_ACCESS_H

#include "base/clock.h"
#include "keneyapp/auth/jwt.h"
#include "keneyapp/store/store.h"

/* Appends a token for `user`, good for `life_ns` from `now_ns` (since 1970). Any thread. */
void access_token(struct strbuf *out, const struct token_keys *keys, const struct store_user *user,
                  nsec_t now_ns, nsec_t life_ns);

/* Whether the user that verified claims name may go on with them. Pure. */
bool access_holds(const struct jwt_claims *claims, const struct store_user *user);

#endif
