/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "cli/options.h"
#include "support/test.h"

static const struct option_spec SPECS[] = {
    {'u', "vus", OPTION_INTEGER, "N", "TEST_VUS", "vus", "users"},
    {'r', "rate", OPTION_NUMBER, "N", NULL, "rate", "how many a second"},
    {'d', "duration", OPTION_DURATION, "TIME", NULL, "duration", "how long"},
    {'s', "stage", OPTION_STAGE, "TIME:N", NULL, "stages", "ramp"},
    {'q', "quiet", OPTION_FLAG, NULL, NULL, NULL, "less"},
    {'w', "throw", OPTION_FLAG, NULL, NULL, "throw", "throw"},
    {0, "timeout", OPTION_TIME, "TIME", NULL, NULL, "of one"},
    {0, "tag", OPTION_PAIR, "K=V", NULL, "tags", "tag"},
    {0, "stats", OPTION_LIST, "A,B", NULL, "summaryTrendStats", "stats"},
    {'H', "header", OPTION_REPEAT, "LINE", NULL, NULL, "header"},
    OPTIONS_END,
};

struct line {
    struct options options;
    struct error err;
    int result;
};

static void parse(struct line *line, const char *const *arguments)
{
    char *argv[16] = {(char *)"run"};
    int argc = 1;
    while (arguments[argc - 1]) {
        argv[argc] = (char *)arguments[argc - 1];
        argc++;
    }
    line->err = (struct error){0};
    line->result = options_parse(&line->options, SPECS, argc, argv, &line->err);
}

static const struct json_case {
    const char *name;
    const char *arguments[10];
    const char *json;
} JSON_CASES[] = {
    {"separate value", {"--vus", "5", "x.js"}, "{\"vus\":5}"},
    {"joined by equals", {"--vus=5"}, "{\"vus\":5}"},
    {"letter joined", {"-u5"}, "{\"vus\":5}"},
    {"letter with equals", {"-u=5"}, "{\"vus\":5}"},
    {"after the argument", {"x.js", "-u", "5"}, "{\"vus\":5}"},
    {"the last one wins", {"-u", "1", "-u", "2"}, "{\"vus\":2}"},
    {"flags in one word", {"-qw"}, "{\"throw\":true}"},
    {"flag off", {"--throw=false"}, "{\"throw\":false}"},
    {"durations stay text", {"-d", "1m30s"}, "{\"duration\":\"1m30s\"}"},
    {"stages",
     {"-s", "10s:5", "-s", "1m:0,5s:1"},
     "{\"stages\":[{\"duration\":\"10s\",\"target\":5},{\"duration\":\"1m\",\"target\":0},"
     "{\"duration\":\"5s\",\"target\":1}]}"},
    {"numbers in other spellings",
     {"-u", "+05", "-r", ".5", "-s", "1s:07"},
     "{\"vus\":5,\"rate\":0.5,\"stages\":[{\"duration\":\"1s\",\"target\":7}]}"},
    {"pairs", {"--tag", "a=1", "--tag", "b=x=y"}, "{\"tags\":{\"a\":\"1\",\"b\":\"x=y\"}}"},
    {"lists", {"--stats", "avg,p(95)"}, "{\"summaryTrendStats\":[\"avg\",\"p(95)\"]}"},
    {"nothing", {"x.js"}, "{}"},
};

static void test_options_become_json(void **state)
{
    for (size_t i = 0; i < COUNT_OF(JSON_CASES); i++) {
        struct line line;
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(10000);
        print_message("%s\n", JSON_CASES[i].name);
        parse(&line, JSON_CASES[i].arguments);
        assert_int_equal(line.result, 0);
        options_json(&line.options, OPTION_FROM_COMMAND_LINE, &out);
        assert_string_equal(strbuf_cstr(&out), JSON_CASES[i].json);
        options_done(&line.options);
    }
}

static const struct wrong_case {
    const char *arguments[4];
    const char *sentence;
} WRONG[] = {
    {{"--nope"}, "unknown flag: --nope; see --help"},
    {{"-z"}, "unknown flag: -z; see --help"},
    {{"--vus"}, "--vus needs a value: --vus N"},
    {{"--vus", "many"}, "invalid argument \"many\" for --vus: give a whole number, like 10"},
    {{"--vus", "9223372036854775808"},
     "invalid argument \"9223372036854775808\" for --vus: give a whole number, like 10"},
    {{"-r", "nan"}, "invalid argument \"nan\" for --rate: give a number, like 0.5"},
    {{"-r", "1e309"}, "invalid argument \"1e309\" for --rate: give a number, like 0.5"},
    {{"-d", "1 hour"},
     "invalid argument \"1 hour\" for --duration: give a duration, like 30s or "
     "1m30s"},
    {{"-s", "10s"}, "invalid argument \"10s\" for --stage: give duration:target, like 10s:5"},
    {{"--tag", "a"}, "invalid argument \"a\" for --tag: give K=V"},
    {{"--timeout", "4"},
     "invalid argument \"4\" for --timeout: give a time with its unit, like 30s or 1m30s"},
    {{"--quiet=maybe"}, "invalid argument \"maybe\" for --quiet: give true or false"},
};

static void test_mistakes_are_sentences(void **state)
{
    for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
        struct line line;
        parse(&line, WRONG[i].arguments);
        assert_int_equal(line.result, -1);
        assert_int_equal(line.err.code, EXIT_USAGE);
        assert_string_equal(line.err.message, WRONG[i].sentence);
    }
}

static void test_command_line_beats_environment(void **state)
{
    static const char *const ARGUMENTS[] = {"-u", "7", NULL};
    struct line line;
    AUTO(strbuf_done) struct strbuf env = STRBUF_INIT(100), flags = STRBUF_INIT(100);
    setenv("TEST_VUS", "3", 1);
    parse(&line, ARGUMENTS);
    assert_int_equal(line.result, 0);
    options_json(&line.options, OPTION_FROM_ENV, &env);
    options_json(&line.options, OPTION_FROM_COMMAND_LINE, &flags);
    assert_string_equal(strbuf_cstr(&env), "{\"vus\":3}");
    assert_string_equal(strbuf_cstr(&flags), "{\"vus\":7}");
    assert_string_equal(options_text(&line.options, "vus"), "7");
    options_done(&line.options);
    setenv("TEST_VUS", "x", 1);
    parse(&line, ARGUMENTS);
    assert_int_equal(line.err.code, EXIT_INVALID_CONFIG);
    unsetenv("TEST_VUS");
}

static void test_two_dashes_end_options(void **state)
{
    static const char *const ARGUMENTS[] = {"-H", "A: b", "--", "-u", "-", NULL};
    struct line line;
    parse(&line, ARGUMENTS);
    assert_int_equal(line.options.argument_count, 2);
    assert_string_equal(line.options.arguments[0], "-u");
    assert_string_equal(options_each(&line.options, "header", 0), "A: b");
    assert_null(options_each(&line.options, "header", 1));
    options_done(&line.options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_become_json),
        cmocka_unit_test(test_mistakes_are_sentences),
        cmocka_unit_test(test_command_line_beats_environment),
        cmocka_unit_test(test_two_dashes_end_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
