/* SPDX-License-Identifier: Apache-2.0
 *
 * The option table, and how one value is read and written.
 */
#include "keneyapp/config_options.h"

#include <stdio.h>
#include <string.h>

#include "keneyapp/cache/cache.h"
#include "keneyapp/model/role.h"

enum {
    /* Commands that open the data folder and the database. */
    AT_WORK = COMMAND_ALL & ~COMMAND_VERSION,
    SERVING = COMMAND_SERVE | COMMAND_CONFIG,
    ADDING_USERS = COMMAND_PASSWD | COMMAND_USER,

    HOUR_S = 3600,
    DAY_S = 24 * HOUR_S,
    YEAR_S = 365 * DAY_S,
};

static const char *const AUDIT_MODES[] = {"default", "strict", NULL};
static const char *const RATE_LIMITS_MODES[] = {"auto", "on", "off", NULL};
static const char *const LOG_STYLES[] = {"auto", "text", "json", NULL};
static const char *const LOG_LEVELS[] = {"debug", "info", "warning", "error", NULL};

/* The rest is any of flags, min, max, zero and choices. */
#define OPTION(option_name, takes, option_kind, member, who, text, ...)                            \
    {                                                                                              \
        .name = (option_name), .argument = (takes), .kind = (option_kind),                         \
        .offset = offsetof(struct config, member), .commands = (who), .help = text, __VA_ARGS__    \
    }

