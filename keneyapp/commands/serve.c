/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp serve`: see keneyapp/serve.h.
 */
#include "keneyapp/serve.h"

#include "keneyapp/commands/commands.h"

const struct command command_serve = {
    .name = "serve",
    .bit = COMMAND_SERVE,
    .usage = "serve [options]",
    .summary = "run the clinic until SIGINT or SIGTERM; makes what is missing first",
    .run = serve_run,
};
