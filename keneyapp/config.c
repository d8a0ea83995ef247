/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of reading: command line first, because it says which file; then the environment, then
 * the file. option_set() lets no lower source overwrite a higher one.
 */
#include "keneyapp/config.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/span.h"
#include "keneyapp/config_options.h"

enum {
    FILE_MAX_BYTES = 64 * 1024,
    PATH_MAX_BYTES = 4096,
    NAME_MAX_BYTES = 64,
};

#define DURATION_MAX_S (INT64_C(100) * 365 * 86400)

/* How many plain words a command takes; the rest take none. */
static const struct words {
    enum command_bit command;
    unsigned min, max;
    const char *missing;
} WORDS[] = {
    {COMMAND_BACKUP, 1, 1, "the name of the file to write"},
    {COMMAND_PASSWD, 1, 1, "the name of a user"},
    {COMMAND_TENANT, 3, 3, "what to do: add SLUG NAME"},
    {COMMAND_TOKEN, 1, 1, "the name of a user"},
    {COMMAND_USER, 1, 2, "what to do: add NAME, list, passwd NAME or unlock NAME"},
};

void config_init(struct config *config)
{
    *config = (struct config){
        .listen = "127.0.0.1:8000",
        .tls_listen = "127.0.0.1:8443",
        .token_ns = (nsec_t)12 * 3600 * NSEC_PER_SEC,
        .remember_ns = 300 * NSEC_PER_SEC,
        .lockout_ns = 900 * NSEC_PER_SEC,
        .queue = 1024,
        .request_timeout_ns = 75 * NSEC_PER_SEC,
        .pool_size = 20,
        .max_overflow = 40,
        .pool_timeout_ns = 30 * NSEC_PER_SEC,
        .pool_recycle_ns = 3600 * NSEC_PER_SEC,
        .pre_ping = true,
        .cache_bytes = 64 << 20,
        .log_level = LOG_INFO,
        .stats_interval_ns = 30 * NSEC_PER_SEC,
        .role = "doctor",
        .patients = 10000,
    };
    arena_init(&config->texts, 1024);
}

void config_done(struct config *config)
{
    arena_done(&config->texts);
}

int config_duration(const char *text, nsec_t *ret_ns)
{
    static const char UNITS[] = "smhd";
    static const int64_t SECONDS[] = {1, 60, 3600, 86400};
    size_t digits = strspn(text, "0123456789");
    uint64_t number;
    if (span_to_u64(span_of(text, digits), DURATION_MAX_S, &number) != 0)
        return -1;
    const char *unit = text[digits] ? strchr(UNITS, text[digits]) : UNITS;
    if (!unit || (text[digits] && text[digits + 1]))
        return -1;
    nsec_t seconds = (nsec_t)number * SECONDS[unit - UNITS];
    if (seconds > DURATION_MAX_S)
        return -1;
    *ret_ns = seconds * NSEC_PER_SEC;
    return 0;
}

int config_size(const char *text, uint64_t *ret_bytes)
{
    static const char UNITS[] = "kMG";
    size_t digits = strspn(text, "0123456789");
    uint64_t number;
    if (span_to_u64(span_of(text, digits), UINT64_C(1) << 40, &number) != 0)
        return -1;
    const char *unit = text[digits] ? strchr(UNITS, text[digits]) : NULL;
    if (text[digits] && (!unit || text[digits + 1] || number >= UINT64_C(1) << 30))
        return -1;
    *ret_bytes = unit ? number << (10 * (unit - UNITS + 1)) : number;
    return 0;
}

/* --name, or --no-name of a flag; NULL when there is no such option for the command. */
static const struct option *find_option(struct span word, enum command_bit command, bool *ret_no)
{
    if (!span_starts_with(word, SPAN("--")))
        return NULL;
    struct span name = span_from(word, 2);
    const struct option *option = option_find(name);
    *ret_no = !option && span_starts_with(name, SPAN("no-"));
    if (*ret_no)
        option = option_find(span_from(name, 3));
    if (!option || !(option->commands & command) || (*ret_no && option->kind != OPTION_FLAG))
        return NULL;
    return option;
}

