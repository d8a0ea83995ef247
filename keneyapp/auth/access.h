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
#include "keneyapp/http/message.h"

enum access {
    ACCESS_KNOWN,
    ACCESS_REFUSED, /* no token, or none of ours: 401 */
    ACCESS_UNKNOWN, /* only the database can tell */
};

/* Appends a token for `user`, good for `life_ns` from `now_ns` (since 1970). Any thread. */
void access_token(struct strbuf *out, const struct token_keys *keys, const struct store_user *user,
                  nsec_t now_ns, nsec_t life_ns);

/* From memory alone, so that a server's own thread may ask; a token that was not seen before is
 * verified (microseconds). Fills `ret_user` for ACCESS_KNOWN, `*ret_why` (static, for people) for
 * ACCESS_REFUSED. What memory says against a user is never the last word: that is unknown. */
enum access access_peek(const struct app *app, struct span authorization,
                        struct store_user *ret_user, const char **ret_why);

/* The same with the database at hand; handler threads. True: `call->user` is who asks. False:
 * `response` says why not. Takes a session only when memory does not know. */
bool access_check(const struct request *request, struct response *response, struct call *call);

#endif
