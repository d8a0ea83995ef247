/* SPDX-License-Identifier: Apache-2.0
 *
 * What the clinic can be told, and where: on the command line, in the environment (KENEYAPP_NAME),
 * in the configuration file (name = value). The first of these that names an option wins. One
 * option table (config_options.c) reads all three, prints the help and the effective values, and is
 * what the man pages are checked against.
 */
#ifndef KENEYAPP_CONFIG_H
#define KENEYAPP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/strbuf.h"

/* The guide's measures that --without takes away, one bit each: X(symbol, bit, name). */
#define MEASURE_TABLE(X)                                                                           \
    X(POOL, 1 << 0, "pool")                                                                        \
    X(CACHE, 1 << 1, "cache")                                                                      \
    X(INDEXES, 1 << 2, "indexes")                                                                  \
    X(GZIP, 1 << 3, "gzip")                                                                        \
    X(EAGER, 1 << 4, "eager")                                                                      \
    X(PAGINATION, 1 << 5, "pagination")                                                            \
    X(MATVIEW, 1 << 6, "matview")                                                                  \
    X(BATCH, 1 << 7, "batch")                                                                      \
    X(BACKGROUND, 1 << 8, "background")

#define MEASURE_ENUM(symbol, bit, name) WITHOUT_##symbol = (bit),

enum measure {
    MEASURE_TABLE(MEASURE_ENUM)
};

#undef MEASURE_ENUM

enum {
    CONFIG_OPTIONS_MAX = 64,
    CONFIG_WORDS_MAX = 4,
};

/* Where a value comes from; a higher one wins. */
enum config_source {
    SOURCE_DEFAULT,
    SOURCE_FILE,
    SOURCE_ENVIRONMENT,
    SOURCE_COMMAND_LINE,
};

enum audit_mode {
    AUDIT_DEFAULT, /* rows are written in batches; a crash of the machine can lose the last 200 ms
                    */
    AUDIT_STRICT,  /* no answer before its row is on the disk */
};

/* What the log's lines look like. */
enum log_style {
    LOG_STYLE_AUTO, /* text on a terminal, else JSON */
    LOG_STYLE_TEXT,
    LOG_STYLE_JSON,
};

struct config {
    const char *data_dir;            /* never NULL after config_load() */
    const char *config_file;         /* that was read, after config_load(); NULL: none */
    const char *listen, *tls_listen; /* ADDRESS:PORT or "off" */
    bool demo, help;
    nsec_t token_ns;          /* life of an access token */
    nsec_t remember_ns;       /* of verified logins; 0: never */
    nsec_t lockout_ns;        /* of a name after wrong passwords; 0: never */
    const char *cors_origins; /* NULL: none */
    const char *database;     /* NULL: SQLite in the data folder; a path, or postgres://… */
    const char *redis;        /* NULL: none */
    const char *key_file;     /* of the vault; NULL: data.key in the data folder */
    const char *data_key;     /* of the vault itself; NULL: the file */
    unsigned handlers;        /* handler threads; 0: as many as suit the machine */
    unsigned queue;           /* requests that may wait for a handler thread */
    unsigned connections_per_address; /* 0: any number */
    nsec_t request_timeout_ns;        /* for a request's head, and again for its body */
    unsigned pool_size, max_overflow;
    nsec_t pool_timeout_ns, pool_recycle_ns; /* recycle 0: never */
    bool pre_ping;
    uint64_t cache_bytes;
    unsigned audit;           /* enum audit_mode */
    unsigned rate_limits;     /* enum rate_limits_mode */
    unsigned log_level;       /* enum log_level */
    unsigned log_style;       /* enum log_style */
    unsigned without;         /* enum measure */
    nsec_t stats_interval_ns; /* between refreshes of the dashboard's figures; 0: on demand only */

    /* Of single commands. */
    const char *role, *tenant;
    unsigned patients;                   /* of `seed` */
    bool status;                         /* of `migrate` */
    const char *words[CONFIG_WORDS_MAX]; /* plain ones after the command's name */
    unsigned word_count;

    /* Its own. */
    unsigned char sources[CONFIG_OPTIONS_MAX]; /* enum config_source, by option */
    struct arena texts;                        /* what does not live in argv or the environment */
};

/* Which commands an option belongs to. */
enum command_bit {
    COMMAND_BACKUP = 1 << 0,
    COMMAND_CONFIG = 1 << 1,
    COMMAND_INIT = 1 << 2,
    COMMAND_MIGRATE = 1 << 3,
    COMMAND_PASSWD = 1 << 4,
    COMMAND_ROTATE = 1 << 5,
    COMMAND_SEED = 1 << 6,
    COMMAND_SERVE = 1 << 7,
    COMMAND_TENANT = 1 << 8,
    COMMAND_TOKEN = 1 << 9,
    COMMAND_USER = 1 << 10,
    COMMAND_VERSION = 1 << 11,
    COMMAND_ALL = (1 << 12) - 1,
};

/* Defaults. config_done() frees what reading brings in; it is a cleanup function for AUTO(). */
void config_init(struct config *config);
void config_done(struct config *config);

/* Reads the words after the command; `argv` is borrowed for the config's life. */
MUST_CHECK int config_parse(struct config *config, enum command_bit command, int argc, char **argv,
                            struct error *err);

/* Reads KENEYAPP_NAME for every option there is; other variables are not looked at, because
 * container platforms make some of their own. `environment` is borrowed for the config's life. */
MUST_CHECK int config_environment(struct config *config, char *const *environment,
                                  struct error *err);

/* Reads the text of a configuration file: lines "name = value"; a # at the start of a line or after
 * a space begins a comment. `path` is for complaints, which name the line. */
MUST_CHECK int config_text(struct config *config, struct span text, const char *path,
                           struct error *err);

/* What no single option can see: values that do not go together. */
MUST_CHECK int config_check(const struct config *config, struct error *err);

/* After config_parse(): environment, data folder, file, check. */
MUST_CHECK int config_load(struct config *config, char *const *environment, struct error *err);

bool config_uses_sqlite(const struct config *config);

/* Options that were set, but mean nothing to the database in use: one sentence, or nothing. */
void config_note(const struct config *config, struct strbuf *out);

enum {
    HELP_WIDTH = 80,
};

/* The options of a command, each on lines of its own. */
void config_help(struct strbuf *out, unsigned commands);

/* Every setting as a line of a configuration file, with a comment that says where it comes from.
 * Passwords are masked. */
void config_print(const struct config *config, struct strbuf *out);

/* A database's or cache's URL (or "name=value" words) with its password as ***. */
void config_mask(struct strbuf *out, const char *url);

/* "12h", "30m", "45s", "0", at most 100 years; 0 or -1. */
MUST_CHECK int config_duration(const char *text, nsec_t *ret_ns);

/* "65536", "64k", "64M", "1G"; 0 or -1. */
MUST_CHECK int config_size(const char *text, uint64_t *ret_bytes);

/* $XDG_DATA_HOME/keneyapp or ~/.local/share/keneyapp; free() it. NULL when neither is known. */
char *config_default_dir(void);

#endif
