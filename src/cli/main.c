/* SPDX-License-Identifier: Apache-2.0
 *
 * The edge of the program: finds the command, or the tool whose name it was called by, parses
 * options, prints errors and help. No exit() below here.
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "cli/as/drop_in.h"
#include "cli/command.h"

enum {
    HELP_MAX_BYTES = 64 << 10,
};

const struct command *const COMMANDS[] = {&COMMAND_AS, &COMMAND_BENCH, &COMMAND_RUN, NULL};

static void print_overview(FILE *to)
{
    fprintf(to, "keneyperf runs the load tests you have, judges them and says why.\n\n"
                "usage: keneyperf COMMAND [options]\n\n");
    for (size_t i = 0; COMMANDS[i]; i++)
        fprintf(to, "  %-8s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    fprintf(to, "  %-8s %s\n", "version", "print the version");
    fprintf(to, "\n'keneyperf COMMAND --help' lists the options of a command.\n");
}

static void print_help(const struct command *command)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(HELP_MAX_BYTES);
    options_help(command->options, &text);
    printf("usage: keneyperf %s %s\n\n%s\n\noptions:\n%s", command->name, command->arguments,
           command->details, strbuf_cstr(&text));
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; COMMANDS[i]; i++) {
        if (strcmp(COMMANDS[i]->name, name) == 0)
            return COMMANDS[i];
    }
    return NULL;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct error err = {0};
    if (command->pass)
        return command->pass(argc, argv);
    AUTO(options_done) struct options options;
    if (options_parse(&options, command->options, argc, argv, &err) < 0) {
        fprintf(stderr, "keneyperf %s: %s\n", command->name, err.message);
        return err.code;
    }
    if (options.help) {
        print_help(command);
        return EXIT_OK;
    }
    return command->run(&options);
}

static int run(int argc, char **argv)
{
    const struct drop_in *tool = argc > 0 ? drop_in_find(argv[0]) : NULL;
    const char *name = argc > 1 ? argv[1] : NULL;
    if (tool)
        return tool->run(argc, argv);
    if (!name) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_overview(stdout);
        return EXIT_OK;
    }
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
        printf("keneyperf %s\n", KENEYPERF_VERSION);
        return EXIT_OK;
    }
    const struct command *command = find_command(name);
    if (!command) {
        fprintf(stderr, "keneyperf: there is no command \"%s\"; see keneyperf --help\n", name);
        return EXIT_USAGE;
    }
    return run_command(command, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    file_open_standard();
    return file_end_standard(run(argc, argv));
}