/* One option at argv[*at], as "--name value" or "--name=value"; moves `at` to its last word. */
static int parse_option(struct config *config, enum command_bit command, char **argv, int *at,
                        struct error *err)
{
    const char *word = strcmp(argv[*at], "-h") == 0 ? "--help" : argv[*at];
    const char *equals = strchr(word, '=');
    struct span name = equals ? span_of(word, (size_t)(equals - word)) : span_cstr(word);
    char label[NAME_MAX_BYTES];
    bool no;
    const struct option *option = find_option(name, command, &no);
    if (!option)
        return error_set(err, EXIT_USAGE, "unknown option %.*s: --help lists what there is",
                         SPAN_ARG(name));
    snprintf(label, sizeof(label), "--%s", option->name);
    if (option->kind == OPTION_FLAG) {
        if (equals)
            return error_set(err, EXIT_USAGE, "%.*s takes no value: give --%s or --no-%s",
                             SPAN_ARG(name), option->name, option->name);
        return option_set(config, option, no ? "no" : "yes", SOURCE_COMMAND_LINE, label, err);
    }
    const char *value = equals ? equals + 1 : argv[++*at];
    if (!value)
        return error_set(err, EXIT_USAGE, "%s needs a value: %s %s", label, label,
                         option->argument);
    return option_set(config, option, value, SOURCE_COMMAND_LINE, label, err);
}

static const struct words *words_of(enum command_bit command)
{
    static const struct words NONE = {0};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (WORDS[i].command == command)
            return &WORDS[i];
    return &NONE;
}

int config_parse(struct config *config, enum command_bit command, int argc, char **argv,
                 struct error *err)
{
    const struct words *words = words_of(command);
    for (int i = 0; i < argc; i++) {
        if (argv[i][0] == '-') {
            if (parse_option(config, command, argv, &i, err) != 0)
                return -1;
        } else if (config->word_count < words->max) {
            config->words[config->word_count++] = argv[i];
        } else {
            return error_set(err, EXIT_USAGE, "unexpected word \"%s\": --help shows the usage",
                             argv[i]);
        }
    }
    if (config->word_count < words->min && !config->help)
        return error_set(err, EXIT_USAGE, "missing: %s; --help shows the usage", words->missing);
    return 0;
}

/* "pool-size" is KENEYAPP_POOL_SIZE. */
static void variable_of(const struct option *option, char *buf, size_t size)
{
    snprintf(buf, size, "KENEYAPP_%s", option->name);
    for (char *at = buf; *at; at++)
        *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
}

static const char *look_up(char *const *environment, const char *name)
{
    size_t len = strlen(name);
    for (; *environment; environment++)
        if (strncmp(*environment, name, len) == 0 && (*environment)[len] == '=')
            return *environment + len + 1;
    return NULL;
}

int config_environment(struct config *config, char *const *environment, struct error *err)
{
    for (size_t i = 0; i < CONFIG_OPTION_COUNT; i++) {
        const struct option *option = &CONFIG_OPTIONS[i];
        char name[NAME_MAX_BYTES];
        if (!option_is_setting(option))
            continue;
        variable_of(option, name, sizeof(name));
        const char *value = look_up(environment, name);
        if (value && option_set(config, option, value, SOURCE_ENVIRONMENT, name, err) != 0)
            return -1;
    }
    return 0;
}

