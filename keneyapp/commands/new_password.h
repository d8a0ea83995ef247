/* SPDX-License-Identifier: Apache-2.0
 *
 * A password from standard input, for the commands that set one.
 */
#ifndef KENEYAPP_COMMANDS_NEW_PASSWORD_H
#define KENEYAPP_COMMANDS_NEW_PASSWORD_H

#include "base/error.h"
#include "keneyapp/auth/password.h"

/* Reads one line and hashes it; the password itself is wiped. `hash` holds PASSWORD_HASH_BYTES. */
MUST_CHECK int new_password(char *hash, struct error *err);

#endif
