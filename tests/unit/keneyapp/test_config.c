/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keneyapp/config.h"
#include "keneyapp/model/role.h"
#include "support/test.h"

static const struct duration_case {
    const char *text;
    int result;
    nsec_t seconds;
} DURATIONS[] = {
    {"12h", 0, 43200}, {"30m", 0, 1800}, {"45s", 0, 45},     {"45", 0, 45},   {"0", 0, 0},
    {"1d", 0, 86400},  {"", -1, 0},      {"h", -1, 0},       {"12hh", -1, 0}, {"1h30m", -1, 0},
    {"-1s", -1, 0},    {"5x", -1, 0},    {"9999999", -1, 0},
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
    {"bad time", COMMAND_SERVE, {"--token-lifetime", "soon"}, -1},
    {"one door", COMMAND_SERVE, {"--listen", "off"}, 0},
    {"the other door", COMMAND_SERVE, {"--tls-listen=off"}, 0},
    {"no door", COMMAND_SERVE, {"--listen", "off", "--tls-listen", "off"}, -1},
    {"no door, but help", COMMAND_SERVE, {"--listen=off", "--tls-listen=off", "--help"}, 0},
    {"no lifetime", COMMAND_SERVE, {"--token-lifetime", "0"}, -1},
    {"no lifetime for a token", COMMAND_TOKEN, {"testuser", "--token-lifetime=0h"}, -1},
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
        config_defaults(&config);
        assert_int_equal(config_parse(&config, PARSES[i].command, count, words, &err),
                         PARSES[i].result);
        assert_int_equal(err.code, PARSES[i].result ? EXIT_USAGE : 0);
        assert_int_equal(err.message[0] != '\0', PARSES[i].result != 0);
    }
}

static void test_values_arrive(void **state)
{
    struct config config;
    struct error err = {0};
    char *words[] = {(char *)(uintptr_t) "--data=/tmp/x", (char *)(uintptr_t) "--remember-logins",
                     (char *)(uintptr_t) "0", NULL};
    config_defaults(&config);
    assert_int_equal(config_parse(&config, COMMAND_SERVE, 3, words, &err), 0);
    assert_string_equal(config.data_dir, "/tmp/x");
    assert_int_equal(config.remember_ns, 0);
    assert_int_equal(config.token_ns, 12 * 3600 * NSEC_PER_SEC);
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

static const char *man_page; /* path of keneyapp.8.scd: argv[1] */

static void read_man_page(struct strbuf *out)
{
    char line[512];
    FILE *file = fopen(man_page, "re");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        strbuf_adds(out, line);
    fclose(file);
}

/* Every option of the table has its entry, "*--name*" at the start of a line. */
static void test_man_page(void **state)
{
    AUTO(strbuf_done) struct strbuf page = STRBUF_INIT(1 << 20), help = STRBUF_INIT(1 << 16);
    if (!man_page)
        skip();
    read_man_page(&page);
    config_help(&help, COMMAND_ALL);
    assert_non_null(strstr(strbuf_cstr(&page), ROLE_SENTENCE));
    for (struct span rest = strbuf_span(&help); rest.len;) {
        char entry[64];
        struct span line = span_trim(span_cut(rest, '\n', &rest));
        struct span name = span_head(line, strcspn(line.ptr, " "));
        snprintf(entry, sizeof(entry), "\n*%.*s*", SPAN_ARG(name));
        print_message("%s\n", entry + 1);
        assert_non_null(strstr(strbuf_cstr(&page), entry));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations),     cmocka_unit_test(test_parses),
        cmocka_unit_test(test_values_arrive), cmocka_unit_test(test_default_dir),
        cmocka_unit_test(test_man_page),
    };
    man_page = argc > 1 ? argv[1] : NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
