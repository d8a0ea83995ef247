/* SPDX-License-Identifier: Apache-2.0
 *
 * One option table a command: it parses, prints help, reads the environment and hands test
 * options on as JSON in k6's names, so that all of them are consolidated in one place (the front
 * end's options). Parsing follows what k6 users' command lines rely on: "--name value",
 * "--name=value", "-u5", "-u 5", options after positional arguments, "--" ends options.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

struct error;
struct strbuf;

enum option_kind {
    OPTION_FLAG, /* bool; --name, --name=false */
    OPTION_TEXT,
    OPTION_INTEGER,
    OPTION_NUMBER,
    OPTION_DURATION, /* checked here, handed on as text; a bare number is milliseconds, as in k6 */
    OPTION_TIME,     /* a duration with its unit: a bare number is seconds in wrk, ab and hey */
    OPTION_LIST,     /* repeatable, comma-separated */
    OPTION_REPEAT,   /* repeatable, taken whole */
    OPTION_PAIR,     /* repeatable "key=value", comma-separated */
    OPTION_STAGE,    /* repeatable "10s:5", comma-separated */
};

struct option_spec {
    char letter; /* 0: none */
    const char *name;
    enum option_kind kind;
    const char *value; /* what help calls the value; NULL for flags */
    const char *env;   /* NULL: none */
    const char *json;  /* k6's option name in the script; NULL: not a test option */
    const char *help;
};

/* The row that ends a table. */
#define OPTIONS_END                                                                                \
    {                                                                                              \
        0                                                                                          \
    }

enum option_source {
    OPTION_FROM_ENV,
    OPTION_FROM_COMMAND_LINE,
};

struct option_value {
    const struct option_spec *spec;
    const char *text; /* borrowed from argv or the environment; "true"/"false" for flags */
    enum option_source source;
};

struct options {
    const struct option_spec *specs;
    struct option_value *values; /* in order of appearance; environment first */
    size_t value_count;
    const char **arguments; /* positional ones */
    size_t argument_count;
    bool help;
};

/* `specs` ends with OPTIONS_END. argv[0] is the command's name and is skipped. 0, or -1 and `err`
 * (255) naming what is wrong. */
MUST_CHECK int options_parse(struct options *options, const struct option_spec *specs, int argc,
                             char **argv, struct error *err);
void options_done(struct options *options);

/* The last value given, command line before environment; NULL when absent. */
const char *options_text(const struct options *options, const char *name);
bool options_flag(const struct options *options, const char *name);

/* The n-th value of a repeatable option, or NULL behind the last. */
const char *options_each(const struct options *options, const char *name, size_t n);

/* The options of one source as a JSON object in k6's names. */
void options_json(const struct options *options, enum option_source source, struct strbuf *out);

/* The option list of --help. */
void options_help(const struct option_spec *specs, struct strbuf *out);

#endif