const struct option CONFIG_OPTIONS[] = {
    OPTION("data", "DIR", OPTION_TEXT, data_dir, AT_WORK,
           "folder of the database, keys and certificates; default $XDG_DATA_HOME/keneyapp, else "
           "~/.local/share/keneyapp",
           .flags = OPTION_NOT_IN_FILE),
    OPTION(
        "config", "FILE", OPTION_TEXT, config_file, AT_WORK,
        "file of options, name = value; default keneyapp.conf in the data folder, if there is one",
        .flags = OPTION_NOT_IN_FILE, .zero = "none"),
    OPTION(
        "database", "URL", OPTION_TEXT, database, AT_WORK,
        "postgres://USER:PASSWORD@HOST/NAME, or the path of an SQLite file; default keneyapp.db in "
        "the data folder",
        .flags = OPTION_SECRET | OPTION_OPTIONAL),
    OPTION("redis", "URL", OPTION_TEXT, redis, SERVING,
           "redis://HOST:PORT of a cache that several servers share; default none",
           .flags = OPTION_SECRET | OPTION_OPTIONAL),
    OPTION("key-file", "FILE", OPTION_TEXT, key_file, AT_WORK,
           "keys that health data is encrypted with; default data.key in the data folder",
           .flags = OPTION_OPTIONAL),
    OPTION("data-key", "HEX", OPTION_TEXT, data_key, 0, "the key itself, in the environment only",
           .flags = OPTION_SECRET | OPTION_OPTIONAL | OPTION_NOT_IN_FILE),
    OPTION("listen", "ADDRESS:PORT", OPTION_TEXT, listen, SERVING,
           "address for http, or off; port 0 takes a free one; default 127.0.0.1:8000"),
    OPTION("tls-listen", "ADDRESS:PORT", OPTION_TEXT, tls_listen, SERVING,
           "address for https, or off; default 127.0.0.1:8443"),
    OPTION("demo", NULL, OPTION_FLAG, demo, SERVING,
           "fill an empty database with synthetic people first"),
    OPTION("token-lifetime", "TIME", OPTION_DURATION, token_ns, SERVING | COMMAND_TOKEN,
           "how long an access token is good; default 12h", .min = 1, .max = YEAR_S),
    OPTION("remember-logins", "TIME", OPTION_DURATION, remember_ns, SERVING,
           "how long a verified login needs no new password hash; 0 switches this off; default 5m",
           .min = 0, .max = DAY_S),
    OPTION("lockout-time", "TIME", OPTION_DURATION, lockout_ns, SERVING,
           "how long five wrong passwords in a row lock a name; 0: never; default 15m", .min = 0,
           .max = YEAR_S),
    OPTION("cors-origin", "LIST", OPTION_TEXT, cors_origins, SERVING,
           "origins whose pages may read answers, with commas, like https://desk.example; default "
           "none",
           .flags = OPTION_OPTIONAL),
    OPTION("handlers", "N", OPTION_COUNT, handlers, SERVING,
           "threads that work with the database; default auto: two per core, with PostgreSQL eight",
           .min = 1, .max = 1024, .zero = "auto"),
    OPTION("queue", "N", OPTION_COUNT, queue, SERVING,
           "requests that may wait for a handler thread; more are answered 503; default 1024",
           .min = 1, .max = 1000000),
    OPTION("connections-per-address", "N", OPTION_COUNT, connections_per_address, SERVING,
           "connections that one address may have open, on each listener; default any: a proxy is "
           "one address",
           .min = 1, .max = 1000000, .zero = "any"),
    OPTION("request-timeout", "TIME", OPTION_DURATION, request_timeout_ns, SERVING,
           "time for the whole head of a request, and again for its body; also how long a "
           "connection may be idle; default 75s",
           .min = 1, .max = HOUR_S),
    OPTION("pool-size", "N", OPTION_COUNT, pool_size, SERVING,
           "connections to the database that stay open; default 20", .min = 1, .max = 10000),
    OPTION("max-overflow", "N", OPTION_COUNT, max_overflow, SERVING,
           "connections beyond those, opened in need and closed after it; default 40", .min = 0,
           .max = 10000),
    OPTION("pool-timeout", "TIME", OPTION_DURATION, pool_timeout_ns, SERVING,
           "longest wait for a connection, then 503; 0: none; default 30s", .min = 0,
           .max = HOUR_S),
    OPTION("pool-recycle", "TIME", OPTION_DURATION, pool_recycle_ns, SERVING,
           "age at which a connection is replaced; 0: never; default 1h", .min = 0, .max = YEAR_S),
    OPTION("pre-ping", NULL, OPTION_FLAG, pre_ping, SERVING,
           "do not try an idle connection before it is used", .flags = OPTION_IS_ON),
    OPTION("cache-bytes", "SIZE", OPTION_SIZE, cache_bytes, SERVING,
           "memory for answers; default 64M", .min = CACHE_BYTES_MIN, .max = UINT64_C(1) << 40),
    OPTION("audit", "MODE", OPTION_CHOICE, audit, SERVING,
           "default, or strict: no answer before its audit row is on the disk",
           .choices = AUDIT_MODES),
    OPTION("rate-limits", "MODE", OPTION_CHOICE, rate_limits, SERVING,
           "on, off, or auto: not for clients on the loopback interface; default auto",
           .choices = RATE_LIMITS_MODES),
    OPTION("stats-interval", "TIME", OPTION_DURATION, stats_interval_ns, SERVING,
           "time between refreshes of the dashboard's figures; 0: on demand only; default 30s",
           .min = 0, .max = DAY_S),
    OPTION("without", "LIST", OPTION_MEASURES, without, SERVING,
           "measures to take away, with commas, to see what they are worth: pool, cache, indexes, "
           "gzip, "
           "eager, pagination, matview, batch, background; default none"),
    OPTION("log-level", "LEVEL", OPTION_CHOICE, log_level, SERVING,
           "debug, info, warning or error; default info", .choices = LOG_LEVELS),
    OPTION("log-format", "FORMAT", OPTION_CHOICE, log_style, SERVING,
           "text, json, or auto: text on a terminal, else json; default auto",
           .choices = LOG_STYLES),
    OPTION("role", "ROLE", OPTION_TEXT, role, ADDING_USERS,
           "role of a new user: " ROLE_SENTENCE "; default doctor", .flags = OPTION_ARGUMENT),
    OPTION("tenant", "SLUG", OPTION_TEXT, tenant, ADDING_USERS,
           "clinic whose users are meant; default the first one", .flags = OPTION_ARGUMENT),
    OPTION("patients", "N", OPTION_COUNT, patients, COMMAND_SEED,
           "patients to make, with twice as many appointments and one and a half times as many "
           "prescriptions; "
           "default 10000",
           .flags = OPTION_ARGUMENT, .min = 1, .max = 10000000),
    OPTION("status", NULL, OPTION_FLAG, status, COMMAND_MIGRATE,
           "only say which version the database has", .flags = OPTION_ARGUMENT),
    OPTION("help", NULL, OPTION_FLAG, help, COMMAND_ALL, "this text", .flags = OPTION_ARGUMENT),
};

const size_t CONFIG_OPTION_COUNT = COUNT_OF(CONFIG_OPTIONS);

_Static_assert(COUNT_OF(CONFIG_OPTIONS) <= CONFIG_OPTIONS_MAX,
               "struct config has a source for each");

#define MEASURE_NAME(symbol, bit, name) {(bit), (name)},

static const struct {
    unsigned bit;
    const char *name;
} MEASURES[] = {MEASURE_TABLE(MEASURE_NAME)};

