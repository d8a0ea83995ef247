/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyperf as TOOL ...: everything behind the tool's name is the tool's own.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/as/drop_in.h"
#include "cli/command.h"

static void print_tools(FILE *to)
{
    fprintf(to, "usage: keneyperf as TOOL [the tool's own arguments]\n\n"
                "Takes the place of a tool; so does a symlink to keneyperf of the tool's name.\n\n"
                "tools:\n");
    for (size_t i = 0; DROP_INS[i]; i++)
        fprintf(to, "  %-8s %s\n", DROP_INS[i]->name, DROP_INS[i]->summary);
}

static void refuse(const char *name)
{
    fprintf(stderr, "keneyperf as: \"%s\" is not one of the tools it can be:", name);
    for (size_t i = 0; DROP_INS[i]; i++)
        fprintf(stderr, "%s %s", i ? "," : "", DROP_INS[i]->name);
    fputc('\n', stderr);
}

static int pass(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        print_tools(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_tools(stdout);
        return EXIT_OK;
    }
    const struct drop_in *tool = drop_in_find(name);
    if (tool)
        return tool->run(argc - 1, argv + 1);
    refuse(name);
    return EXIT_USAGE;
}

const struct command COMMAND_AS = {
    .name = "as",
    .summary = "take the place of ab, hey, locust, wrk or wrk2",
    .pass = pass,
};
