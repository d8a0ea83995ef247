/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keneyapp/config.h"
#include "keneyapp/config_options.h"
#include "keneyapp/model/role.h"
#include "support/test.h"

static const struct duration_case {
    const char *text;
    int result;
    nsec_t seconds;
} DURATIONS[] = {
    {"12h", 0, 43200},     {"30m", 0, 1800},
    {"45s", 0, 45},        {"45", 0, 45},
    {"0", 0, 0},           {"1d", 0, 86400},
    {"", -1, 0},           {"h", -1, 0},
    {"12hh", -1, 0},       {"1h30m", -1, 0},
    {"-1s", -1, 0},        {"5x", -1, 0},
    {"3153600001", -1, 0}, {"36500d", 0, INT64_C(3153600000)},
    {"36501d", -1, 0},     {"1000000d", -1, 0},
    {"1000000h", -1, 0},
};

static void test_durations(void **state)
{
    for (size_t i = 0; i < COUNT_OF(DURATIONS); i++) {
        nsec_t ns = 0;
        print_message("\"%s\"\n", DURATIONS[i].text);
        assert_int_equal(config_duration(DURATIONS[i].text, &ns), DURATIONS[i].result);
        assert_int_equal(ns, DURATIONS[i].seconds * NSEC_PER_SEC);
    }
}

static const struct size_case {
    const char *text;
    int result;
    uint64_t bytes;
} SIZES[] = {
    {"0", 0, 0},
    {"65536", 0, 65536},
    {"64k", 0, 65536},
    {"64M", 0, 64 << 20},
    {"1G", 0, 1 << 30},
    {"", -1, 0},
    {"M", -1, 0},
    {"64MB", -1, 0},
    {"9999999G", 0, UINT64_C(9999999) << 30},
    {"9999999999G", -1, 0},
    {"-1", -1, 0},
};

static void test_sizes(void **state)
{
    for (size_t i = 0; i < COUNT_OF(SIZES); i++) {
        uint64_t bytes = 0;
        print_message("\"%s\"\n", SIZES[i].text);
        assert_int_equal(config_size(SIZES[i].text, &bytes), SIZES[i].result);
        assert_int_equal(bytes, SIZES[i].bytes);
    }
}

#define WORDS 5

static const struct parse_case {
    const char *name;
    enum command_bit command;
    const char *words[WORDS + 1];
    int result;
} PARSES[] = {
    {"nothing", COMMAND_SERVE, {NULL}, 0},
    {"value apart", COMMAND_SERVE, {"--listen", "127.0.0.1:1", "--demo"}, 0},
    {"value joined", COMMAND_SERVE, {"--listen=127.0.0.1:1"}, 0},
    {"value missing", COMMAND_SERVE, {"--listen"}, -1},
    {"flag with value", COMMAND_SERVE, {"--demo=yes"}, -1},
    {"unknown", COMMAND_SERVE, {"--nope"}, -1},
    {"of another command", COMMAND_INIT, {"--demo"}, -1},
    {"plain word", COMMAND_SERVE, {"word"}, -1},
    {"user", COMMAND_TOKEN, {"testuser", "--data", "x"}, 0},
    {"two users", COMMAND_TOKEN, {"a", "b"}, -1},
    {"no user", COMMAND_TOKEN, {NULL}, -1},
    {"no user, but help", COMMAND_TOKEN, {"-h"}, 0},
    {"handlers", COMMAND_SERVE, {"--handlers", "3"}, 0},
    {"no handlers", COMMAND_SERVE, {"--handlers", "0"}, -1},
    {"as many as suit", COMMAND_SERVE, {"--handlers", "auto"}, 0},
    {"no overflow", COMMAND_SERVE, {"--max-overflow", "0"}, 0},
    {"no pool", COMMAND_SERVE, {"--pool-size", "0"}, -1},
    {"flag off", COMMAND_SERVE, {"--no-pre-ping"}, 0},
    {"flag off with value", COMMAND_SERVE, {"--no-pre-ping=yes"}, -1},
    {"no such flag", COMMAND_SERVE, {"--no-listen"}, -1},
    {"one dash", COMMAND_SERVE, {"-xno-demo"}, -1},
    {"choice", COMMAND_SERVE, {"--audit", "strict"}, 0},
    {"no choice", COMMAND_SERVE, {"--audit", "lax"}, -1},
    {"measures", COMMAND_SERVE, {"--without", "pool, cache,gzip"}, 0},
    {"no measure", COMMAND_SERVE, {"--without", "pool,speed"}, -1},
    {"size", COMMAND_SERVE, {"--cache-bytes", "1G"}, 0},
    {"no size", COMMAND_SERVE, {"--cache-bytes", "big"}, -1},
    {"empty where it may be", COMMAND_SERVE, {"--redis="}, 0},
    {"empty where it may not", COMMAND_SERVE, {"--listen="}, -1},
    {"key on the command line", COMMAND_SERVE, {"--data-key", "00"}, -1},
    {"action and name", COMMAND_USER, {"add", "x", "--role", "nurse"}, 0},
    {"no action", COMMAND_USER, {NULL}, -1},
    {"bad time", COMMAND_SERVE, {"--token-lifetime", "soon"}, -1},
    {"no memory of logins", COMMAND_SERVE, {"--remember-logins", "0"}, 0},
};

