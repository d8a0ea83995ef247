/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp passwd USER`: a password, and the user if need be.
 */
#include "keneyapp/commands/account.h"
#include "keneyapp/commands/commands.h"

static int run(const struct config *config, struct error *err)
{
    return account_passwd(config, config->words[0], true, err);
}

const struct command command_passwd = {
    .name = "passwd",
    .bit = COMMAND_PASSWD,
    .usage = "passwd USER [--role ROLE] [--tenant SLUG] [options]",
    .summary = "set a user's password (read from standard input), making the user if need be",
    .run = run,
};
