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

/* `user` is as it was read for this sign-in. */
void sign_in_note(const struct app *app, const struct store_user *user, bool right);

#endif
