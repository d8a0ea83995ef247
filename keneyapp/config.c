/* SPDX-License-Identifier: Apache-2.0
 *
 * The option table and what reads it.
 */
#include "keneyapp/config.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "keneyapp/model/role.h"

enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_DURATION,
    OPTION_COUNT,
};

static const struct option {
    const char *name, *argument;
    enum option_kind kind;
    size_t offset; /* in struct config */
    unsigned commands;
    const char *help;
} OPTIONS[] = {
    {"--data", "DIR", OPTION_TEXT, offsetof(struct config, data_dir), COMMAND_ALL,
     "folder of the database, keys and certificates; default $XDG_DATA_HOME/keneyapp, else "
     "~/.local/share/keneyapp"},
    {"--listen", "ADDRESS:PORT", OPTION_TEXT, offsetof(struct config, listen), COMMAND_SERVE,
     "address for http, or off; port 0 takes a free one; default 127.0.0.1:8000"},
    {"--tls-listen", "ADDRESS:PORT", OPTION_TEXT, offsetof(struct config, tls_listen),
     COMMAND_SERVE, "address for https, or off; default 127.0.0.1:8443"},
    {"--demo", NULL, OPTION_FLAG, offsetof(struct config, demo), COMMAND_SERVE,
     "fill an empty database with synthetic people first"},
    {"--token-lifetime", "TIME", OPTION_DURATION, offsetof(struct config, token_ns),
     COMMAND_SERVE | COMMAND_TOKEN, "how long an access token is good; default 12h"},
    {"--remember-logins", "TIME", OPTION_DURATION, offsetof(struct config, remember_ns),
     COMMAND_SERVE,
     "how long a verified login needs no new password hash; 0 switches this off; default 5m"},
    {"--handlers", "N", OPTION_COUNT, offsetof(struct config, handlers), COMMAND_SERVE,
     "threads that work with the database; default two per core"},
    {"--role", "ROLE", OPTION_TEXT, offsetof(struct config, role), COMMAND_PASSWD,
     "role of a user that does not exist yet: " ROLE_SENTENCE "; default doctor"},
    {"--help", NULL, OPTION_FLAG, offsetof(struct config, help), COMMAND_ALL, "this text"},
};

void config_defaults(struct config *config)
{
    *config = (struct config){
        .listen = "127.0.0.1:8000",
        .tls_listen = "127.0.0.1:8443",
        .token_ns = (nsec_t)12 * 3600 * NSEC_PER_SEC,
        .remember_ns = 300 * NSEC_PER_SEC,
        .role = "doctor",
    };
}

int config_duration(const char *text, nsec_t *ret_ns)
{
    static const char UNITS[] = "smhd";
    static const int64_t SECONDS[] = {1, 60, 3600, 86400};
    size_t digits = strspn(text, "0123456789");
    uint64_t number;
    if (span_to_u64(span_of(text, digits), 1000000, &number) != 0)
        return -1;
    const char *unit = text[digits] ? strchr(UNITS, text[digits]) : UNITS;
    if (!unit || (text[digits] && text[digits + 1]))
        return -1;
    *ret_ns = (nsec_t)number * SECONDS[unit - UNITS] * NSEC_PER_SEC;
    return 0;
}

static int set_option(struct config *config, const struct option *option, const char *value,
                      struct error *err)
{
    char *at = (char *)config + option->offset;
    uint64_t number;
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)at = true;
        return 0;
    case OPTION_TEXT:
        *(const char **)at = value;
        return 0;
    case OPTION_DURATION:
        if (config_duration(value, (nsec_t *)at) != 0)
            return error_set(err, EXIT_USAGE,
                             "%s: \"%s\" is not a time; write for example 45s, 30m or 12h",
                             option->name, value);
        return 0;
    case OPTION_COUNT:
        if (span_to_u64(span_cstr(value), 256, &number) != 0 || number == 0)
            return error_set(err, EXIT_USAGE, "%s: \"%s\" is not a number from 1 to 256",
                             option->name, value);
        *(unsigned *)at = (unsigned)number;
        return 0;
    }
    return -1;
}

