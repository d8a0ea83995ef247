/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp rotate`: a new key for access tokens, without signing anybody out.
 */
#include <stdio.h>

#include "keneyapp/commands/commands.h"
#include "keneyapp/home.h"

static int run(const struct config *config, struct error *err)
{
    AUTO(home_done) struct home home = {0};
    if (home_open(&home, config->data_dir, clock_wall(), err) != 0 || home_keep(&home, err) != 0 ||
        home_rotate_token_key(&home, err) != 0)
        return -1;
    puts(
        "Start the server again: from then on it signs with the new key, and until then it refuses "
        "what keneyapp token prints. Tokens that are out stay good until they end");
    return 0;
}

const struct command command_rotate = {
    .name = "rotate",
    .bit = COMMAND_ROTATE,
    .usage = "rotate [options]",
    .summary = "make a new key that signs access tokens; the one before stays good",
    .run = run,
};