static void test_parses(void **state)
{
    for (size_t i = 0; i < COUNT_OF(PARSES); i++) {
        struct config config;
        struct error err = {0};
        char *words[WORDS + 1] = {0};
        int count = 0;
        for (; PARSES[i].words[count]; count++)
            words[count] = (char *)(uintptr_t)PARSES[i].words[count];
        print_message("%s\n", PARSES[i].name);
        config_init(&config);
        assert_int_equal(config_parse(&config, PARSES[i].command, count, words, &err),
                         PARSES[i].result);
        assert_int_equal(err.code, PARSES[i].result ? EXIT_USAGE : 0);
        assert_int_equal(err.message[0] != '\0', PARSES[i].result != 0);
        config_done(&config);
    }
}

static void test_values_arrive(void **state)
{
    struct config config;
    struct error err = {0};
    char *words[] = {(char *)(uintptr_t) "--data=/tmp/x", (char *)(uintptr_t) "--remember-logins",
                     (char *)(uintptr_t) "0", NULL};
    config_init(&config);
    assert_int_equal(config_parse(&config, COMMAND_SERVE, 3, words, &err), 0);
    assert_string_equal(config.data_dir, "/tmp/x");
    assert_int_equal(config.remember_ns, 0);
    assert_int_equal(config.token_ns, 12 * 3600 * NSEC_PER_SEC);
    config_done(&config);
}

static const struct check_case {
    const char *name, *text;
    int result;
} CHECKS[] = {
    {"defaults", "", 0},
    {"one door", "listen = off\n", 0},
    {"the other door", "tls-listen = off\n", 0},
    {"no door", "listen = off\ntls-listen = off\n", -1},
    {"a path", "database = /tmp/x.db\n", 0},
    {"PostgreSQL", "database = postgresql:///clinic\n", 0},
    {"another database", "database = mysql://localhost/clinic\n", -1},
};

static void test_checks(void **state)
{
    for (size_t i = 0; i < COUNT_OF(CHECKS); i++) {
        struct config config;
        struct error err = {0};
        print_message("%s\n", CHECKS[i].name);
        config_init(&config);
        assert_int_equal(config_text(&config, span_cstr(CHECKS[i].text), "x", &err), 0);
        assert_int_equal(config_check(&config, &err), CHECKS[i].result);
        assert_int_equal(err.message[0] != '\0', CHECKS[i].result != 0);
        config_done(&config);
    }
}