static const struct option *find_option(struct span name, enum command_bit command)
{
    for (size_t i = 0; i < COUNT_OF(OPTIONS); i++)
        if (OPTIONS[i].commands & command && span_equal(span_cstr(OPTIONS[i].name), name))
            return &OPTIONS[i];
    return NULL;
}

/* One option at argv[*at], as "--name value" or "--name=value"; moves `at` to its last word. */
static int parse_option(struct config *config, enum command_bit command, char **argv, int *at,
                        struct error *err)
{
    const char *word = strcmp(argv[*at], "-h") == 0 ? "--help" : argv[*at];
    const char *equals = strchr(word, '=');
    struct span name = equals ? span_of(word, (size_t)(equals - word)) : span_cstr(word);
    const struct option *option = find_option(name, command);
    if (!option)
        return error_set(err, EXIT_USAGE, "unknown option %.*s: --help lists what there is",
                         SPAN_ARG(name));
    if (option->kind == OPTION_FLAG && equals)
        return error_set(err, EXIT_USAGE, "%s takes no value", option->name);
    const char *value = equals ? equals + 1 : NULL;
    if (option->kind != OPTION_FLAG && !value)
        value = argv[++*at];
    if (option->kind != OPTION_FLAG && !value)
        return error_set(err, EXIT_USAGE, "%s needs a value: %s %s", option->name, option->name,
                         option->argument);
    return set_option(config, option, value, err);
}

/* What each option allows, but a clinic cannot work with. */
static int check(const struct config *config, struct error *err)
{
    if (config->help)
        return 0;
    if (strcmp(config->listen, "off") == 0 && strcmp(config->tls_listen, "off") == 0)
        return error_set(
            err, EXIT_USAGE,
            "--listen and --tls-listen are both off, so nobody could reach the clinic: "
            "give one of them an ADDRESS:PORT");
    if (config->token_ns == 0)
        return error_set(err, EXIT_USAGE,
                         "--token-lifetime 0 would make tokens that are over when they are issued; "
                         "write for example 45s, 30m or 12h");
    return 0;
}

int config_parse(struct config *config, enum command_bit command, int argc, char **argv,
                 struct error *err)
{
    bool wants_user = command & (COMMAND_TOKEN | COMMAND_PASSWD);
    for (int i = 0; i < argc; i++) {
        if (argv[i][0] == '-') {
            if (parse_option(config, command, argv, &i, err) != 0)
                return -1;
        } else if (wants_user && !config->user) {
            config->user = argv[i];
        } else {
            return error_set(err, EXIT_USAGE, "unexpected word \"%s\": --help shows the usage",
                             argv[i]);
        }
    }
    if (wants_user && !config->user && !config->help)
        return error_set(err, EXIT_USAGE, "the name of a user is missing: --help shows the usage");
    return check(config, err);
}

void config_help(struct strbuf *out, enum command_bit command)
{
    for (size_t i = 0; i < COUNT_OF(OPTIONS); i++) {
        const struct option *option = &OPTIONS[i];
        char left[64];
        if (!(option->commands & command))
            continue;
        snprintf(left, sizeof(left), "%s%s%s", option->name, option->argument ? " " : "",
                 option->argument ? option->argument : "");
        strbuf_addf(out, "  %-26s %s\n", left, option->help);
    }
}

char *config_default_dir(void)
{
    const char *data_home = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    AUTO(strbuf_done) struct strbuf path = STRBUF_INIT(4096);
    if (data_home && data_home[0] == '/')
        strbuf_addf(&path, "%s/keneyapp", data_home);
    else if (home && home[0])
        strbuf_addf(&path, "%s/.local/share/keneyapp", home);
    return path.len ? strbuf_take(&path) : NULL;
}
