/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp init`: makes what a clinic needs, and ends.
 */
#include <stdio.h>

#include "keneyapp/commands/commands.h"
#include "keneyapp/commands/workplace.h"

static int run(const struct config *config, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    if (workplace_open(&place, config, err) != 0)
        return -1;
    printf("Database, keys and certificates are in %s (trust %s for https)\n", place.home.dir,
           place.home.ca);
    return 0;
}

const struct command command_init = {
    .name = "init",
    .bit = COMMAND_INIT,
    .usage = "init [options]",
    .summary = "make database, keys and certificates",
    .run = run,
};