static const struct file_case {
    const char *name, *text;
    int line; /* of the complaint; 0: none */
    const char *says;
} FILES[] = {
    {"nothing", "", 0, NULL},
    {"comments", "# one\n\n   # two\n\t\n", 0, NULL},
    {"values", "queue=5\n pre-ping = no # why not\r\nlisten\t=\t127.0.0.1:0", 0, NULL},
    {"unknown", "queue = 5\nque = 5\n", 2, "no option \"que\""},
    {"of one call", "help = yes\n", 1, "no option \"help\""},
    {"where the file is", "data = /tmp\n", 1, "no option \"data\""},
    {"a secret", "data-key = 00\n", 1, "no option \"data-key\""},
    {"twice", "queue = 5\n\nqueue = 6\n", 3, "twice"},
    {"no value", "\n\nqueue\n", 3, "name = value"},
    {"bad value", "queue = many\n", 1, "1 to 1000000"},
    {"no lifetime", "token-lifetime = 0h\n", 1, "from 1s to 365d"},
    {"no time for a request", "request-timeout = 0\n", 1, "from 1s to 1h"},
    {"no cache to speak of", "cache-bytes = 1k\n", 1, "to 1024G"},
    {"empty value", "listen =\n", 1, "not empty"},
};

static void test_files(void **state)
{
    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        struct config config;
        struct error err = {0};
        print_message("%s\n", FILES[i].name);
        config_init(&config);
        assert_int_equal(config_text(&config, span_cstr(FILES[i].text), "x.conf", &err),
                         FILES[i].line ? -1 : 0);
        assert_int_equal(err.line, FILES[i].line);
        assert_string_equal(err.file, FILES[i].line ? "x.conf" : "");
        if (FILES[i].says)
            assert_non_null(strstr(err.message, FILES[i].says));
        config_done(&config);
    }
}

/* The value as an option takes it: a time in seconds, a number of bytes, or a number. */
static int set(const struct option *option, uint64_t value)
{
    AUTO(config_done) struct config config;
    struct error err = {0};
    char text[32];
    snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    config_init(&config);
    int rc = option_set(&config, option, text, SOURCE_FILE, option->name, &err);
    if (rc != 0)
        assert_non_null(strstr(err.message, " from "));
    return rc;
}

/* Everything that is a number has two ends that hold, nothing beyond them, and a default between.
 */
static void test_ranges(void **state)
{
    for (size_t i = 0; i < CONFIG_OPTION_COUNT; i++) {
        const struct option *option = &CONFIG_OPTIONS[i];
        if (option->kind != OPTION_COUNT && option->kind != OPTION_DURATION &&
            option->kind != OPTION_SIZE)
            continue;
        print_message("%s\n", option->name);
        assert_true(option->max > option->min);
        assert_int_equal(set(option, option->min), 0);
        assert_true(!option->min || set(option, option->min - 1) != 0);
        assert_int_equal(set(option, option->max), 0);
        assert_int_equal(set(option, option->max + 1), -1);
        assert_int_equal(set(option, UINT64_MAX), -1);
    }
}

/* With their units, as the complaint about what is beyond them tells them. */
static const struct end_case {
    const char *name, *most, *too_much;
} ENDS[] = {
    {"token-lifetime", "365d", "366d"}, {"lockout-time", "365d", "366d"},
    {"pool-recycle", "365d", "366d"},   {"request-timeout", "1h", "61m"},
    {"cache-bytes", "1024G", "1025G"},
};

static void test_ends(void **state)
{
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        AUTO(config_done) struct config config;
        struct error err = {0};
        const struct option *option = option_find(span_cstr(ENDS[i].name));
        config_init(&config);
        assert_int_equal(option_set(&config, option, ENDS[i].most, SOURCE_FILE, "x", &err), 0);
        assert_int_equal(option_set(&config, option, ENDS[i].too_much, SOURCE_FILE, "x", &err), -1);
        assert_non_null(strstr(err.message, ENDS[i].most));
    }
}

