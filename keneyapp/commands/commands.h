/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands of `keneyapp`: one file each, `NAME.c`. main.c has them in a table.
 */
#ifndef KENEYAPP_COMMANDS_COMMANDS_H
#define KENEYAPP_COMMANDS_COMMANDS_H

#include "keneyapp/config.h"

struct command {
    const char *name;
    enum command_bit bit;
    const char *usage, *summary;
    /* Does what the command is for: 0, or -1 with a sentence. The configuration is complete. */
    int (*run)(const struct config *config, struct error *err);
};

extern const struct command command_backup, command_config, command_init, command_migrate,
    command_passwd, command_rotate, command_seed, command_serve, command_tenant, command_token,
    command_user, command_version;

#endif
