/* SPDX-License-Identifier: Apache-2.0
 *
 * A handler's way to a new password's hash: a hashing thread computes it, then a handler thread
 * with a database session keeps it and answers. The call belongs to these threads one after the
 * other.
 */
#ifndef KENEYAPP_ROUTES_NEW_PASSWORD_H
#define KENEYAPP_ROUTES_NEW_PASSWORD_H

#include "keneyapp/auth/login_gate.h"
#include "keneyapp/auth/password.h"
#include "keneyapp/http/handlers.h"
#include "keneyapp/http/message.h"

/* Lives in the call's arena, as do the texts. */
struct new_password {
    struct call *call;
    struct response *response;
    struct span password;
    /* Answers; the hash is ready. Not called when no session is to be had. */
    void (*keep)(struct new_password *new_password, struct session *session);
    char hash[PASSWORD_HASH_BYTES];

    struct login_work work;
    struct task task;
};

/* Any thread. HANDLED: the answer is there already, a refusal. */
enum handled new_password_start(struct new_password *new_password);

/* Keeps the hash as the user's, and unlocks them. `was` and STORE_NOT_FOUND are those of
 * session_set_password(). */
MUST_CHECK enum store_result new_password_set(const struct new_password *new_password,
                                              struct session *session,
                                              const struct store_user *user, struct span was);

/* After the commit: the new password counts from here on, and the answer is 204. */
void new_password_counts(const struct new_password *new_password, const struct store_user *user);

#endif
