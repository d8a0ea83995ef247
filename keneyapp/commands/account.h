/* SPDX-License-Identifier: Apache-2.0
 *
 * Users from the command line: what `passwd` and `user` share.
 */
#ifndef KENEYAPP_COMMANDS_ACCOUNT_H
#define KENEYAPP_COMMANDS_ACCOUNT_H

#include "keneyapp/commands/workplace.h"

/* Makes the user `name` with the --role and --tenant of `config`; the password comes from standard
 * input. */
MUST_CHECK int account_add(const struct config *config, const char *name, struct error *err);

/* Sets the password of `name` from standard input, which also unlocks. A user who does not exist is
 * made when `make` says so. */
MUST_CHECK int account_passwd(const struct config *config, const char *name, bool make,
                              struct error *err);

#endif
