/* SPDX-License-Identifier: Apache-2.0
 *
 * What a sign-in leaves behind in the database: one wrong password more, or none any longer. It is
 * written by a handler thread after the answer has gone, because waiting for the disk would tell
 * whose name exists. What cannot be written (the server is too busy or ends) is lost; the count in
 * memory (auth/lockout.h) goes on. Any thread.
 */
#ifndef KENEYAPP_AUTH_SIGN_IN_H
#define KENEYAPP_AUTH_SIGN_IN_H

#include "keneyapp/store/store.h"

struct app;

/* Whether a lock by hand or by wrong passwords holds at `now_ns` (since 1970). */
bool sign_in_is_locked(const struct store_user *user, nsec_t now_ns);

/* What lockouts_wait_s() says of a name that is locked, unless its user was unlocked meanwhile from
 * elsewhere: the database decides once it has the lock. It is asked for every name, so that the
 * time of a refusal does not tell who exists. */
unsigned sign_in_wait_s(const struct app *app, struct session *session, struct span name);

/* `user` is as it was read for this sign-in. */
void sign_in_note(const struct app *app, const struct store_user *user, bool right);

#endif