/* Command line, environment, file: whoever speaks first in this list is heard. */
static void test_precedence(void **state)
{
    static char *const environment[] = {(char *)(uintptr_t) "KENEYAPP_QUEUE=2",
                                        (char *)(uintptr_t) "KENEYAPP_POOL_SIZE=2",
                                        (char *)(uintptr_t) "KENEYAPP_PORT=tcp://10.0.0.1", NULL};
    char *words[] = {(char *)(uintptr_t) "--queue=3", NULL};
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 16);
    struct config config;
    struct error err = {0};
    config_init(&config);
    assert_int_equal(config_parse(&config, COMMAND_SERVE, 1, words, &err), 0);
    assert_int_equal(config_environment(&config, environment, &err), 0);
    assert_int_equal(
        config_text(&config, SPAN("queue = 1\npool-size = 1\nmax-overflow = 1\n"), "x", &err), 0);
    assert_int_equal(config.queue, 3);
    assert_int_equal(config.pool_size, 2);
    assert_int_equal(config.max_overflow, 1);
    config_print(&config, &out);
    assert_non_null(
        strstr(strbuf_cstr(&out), "queue = 3                            # command line"));
    assert_non_null(
        strstr(strbuf_cstr(&out), "pool-size = 2                        # environment"));
    assert_non_null(strstr(strbuf_cstr(&out), "max-overflow = 1                     # config"));
    config_done(&config);
}

static void test_bad_environment(void **state)
{
    static char *const environment[] = {(char *)(uintptr_t) "KENEYAPP_QUEUE=x", NULL};
    struct config config;
    struct error err = {0};
    config_init(&config);
    assert_int_equal(config_environment(&config, environment, &err), -1);
    assert_int_equal(err.code, EXIT_INVALID_CONFIG);
    assert_non_null(strstr(err.message, "KENEYAPP_QUEUE"));
    config_done(&config);
}

/* What is printed can be kept as a file, and says the same. */
static void test_print_and_read_back(void **state)
{
    static const char TEXT[] = "database = /srv/clinic.db\naudit = strict\nwithout = pool,batch\n"
                               "stats-interval = 90s\ncache-bytes = 3M\npre-ping = no\n";
    AUTO(strbuf_done) struct strbuf first = STRBUF_INIT(1 << 16), second = STRBUF_INIT(1 << 16);
    struct config one, two;
    struct error err = {0};
    config_init(&one);
    config_init(&two);
    assert_int_equal(config_text(&one, SPAN(TEXT), "x", &err), 0);
    config_print(&one, &first);
    assert_int_equal(config_text(&two, strbuf_span(&first), "x", &err), 0);
    assert_int_equal(two.without, WITHOUT_POOL | WITHOUT_BATCH);
    assert_int_equal(two.audit, AUDIT_STRICT);
    assert_int_equal(two.stats_interval_ns, 90 * NSEC_PER_SEC);
    config_print(&two, &second);
    for (struct span a = strbuf_span(&first), b = strbuf_span(&second); a.len;) {
        struct span left = span_cut(a, '\n', &a), right = span_cut(b, '\n', &b);
        assert_true(span_equal(span_trim(span_cut(left, '#', &(struct span){0})),
                               span_trim(span_cut(right, '#', &(struct span){0}))));
    }
    config_done(&one);
    config_done(&two);
}

static const struct mask_case {
    const char *url, *masked;
} MASKS[] = {
    {"postgres://user:secret@host/db", "postgres://user:***@host/db"},
    {"postgres://user:se:c@ret@host:5432/db?x=1", "postgres://user:***@host:5432/db?x=1"},
    {"postgres://user@host/db", "postgres://user@host/db"},
    {"postgres:///db?host=/tmp&password=secret&user=x",
     "postgres:///db?host=/tmp&password=***&user=x"},
    {"postgres://u:one@h/db?PASSWORD=two", "postgres://u:***@h/db?PASSWORD=***"},
    {"redis://:secret@127.0.0.1:6379", "redis://:***@127.0.0.1:6379"},
    {"/srv/a:b@c.db", "/srv/a:b@c.db"},
    {"postgres://host/db?note=a:b@c", "postgres://host/db?note=a:b@c"},
    {"", ""},
};

