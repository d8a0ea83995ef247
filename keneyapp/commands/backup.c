/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp backup FILE`: a consistent copy of an SQLite database, while a server runs.
 */
#include <stdio.h>
#include <unistd.h>

#include "keneyapp/commands/commands.h"
#include "keneyapp/commands/workplace.h"

static int run(const struct config *config, struct error *err)
{
    AUTO(workplace_done) struct workplace place = {0};
    const char *path = config->words[0];
    if (!config_uses_sqlite(config))
        return error_set(
            err, EXIT_USAGE,
            "backup is for SQLite: copy a PostgreSQL database with pg_dump --format=custom "
            "--file=%s, and keep the data folder's data.key in another place",
            path);
    if (access(path, F_OK) == 0)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "%s is there already: name a new file, or remove that one", path);
    if (workplace_reach(&place, config, err) != 0 ||
        store_backup(place.database.store, path, err) != 0)
        return -1;
    printf("%s has the database. Health data in it is sealed with the key in %s: keep that too, in "
           "another place\n",
           path, config->key_file ? config->key_file : place.home.dir);
    return 0;
}

const struct command command_backup = {
    .name = "backup",
    .bit = COMMAND_BACKUP,
    .usage = "backup FILE [options]",
    .summary = "copy the SQLite database into a new file, while a server may run",
    .run = run,
};
