/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "cli/as/wrk/wrk_options.h"
#include "support/test.h"

#define URL "http://h.x/"

struct line {
    struct wrk_options options;
    struct strbuf out, err;
    char *argv[16];
    int result;
};

static void parse(struct line *line, bool is_wrk2, const char *const *arguments)
{
    int argc = 1;
    *line = (struct line){.out = STRBUF_INIT(10000), .err = STRBUF_INIT(10000)};
    line->argv[0] = (char *)"wrk";
    for (; arguments[argc - 1]; argc++)
        line->argv[argc] = (char *)arguments[argc - 1];
    line->result =
        wrk_options_parse(&line->options, is_wrk2, argc, line->argv, &line->out, &line->err);
}

static void done(struct line *line)
{
    strbuf_done(&line->out);
    strbuf_done(&line->err);
    if (line->result == 0)
        wrk_options_done(&line->options);
}

static const struct {
    const char *arguments[8];
    uint64_t threads, connections, duration_s, timeout_s, rate;
    const char *flags; /* 2 wrk2, L, U, B, v */
} GOOD[] = {
    {{URL}, 2, 10, 10, 2, 0, ""},
    {{"-t1", "-c", "1k", "-d2m", URL, "-T", "1h"}, 1, 1000, 120, 3600, 0, ""},
    {{"--threads=4", "--conn", "2M", "--duration", "3", "--lat", URL}, 4, 2000000, 3, 2, 0, "L"},
    {{"-t +1", "-c", " 1 K ", "-d", "1S", URL}, 1, 1000, 1, 2, 0, ""},
    {{"-Lv", URL}, 2, 10, 10, 2, 0, "Lv"},
    {{"-t2", "-c", "5", "-d", "1s x", URL}, 2, 5, 1, 2, 0, ""},
    {{"--timeout", "0", URL}, 2, 10, 10, 0, 0, ""},
    {{"-R2k", URL}, 2, 10, 10, 2, 2000, "2"},
    {{URL, "--rate", "1M", "-U"}, 2, 10, 10, 2, 1000000, "2LU"},
    {{"-BLR1", URL}, 2, 10, 10, 2, 1, "2LB"},
    {{URL, "--", "-R5"}, 2, 10, 10, 2, 0, ""},
};

static void test_good(void **state)
{
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        struct line line;
        parse(&line, false, GOOD[i].arguments);
        const struct wrk_options *options = &line.options;
        print_message("%s %s\n", GOOD[i].arguments[0], strbuf_cstr(&line.err));
        assert_int_equal(line.result, 0);
        assert_int_equal(options->threads, GOOD[i].threads);
        assert_int_equal(options->connections, GOOD[i].connections);
        assert_int_equal(options->duration_s, GOOD[i].duration_s);
        assert_int_equal(options->timeout_s, GOOD[i].timeout_s);
        assert_int_equal(options->rate, GOOD[i].rate);
        assert_int_equal(options->is_wrk2, strchr(GOOD[i].flags, '2') != NULL);
        assert_int_equal(options->show_latency, strchr(GOOD[i].flags, 'L') != NULL);
        assert_int_equal(options->show_uncorrected, strchr(GOOD[i].flags, 'U') != NULL);
        assert_int_equal(options->batch_latency, strchr(GOOD[i].flags, 'B') != NULL);
        assert_int_equal(line.out.len > 0, strchr(GOOD[i].flags, 'v') != NULL);
        assert_string_equal(options->url, URL);
        done(&line);
    }
}

static const struct {
    bool is_wrk2;
    const char *arguments[6];
    const char *err; /* what is said before the usage, by us */
} BAD[] = {
    {false, {NULL}, ""},
    {false, {"-t", "1.5", URL}, ""},
    {false, {"-t0", URL}, ""},
    {false, {"-c", "1kk", URL}, ""},
    {false, {"-c", "1E", URL}, ""},
    {false, {"-t", "", URL}, ""},
    {false, {"-d0", URL}, ""},
    {false, {"-d", "1.5s", URL}, ""},
    {false, {"-d", "1ms", URL}, ""},
    {false, {"-d", "s", URL}, ""},
    {false, {"-d", "0x1", URL}, ""},
    {false, {"-r", URL}, ""},
    {false, {"--help", URL}, ""},
    {false, {"-t3", "-c2", URL}, "number of connections must be >= threads\n"},
    {false, {"-c0", URL}, "number of connections must be >= threads\n"},
    {false, {"-t-1", URL}, "number of connections must be >= threads\n"},
    {false, {"-t3", "-c2", "foo"}, "invalid URL: foo\n"},
    {true, {URL}, "Throughput MUST be specified with the --rate or -R option\n"},
    {false, {"-R0", URL}, "Throughput MUST be specified with the --rate or -R option\n"},
};

static void test_bad(void **state)
{
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        struct line line;
        parse(&line, BAD[i].is_wrk2, BAD[i].arguments);
        print_message("%s\n", BAD[i].arguments[0] ? BAD[i].arguments[0] : "");
        assert_int_equal(line.result, -1);
        assert_string_equal(strbuf_cstr(&line.err), BAD[i].err);
        assert_memory_equal(line.out.ptr, "Usage: wrk <options> <url>", 26);
        done(&line);
    }
}

static void test_script_and_headers(void **state)
{
    struct line line;
    static const char *const ARGUMENTS[] = {"-s",  "x.lua", "-H", "A: 1", URL,
                                            "-HB", "one",   "--", "-t",   NULL};
    parse(&line, false, ARGUMENTS);
    assert_int_equal(line.result, 0);
    assert_string_equal(line.options.script, "x.lua");
    assert_int_equal(line.options.header_count, 2);
    assert_string_equal(line.options.headers[1], "B");
    assert_int_equal(line.options.argument_count, 2);
    assert_string_equal(line.options.arguments[0], "one");
    assert_string_equal(line.options.arguments[1], "-t");
    done(&line);
}

static void test_headers_need_colon_and_space(void **state)
{
    struct span name, value;
    assert_true(wrk_options_header("A:  b: c ", &name, &value));
    assert_true(span_equal(name, SPAN("A")));
    assert_true(span_equal(value, SPAN(" b: c ")));
    assert_true(wrk_options_header("E: ", &name, &value));
    assert_int_equal(value.len, 0);
    assert_true(wrk_options_header(": v", &name, &value));
    assert_int_equal(name.len, 0);
    assert_false(wrk_options_header("A:b c: d", &name, &value));
    assert_false(wrk_options_header("A", &name, &value));
    assert_false(wrk_options_header("A:", &name, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_script_and_headers),
        cmocka_unit_test(test_headers_need_colon_and_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
