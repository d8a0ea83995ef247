/* SPDX-License-Identifier: Apache-2.0
 *
 * The option table, for the files that read and print it (config*.c).
 */
#ifndef KENEYAPP_CONFIG_OPTIONS_H
#define KENEYAPP_CONFIG_OPTIONS_H

#include "base/span.h"
#include "keneyapp/config.h"

enum option_kind {
    OPTION_FLAG,     /* bool; --name and --no-name */
    OPTION_TEXT,     /* const char * */
    OPTION_DURATION, /* nsec_t, from min to max seconds */
    OPTION_COUNT,    /* unsigned, from min to max */
    OPTION_SIZE,     /* uint64_t, from min to max bytes */
    OPTION_CHOICE,   /* unsigned, index into `choices` */
    OPTION_MEASURES, /* unsigned, enum measure */
};

enum option_flag {
    OPTION_ARGUMENT = 1 << 0, /* of one call: not in the file, not in the environment */
    OPTION_IS_ON = 1 << 1,    /* a flag whose help is --no-name */
    OPTION_SECRET = 1 << 2,   /* may hold a password, or (without commands) is one */
    OPTION_NOT_IN_FILE = 1 << 3,
    OPTION_OPTIONAL = 1 << 4, /* a text that may be empty: NULL */
};

struct option {
    const char *name, *argument;
    enum option_kind kind;
    size_t offset; /* in struct config */
    unsigned commands;
    const char *help;
    unsigned flags;
    uint64_t min, max;          /* of those kinds that have them */
    const char *zero;           /* a word for 0, like auto; of a text, for none */
    const char *const *choices; /* NULL-terminated */
};

extern const struct option CONFIG_OPTIONS[];
extern const size_t CONFIG_OPTION_COUNT;

/* By name without dashes; NULL: there is none. */
const struct option *option_find(struct span name);

/* A setting is an option that file and environment may have too. */
bool option_is_setting(const struct option *option);

/* Takes `value` over unless a higher source has spoken; the text is borrowed. `label` is what the
 * user called the option. */
MUST_CHECK int option_set(struct config *config, const struct option *option, const char *value,
                          enum config_source source, const char *label, struct error *err);

/* The value as option_set() would read it. */
void option_print(const struct config *config, const struct option *option, struct strbuf *out);

#endif
