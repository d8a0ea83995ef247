/* SPDX-License-Identifier: Apache-2.0
 *
 * keneyapp: the clinic platform. A table of commands; each opens what it needs and returns an exit
 * code.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "keneyapp/commands/commands.h"

enum {
    HELP_MAX_BYTES = 16 * 1024,
    SUMMARY_COLUMN = 11,
    USAGE_COLUMN = 16,
};

static const struct command *const COMMANDS[] = {
    &command_backup, &command_config, &command_init, &command_migrate,
    &command_passwd, &command_rotate, &command_seed, &command_serve,
    &command_tenant, &command_token,  &command_user, &command_version,
};

static void print_help(void)
{
    AUTO(strbuf_done) struct strbuf list = STRBUF_INIT(HELP_MAX_BYTES);
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
        strbuf_addf(&list, "  %-8s ", COMMANDS[i]->name);
        strbuf_add_words(&list, COMMANDS[i]->summary, SUMMARY_COLUMN, SUMMARY_COLUMN, HELP_WIDTH);
        strbuf_addc(&list, '\n');
    }
    printf("keneyapp " KENEYPERF_VERSION ": the clinic platform\n\n"
           "usage: keneyapp COMMAND [options]\n\n%s",
           strbuf_cstr(&list));
    printf("\nkeneyapp COMMAND --help lists the options of a command. Start here:\n"
           "  keneyapp serve --demo\n");
}

static void print_command_help(const struct command *command)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(HELP_MAX_BYTES);
    strbuf_addf(&text, "keneyapp %s:", command->name);
    strbuf_add_words(&text, command->summary, text.len, 0, HELP_WIDTH);
    strbuf_adds(&text, "\n\nusage: keneyapp ");
    strbuf_add_words(&text, command->usage, USAGE_COLUMN, USAGE_COLUMN, HELP_WIDTH);
    strbuf_adds(&text, "\n\noptions:\n");
    config_help(&text, command->bit);
    fputs(strbuf_cstr(&text), stdout);
}

static int complain(const struct error *err)
{
    char text[1200];
    fprintf(stderr, "keneyapp: %s\n", error_text(err, text, sizeof(text)));
    return err->code;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct error err = {0};
    AUTO(config_done) struct config config;
    config_init(&config);
    if (config_parse(&config, command->bit, argc, argv, &err) != 0)
        return complain(&err);
    if (config.help) {
        print_command_help(command);
        return EXIT_OK;
    }
    if (command->bit != COMMAND_VERSION && config_load(&config, environ, &err) != 0)
        return complain(&err);
    return command->run(&config, &err) == 0 ? EXIT_OK : complain(&err);
}

static int run(int argc, char **argv)
{
    umask(077); /* health data: the database is its owner's, wherever --data is */
    if (sodium_init() < 0) {
        fputs("keneyapp: the system gives no random numbers (libsodium)\n", stderr);
        return EXIT_INVALID_CONFIG;
    }
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--version") == 0)
        name = "version";
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++)
        if (strcmp(name, COMMANDS[i]->name) == 0)
            return run_command(COMMANDS[i], argc - 2, argv + 2);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help();
        return EXIT_OK;
    }
    fprintf(stderr, "keneyapp: there is no command \"%s\": keneyapp --help lists them\n", name);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    file_open_standard();
    return file_end_standard(run(argc, argv));
}
