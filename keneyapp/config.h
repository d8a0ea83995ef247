/* SPDX-License-Identifier: Apache-2.0
 *
 * What the command line can say. One option table parses, prints the help and is what the man page
 * is checked against.
 */
#ifndef KENEYAPP_CONFIG_H
#define KENEYAPP_CONFIG_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/strbuf.h"

struct config {
    const char *data_dir;            /* NULL: config_default_dir() */
    const char *listen, *tls_listen; /* ADDRESS:PORT or "off" */
    bool demo, help;
    nsec_t token_ns;    /* life of an access token */
    nsec_t remember_ns; /* of verified logins; 0: never */
    unsigned handlers;  /* handler threads; 0: two per core */
    const char *role;   /* of a user that `passwd` makes */
    const char *user;   /* the argument of `token` and `passwd` */
};

/* Which commands an option belongs to. */
enum command_bit {
    COMMAND_SERVE = 1 << 0,
    COMMAND_INIT = 1 << 1,
    COMMAND_SEED = 1 << 2,
    COMMAND_TOKEN = 1 << 3,
    COMMAND_PASSWD = 1 << 4,
    COMMAND_ALL = (1 << 5) - 1,
};

void config_defaults(struct config *config);

/* Reads the words after the command; `argv` is borrowed for the config's life. COMMAND_TOKEN
 * and COMMAND_PASSWD take one plain word, the user. */
MUST_CHECK int config_parse(struct config *config, enum command_bit command, int argc, char **argv,
                            struct error *err);

/* The options of a command, one a line. */
void config_help(struct strbuf *out, enum command_bit command);

/* "12h", "30m", "45s", "0"; 0 or -1. */
MUST_CHECK int config_duration(const char *text, nsec_t *ret_ns);

/* $XDG_DATA_HOME/keneyapp or ~/.local/share/keneyapp; free() it. NULL when neither is known. */
char *config_default_dir(void);

#endif
