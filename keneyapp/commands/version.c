/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp version`.
 */
#include <stdio.h>

#include "keneyapp/commands/commands.h"

static int run(const struct config *config, struct error *err)
{
    puts("keneyapp " KENEYPERF_VERSION);
    return 0;
}

const struct command command_version = {
    .name = "version",
    .bit = COMMAND_VERSION,
    .usage = "version",
    .summary = "print the version",
    .run = run,
};