const struct option *option_find(struct span name)
{
    for (size_t i = 0; i < CONFIG_OPTION_COUNT; i++)
        if (span_equal(span_cstr(CONFIG_OPTIONS[i].name), name))
            return &CONFIG_OPTIONS[i];
    return NULL;
}

bool option_is_setting(const struct option *option)
{
    return !(option->flags & OPTION_ARGUMENT);
}

static int parse_flag(const char *text, bool *ret_value)
{
    static const char *const WORDS[] = {"no", "yes", "off", "on", "false", "true", "0", "1"};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (strcmp(text, WORDS[i]) == 0) {
            *ret_value = i % 2;
            return 0;
        }
    return -1;
}

static bool is_within(const struct option *option, uint64_t number)
{
    return number >= option->min && number <= option->max;
}

static int parse_count(const struct option *option, const char *text, unsigned *ret_count)
{
    uint64_t number;
    if (option->zero && strcmp(text, option->zero) == 0) {
        *ret_count = 0;
        return 0;
    }
    if (span_to_u64(span_cstr(text), option->max, &number) != 0 || !is_within(option, number))
        return -1;
    *ret_count = (unsigned)number;
    return 0;
}

static int parse_duration(const struct option *option, const char *text, nsec_t *ret_ns)
{
    nsec_t ns;
    if (config_duration(text, &ns) != 0 || !is_within(option, (uint64_t)(ns / NSEC_PER_SEC)))
        return -1;
    *ret_ns = ns;
    return 0;
}

static int parse_size(const struct option *option, const char *text, uint64_t *ret_bytes)
{
    uint64_t bytes;
    if (config_size(text, &bytes) != 0 || !is_within(option, bytes))
        return -1;
    *ret_bytes = bytes;
    return 0;
}

static int parse_choice(const struct option *option, const char *text, unsigned *ret_choice)
{
    for (unsigned i = 0; option->choices[i]; i++)
        if (strcmp(text, option->choices[i]) == 0) {
            *ret_choice = i;
            return 0;
        }
    return -1;
}

static unsigned measure_of(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(MEASURES); i++)
        if (span_equal(name, span_cstr(MEASURES[i].name)))
            return MEASURES[i].bit;
    return 0;
}

static int parse_measures(const char *text, unsigned *ret_bits)
{
    unsigned bits = 0;
    if (strcmp(text, "none") != 0)
        for (struct span rest = span_cstr(text); rest.len;) {
            unsigned bit = measure_of(span_trim(span_cut(rest, ',', &rest)));
            if (!bit)
                return -1;
            bits |= bit;
        }
    *ret_bits = bits;
    return 0;
}

static int parse_value(struct config *config, const struct option *option, const char *value)
{
    char *at = (char *)config + option->offset;
    switch (option->kind) {
    case OPTION_FLAG:
        return parse_flag(value, (bool *)at);
    case OPTION_TEXT:
        *(const char **)at = value[0] ? value : NULL;
        return value[0] || option->flags & OPTION_OPTIONAL ? 0 : -1;
    case OPTION_DURATION:
        return parse_duration(option, value, (nsec_t *)at);
    case OPTION_COUNT:
        return parse_count(option, value, (unsigned *)at);
    case OPTION_SIZE:
        return parse_size(option, value, (uint64_t *)at);
    case OPTION_CHOICE:
        return parse_choice(option, value, (unsigned *)at);
    case OPTION_MEASURES:
        return parse_measures(value, (unsigned *)at);
    }
    return -1;
}

static void print_duration(struct strbuf *out, nsec_t ns)
{
    static const char UNITS[] = "dhms";
    static const int64_t SECONDS[] = {86400, 3600, 60, 1};
    int64_t seconds = ns / NSEC_PER_SEC;
    size_t unit = 0;
    while (seconds % SECONDS[unit])
        unit++;
    if (seconds)
        strbuf_addf(out, "%lld%c", (long long)(seconds / SECONDS[unit]), UNITS[unit]);
    else
        strbuf_addc(out, '0');
}

static void print_size(struct strbuf *out, uint64_t bytes)
{
    static const char *const UNITS[] = {"", "k", "M", "G"};
    size_t unit = 0;
    for (; bytes && bytes % 1024 == 0 && unit + 1 < COUNT_OF(UNITS); unit++)
        bytes /= 1024;
    strbuf_addf(out, "%llu%s", (unsigned long long)bytes, UNITS[unit]);
}