/* One line of a file, without its end. */
static int read_line(struct config *config, struct span line, bool *seen, struct error *err)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] == '#' && (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            line.len = i;
    line = span_trim(line);
    if (!line.len)
        return 0;
    struct span value, name = span_trim(span_cut(line, '=', &value));
    const struct option *option = option_find(name);
    if (span_find(line, '=') < 0)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "this is no \"name = value\"; a comment begins "
                         "with #");
    if (!option || !option_is_setting(option) || option->flags & OPTION_NOT_IN_FILE)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "there is no option \"%.*s\" for this file: keneyapp config lists those "
                         "there are",
                         SPAN_ARG(span_head(name, NAME_MAX_BYTES)));
    if (seen[option - CONFIG_OPTIONS])
        return error_set(err, EXIT_INVALID_CONFIG, "%s is there twice: remove one", option->name);
    seen[option - CONFIG_OPTIONS] = true;
    return option_set(config, option, arena_dup(&config->texts, span_trim(value)), SOURCE_FILE,
                      option->name, err);
}

int config_text(struct config *config, struct span text, const char *path, struct error *err)
{
    bool seen[CONFIG_OPTIONS_MAX] = {0};
    for (int number = 1; text.len; number++) {
        struct span line = span_cut(text, '\n', &text);
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (memchr(line.ptr ? line.ptr : "", '\0', line.len))
            return error_set(err, EXIT_INVALID_CONFIG, "%s: this is no text file", path);
        if (read_line(config, line, seen, err) != 0)
            return error_at(err, path, number, 0);
    }
    return 0;
}

static int read_file(struct config *config, const char *path, bool needed, struct error *err)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(FILE_MAX_BYTES);
    char piece[4096];
    size_t len;
    FILE *file = fopen(path, "re");
    if (!file && !needed)
        return 0;
    if (!file)
        return error_set(err, EXIT_INVALID_CONFIG, "cannot read %s: name another with --config",
                         path);
    while ((len = fread(piece, 1, sizeof(piece), file)) > 0)
        strbuf_add(&text, piece, len);
    bool good = !ferror(file) && !text.overflow;
    fclose(file);
    if (!good)
        return error_set(err, EXIT_INVALID_CONFIG,
                         "cannot read %s, or it has more than 64 KiB: name another with --config",
                         path);
    config->config_file = arena_dup(&config->texts, span_cstr(path));
    return config_text(config, strbuf_span(&text), path, err);
}

static int find_data_dir(struct config *config, struct error *err)
{
    AUTO(mem_free) char *dir = config_default_dir();
    if (!config->data_dir && dir)
        config->data_dir = arena_dup(&config->texts, span_cstr(dir));
    if (config->data_dir)
        return 0;
    return error_set(err, EXIT_USAGE,
                     "neither XDG_DATA_HOME nor HOME is set: name a folder with --data");
}

bool config_uses_sqlite(const struct config *config)
{
    struct span url = span_cstr(config->database);
    return !span_starts_with(url, SPAN("postgres://")) &&
           !span_starts_with(url, SPAN("postgresql://"));
}

int config_check(const struct config *config, struct error *err)
{
    if (strcmp(config->listen, "off") == 0 && strcmp(config->tls_listen, "off") == 0)
        return error_set(
            err, EXIT_USAGE,
            "--listen and --tls-listen are both off, so nobody could reach the clinic: "
            "give one of them an ADDRESS:PORT");
    if (config->database && config_uses_sqlite(config) && strstr(config->database, "://"))
        return error_set(err, EXIT_USAGE,
                         "--database: give a URL that begins with postgres://, or the path of an "
                         "SQLite file");
    return 0;
}

int config_load(struct config *config, char *const *environment, struct error *err)
{
    if (config_environment(config, environment, err) != 0 || find_data_dir(config, err) != 0)
        return -1;
    AUTO(strbuf_done) struct strbuf path = STRBUF_INIT(PATH_MAX_BYTES);
    strbuf_addf(&path, "%s/keneyapp.conf", config->data_dir);
    const char *file = config->config_file ? config->config_file : strbuf_cstr(&path);
    if (read_file(config, file, config->config_file != NULL, err) != 0)
        return -1;
    return config_check(config, err);
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
