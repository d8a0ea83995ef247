/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp migrate`: the database's version, and the way to the newest one.
 */
#include <stdio.h>

#include "keneyapp/commands/commands.h"
#include "keneyapp/commands/workplace.h"

static int run(const struct config *config, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    int version, newest;
    if (workplace_reach(&place, config, err) != 0 ||
        store_version(place.database.store, &version, &newest, err) != 0)
        return -1;
    if (config->status || version == newest) {
        printf("The database has version %d, this program knows up to %d: %s\n", version, newest,
               version == newest ? "nothing is to be done" : "keneyapp migrate brings it there");
        return 0;
    }
    if (store_migrate(place.database.store, err) != 0 || home_keep(&place.home, err) != 0)
        return -1;
    printf("The database went from version %d to %d\n", version, newest);
    return 0;
}

const struct command command_migrate = {
    .name = "migrate",
    .bit = COMMAND_MIGRATE,
    .usage = "migrate [--status] [options]",
    .summary = "bring the database to this program's version (serve does so too)",
    .run = run,
};