/* " from 1s to 1h" */
static void add_range(struct strbuf *out, const struct option *option)
{
    const uint64_t ends[] = {option->min, option->max};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        strbuf_adds(out, i ? " to " : " from ");
        if (option->kind == OPTION_DURATION)
            print_duration(out, (nsec_t)ends[i] * NSEC_PER_SEC);
        else if (option->kind == OPTION_SIZE)
            print_size(out, ends[i]);
        else
            strbuf_addf(out, "%llu", (unsigned long long)ends[i]);
    }
}

/* What the option takes, for a complaint. */
static void add_expectation(struct strbuf *out, const struct option *option)
{
    switch (option->kind) {
    case OPTION_FLAG:
        strbuf_adds(out, "yes or no");
        break;
    case OPTION_TEXT:
        strbuf_adds(out, "a text that is not empty");
        break;
    case OPTION_DURATION:
        strbuf_adds(out, "a time");
        add_range(out, option);
        strbuf_adds(out, "; write for example 45s, 30m or 12h");
        break;
    case OPTION_COUNT:
        strbuf_adds(out, "a number");
        add_range(out, option);
        strbuf_addf(out, "%s%s", option->zero ? ", or " : "", option->zero ? option->zero : "");
        break;
    case OPTION_SIZE:
        strbuf_adds(out, "a number of bytes");
        add_range(out, option);
        strbuf_adds(out, "; write for example 65536, 64M or 1G");
        break;
    case OPTION_CHOICE:
        for (unsigned i = 0; option->choices[i]; i++)
            strbuf_addf(out, "%s%s",
                        i == 0                   ? ""
                        : option->choices[i + 1] ? ", "
                                                 : " or ",
                        option->choices[i]);
        break;
    case OPTION_MEASURES:
        for (size_t i = 0; i < COUNT_OF(MEASURES); i++)
            strbuf_addf(out, "%s%s", i ? ", " : "a list, with commas, of ", MEASURES[i].name);
        break;
    }
}

int option_set(struct config *config, const struct option *option, const char *value,
               enum config_source source, const char *label, struct error *err)
{
    unsigned char *from = &config->sources[option - CONFIG_OPTIONS];
    struct config scratch = *config;
    bool counts = source >= *from;
    if (parse_value(counts ? config : &scratch, option, value) == 0) {
        if (counts)
            *from = (unsigned char)source;
        return 0;
    }
    AUTO(strbuf_done) struct strbuf expectation = STRBUF_INIT(512);
    add_expectation(&expectation, option);
    return error_set(err, source == SOURCE_COMMAND_LINE ? EXIT_USAGE : EXIT_INVALID_CONFIG,
                     "%s: \"%s\" is not %s", label, value, strbuf_cstr(&expectation));
}

static void print_measures(struct strbuf *out, unsigned bits)
{
    const char *between = "";
    for (size_t i = 0; i < COUNT_OF(MEASURES); i++)
        if (bits & MEASURES[i].bit) {
            strbuf_addf(out, "%s%s", between, MEASURES[i].name);
            between = ",";
        }
    if (!bits)
        strbuf_adds(out, "none");
}

static void print_text(struct strbuf *out, const struct option *option, const char *text)
{
    if (text && option->flags & OPTION_SECRET && !option->commands)
        strbuf_adds(out, "***");
    else if (text && option->flags & OPTION_SECRET)
        config_mask(out, text);
    else if (text)
        strbuf_adds(out, text);
    else if (option->zero)
        strbuf_adds(out, option->zero);
}

void option_print(const struct config *config, const struct option *option, struct strbuf *out)
{
    const char *at = (const char *)config + option->offset;
    switch (option->kind) {
    case OPTION_FLAG:
        strbuf_adds(out, *(const bool *)at ? "yes" : "no");
        break;
    case OPTION_TEXT:
        print_text(out, option, *(const char *const *)at);
        break;
    case OPTION_DURATION:
        print_duration(out, *(const nsec_t *)at);
        break;
    case OPTION_COUNT:
        if (option->zero && *(const unsigned *)at == 0)
            strbuf_adds(out, option->zero);
        else
            strbuf_addf(out, "%u", *(const unsigned *)at);
        break;
    case OPTION_SIZE:
        print_size(out, *(const uint64_t *)at);
        break;
    case OPTION_CHOICE:
        strbuf_adds(out, option->choices[*(const unsigned *)at]);
        break;
    case OPTION_MEASURES:
        print_measures(out, *(const unsigned *)at);
        break;
    }
}
