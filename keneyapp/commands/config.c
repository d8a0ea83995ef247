/* SPDX-License-Identifier: Apache-2.0
 *
 * `keneyapp config`: what holds, and why.
 */
#include "keneyapp/config.h"

#include <stdio.h>

#include "keneyapp/commands/commands.h"

enum {
    OUTPUT_MAX_BYTES = 1024 * 1024,
};

static int run(const struct config *config, struct error *err)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(OUTPUT_MAX_BYTES);
    config_print(config, &out);
    fputs(strbuf_cstr(&out), stdout);
    return 0;
}

const struct command command_config = {
    .name = "config",
    .bit = COMMAND_CONFIG,
    .usage = "config [options of serve]",
    .summary = "print every option's value and where it comes from, passwords masked",
    .run = run,
};
