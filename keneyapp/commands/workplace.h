/* SPDX-License-Identifier: Apache-2.0
 *
 * Folder, store and a session, for the commands that do one thing and end.
 */
#ifndef KENEYAPP_COMMANDS_WORKPLACE_H
#define KENEYAPP_COMMANDS_WORKPLACE_H

#include "keneyapp/config.h"
#include "keneyapp/database.h"
#include "keneyapp/home.h"

struct workplace {
    struct home home;
    struct database database;
    struct session *session; /* acts for the clinic that --tenant names */
};

/* Makes what is missing. Warnings go to standard error. After -1 workplace_done() is due too. */
MUST_CHECK int workplace_open(struct workplace *place, const struct config *config,
                              struct error *err);

/* The same for the first clinic, whatever --tenant says, and keys that are new are the caller's to
 * keep (home_keep()): a refusal until then leaves none behind. */
MUST_CHECK int workplace_look(struct workplace *place, const struct config *config,
                              struct error *err);

/* workplace_open(), but the database stays as it is, without tables or with old ones, there is no
 * session, and keys that are new are the caller's to keep (home_keep()). */
MUST_CHECK int workplace_reach(struct workplace *place, const struct config *config,
                               struct error *err);

/* Cleanup function for AUTO(). */
void workplace_done(struct workplace *place);

/* A sentence when there is no such user. */
MUST_CHECK int workplace_user(struct workplace *place, const char *name,
                              struct store_user *ret_user, struct error *err);

/* What the store said, as a sentence that begins with `what` ("cannot read the users"); -1. */
int workplace_failed(const struct workplace *place, const char *what, struct error *err);

#endif
