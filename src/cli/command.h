/* SPDX-License-Identifier: Apache-2.0
 *
 * One subcommand of keneyperf: a row of the command table, one file each (cmd_*.c).
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"

struct command {
    const char *name;
    const char *arguments;                     /* "FILE [options]" */
    const char *summary;                       /* one line */
    const char *details;                       /* what --help says above the options */
    const struct option_spec *options;         /* ends with OPTIONS_END */
    int (*run)(const struct options *options); /* the exit code */

    /* Instead of all that follows `summary`: takes its arguments as they are; argv[0] is the
     * command's name. The exit code. */
    int (*pass)(int argc, char **argv);
};

extern const struct command COMMAND_AS;
extern const struct command COMMAND_BENCH;
extern const struct command COMMAND_RUN;

/* All commands, by name; NULL ends. */
extern const struct command *const COMMANDS[];

#endif