static void test_masks(void **state)
{
    for (size_t i = 0; i < COUNT_OF(MASKS); i++) {
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
        print_message("%s\n", MASKS[i].url);
        config_mask(&out, MASKS[i].url);
        assert_string_equal(strbuf_cstr(&out), MASKS[i].masked);
    }
}

static void test_notes(void **state)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(4096);
    struct config config;
    struct error err = {0};
    config_init(&config);
    config_note(&config, &out);
    assert_int_equal(out.len, 0);
    assert_int_equal(config_text(&config, SPAN("pre-ping = no\n"), "x", &err), 0);
    config_note(&config, &out);
    assert_non_null(strstr(strbuf_cstr(&out), "pre-ping: without effect on SQLite"));
    config_done(&config);
}

static void test_default_dir(void **state)
{
    setenv("HOME", "/home/x", 1);
    setenv("XDG_DATA_HOME", "/data", 1);
    char *dir = config_default_dir();
    assert_string_equal(dir, "/data/keneyapp");
    free(dir);
    unsetenv("XDG_DATA_HOME");
    dir = config_default_dir();
    assert_string_equal(dir, "/home/x/.local/share/keneyapp");
    free(dir);
}

static const char *man_page;  /* path of keneyapp.8.scd: argv[1] */
static const char *conf_page; /* path of keneyapp.conf.5.scd: argv[2] */

static void read_page(const char *path, struct strbuf *out)
{
    char line[512];
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        strbuf_adds(out, line);
    fclose(file);
}

static void test_help_width(void **state)
{
    AUTO(strbuf_done) struct strbuf help = STRBUF_INIT(1 << 16);
    config_help(&help, COMMAND_ALL);
    for (struct span rest = strbuf_span(&help); rest.len;)
        assert_true(span_cut(rest, '\n', &rest).len <= HELP_WIDTH);
}

/* Every option of the table has its entry, "*--name*" at the start of a line. */
static void test_man_page(void **state)
{
    AUTO(strbuf_done) struct strbuf page = STRBUF_INIT(1 << 20), help = STRBUF_INIT(1 << 16);
    if (!man_page)
        skip();
    read_page(man_page, &page);
    config_help(&help, COMMAND_ALL);
    assert_non_null(strstr(strbuf_cstr(&page), ROLE_SENTENCE));
    for (struct span rest = strbuf_span(&help); rest.len;) {
        char entry[64];
        struct span line = span_trim(span_cut(rest, '\n', &rest));
        struct span name = span_head(line, strcspn(line.ptr, " "));
        if (!span_starts_with(line, SPAN("--")))
            continue; /* more of the help of the option above */
        snprintf(entry, sizeof(entry), "\n*%.*s*", SPAN_ARG(name));
        print_message("%s\n", entry + 1);
        assert_non_null(strstr(strbuf_cstr(&page), entry));
    }
}

/* Every setting has its entry, "*name*" at the start of a line, and no entry is of anything else.
 */
static void test_conf_page(void **state)
{
    AUTO(strbuf_done) struct strbuf page = STRBUF_INIT(1 << 20);
    if (!conf_page)
        skip();
    read_page(conf_page, &page);
    for (size_t i = 0; i < CONFIG_OPTION_COUNT; i++) {
        char entry[64];
        bool in_file = option_is_setting(&CONFIG_OPTIONS[i]) &&
                       !(CONFIG_OPTIONS[i].flags & OPTION_NOT_IN_FILE);
        snprintf(entry, sizeof(entry), "\n*%s* =", CONFIG_OPTIONS[i].name);
        print_message("%s\n", entry + 1);
        assert_int_equal(strstr(strbuf_cstr(&page), entry) != NULL, in_file);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_parses),
        cmocka_unit_test(test_values_arrive),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_bad_environment),
        cmocka_unit_test(test_print_and_read_back),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_default_dir),
        cmocka_unit_test(test_help_width),
        cmocka_unit_test(test_man_page),
        cmocka_unit_test(test_conf_page),
    };
    man_page = argc > 1 ? argv[1] : NULL;
    conf_page = argc > 2 ? argv[2] : NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
