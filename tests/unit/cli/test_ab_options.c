/* SPDX-License-Identifier: Apache-2.0
 *
 * ab's command line. Each row was given to ab 2.3 of Debian 12; messages and codes are its own.
 */
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "cli/as/ab/options.h"
#include "support/test.h"

#define MAX_ARGUMENTS 32
#define URL           "http://h/p"

/* Splits at single spaces. */
static int split(char *line, char **argv)
{
    int argc = 0;
    argv[argc++] = (char *)"/usr/bin/ab";
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return argc;
}

struct parsed {
    struct ab_options options;
    struct strbuf errors;
    enum ab_parse result;
    int code;
    char line[256];
    char *argv[MAX_ARGUMENTS];
};

static void parse(struct parsed *parsed, const char *line)
{
    *parsed = (struct parsed){.errors = STRBUF_INIT(65536)};
    snprintf(parsed->line, sizeof(parsed->line), "%s", line);
    int argc = split(parsed->line, parsed->argv);
    parsed->result =
        ab_options_parse(&parsed->options, argc, parsed->argv, &parsed->errors, &parsed->code);
}

static void parsed_done(struct parsed *parsed)
{
    ab_options_done(&parsed->options);
    strbuf_done(&parsed->errors);
}

struct failure_case {
    const char *line;
    int code;
    const char *text; /* what stderr begins with */
};

static const struct failure_case FAILURES[] = {
    {"", 22, "/usr/bin/ab: wrong number of arguments\nUsage: /usr/bin/ab [options] "},
    {"-n 1", 22, "/usr/bin/ab: wrong number of arguments\n"},
    {URL " " URL, 22, "/usr/bin/ab: wrong number of arguments\n"},
    {URL " -n 2", 22, "/usr/bin/ab: wrong number of arguments\n"},
    {"-H " URL, 22, "/usr/bin/ab: wrong number of arguments\n"},
    {"-H", 22, "ab: option requires an argument -- H\n/usr/bin/ab: wrong number of arguments\n"},
    {"-h", 22, "Usage: /usr/bin/ab [options] [http[s]://]hostname[:port]/path\n"},
    {"h", 22, "/usr/bin/ab: invalid URL\n"},
    {"http://h", 22, "/usr/bin/ab: invalid URL\n"},
    {"http://h?x=1", 22, "/usr/bin/ab: invalid URL\n"},
    {"http://h:0/", 22, "/usr/bin/ab: invalid URL\n"},
    {"http://h:65536/", 22, "/usr/bin/ab: invalid URL\n"},
    {"http://:80/", 22, "/usr/bin/ab: invalid URL\n"},
    {"http:///x", 22, "/usr/bin/ab: invalid URL\n"},
    {"-n 0 " URL, 1, "Invalid number of requests\n\n"},
    {"-n -1 " URL, 1, "Invalid number of requests\n\n"},
    {"-n x " URL, 1, "Invalid number of requests\n\n"},
    {"-c -1 " URL, 22, "/usr/bin/ab: Invalid Concurrency [Range 0..200000]\nUsage: "},
    {"-c 5 -n 2 " URL, 22,
     "/usr/bin/ab: Cannot use concurrency level greater than total number of requests\nUsage: "},
    {"-i -p f " URL, 1, "Cannot mix POST with other methods\n\n"},
    {"-p f -i " URL, 1, "Cannot mix HEAD with other methods\n\n"},
    {"-p f -u f " URL, 1, "Cannot mix PUT with other methods\n\n"},
    {"-m X -p f " URL, 1, "Cannot mix POST with other methods\n\n"},
    {"-i -i " URL, 1, "Cannot mix HEAD with other methods\n\n"},
};

static void test_failures(void **state)
{
    for (size_t i = 0; i < COUNT_OF(FAILURES); i++) {
        AUTO(parsed_done) struct parsed parsed;
        print_message("%s\n", FAILURES[i].line);
        parse(&parsed, FAILURES[i].line);
        assert_int_equal(parsed.result, AB_PARSE_EXIT);
        assert_int_equal(parsed.code, FAILURES[i].code);
        assert_memory_equal(strbuf_cstr(&parsed.errors), FAILURES[i].text,
                            strlen(FAILURES[i].text));
    }
}

struct url_case {
    const char *url, *host, *path;
    unsigned port;
    bool is_tls, has_default_port;
};

static const struct url_case URLS[] = {
    {"http://h/", "h", "/", 80, false, true},
    {"https://h/a?b#c", "h", "/a?b#c", 443, true, true},
    {"https://h:80/", "h", "/", 80, true, false},
    {"h:8080/x", "h", "/x", 8080, false, false},
    {"http://[::1]:81/x", "::1", "/x", 81, false, false},
    {"[::1]/", "::1", "/", 80, false, true},
    {"ftp://x/", "ftp:", "//x/", 80, false, true},
    {"HTTP://h/", "HTTP:", "//h/", 80, false, true},
    {"https://", "https:", "//", 80, false, true},
    {"http://h:/x", "h:", "/x", 80, false, true},
    {"http://h:80x/x", "h:80x", "/x", 80, false, true},
    {"http://u:p@h:8/x", "u:p@h", "/x", 8, false, false},
    {"h/a?x=http://b/c", "h", "/a?x=http://b/c", 80, false, true},
};

static void assert_span(struct span span, const char *text)
{
    assert_int_equal(span.len, strlen(text));
    assert_memory_equal(span.ptr, text, span.len);
}

static void test_urls(void **state)
{
    for (size_t i = 0; i < COUNT_OF(URLS); i++) {
        AUTO(parsed_done) struct parsed parsed;
        print_message("%s\n", URLS[i].url);
        parse(&parsed, URLS[i].url);
        assert_int_equal(parsed.result, AB_PARSE_RUN);
        assert_span(parsed.options.host, URLS[i].host);
        assert_span(parsed.options.path, URLS[i].path);
        assert_int_equal(parsed.options.port, URLS[i].port);
        assert_int_equal(parsed.options.is_tls, URLS[i].is_tls);
        assert_int_equal(parsed.options.has_default_port, URLS[i].has_default_port);
    }
}

static void test_requests_and_time(void **state)
{
    static const struct {
        const char *line;
        long requests;
        int time_limit_s;
    } ROWS[] = {
        {URL, 1, 0},
        {"-n 5x " URL, 5, 0},
        {"-n 2 -n 3 " URL, 3, 0},
        {"-t 7 " URL, 50000, 7},
        {"-n 9 -t 7 " URL, 50000, 7},
        {"-t 7 -n 9 " URL, 9, 7},
        {"-t x " URL, 50000, 0},
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(parsed_done) struct parsed parsed;
        parse(&parsed, ROWS[i].line);
        assert_int_equal(parsed.result, AB_PARSE_RUN);
        assert_int_equal(parsed.options.requests, ROWS[i].requests);
        assert_int_equal(parsed.options.time_limit_s, ROWS[i].time_limit_s);
    }
}

static void test_joined(void **state)
{
    AUTO(parsed_done) struct parsed parsed;
    parse(&parsed, "-kn20 -c4 -dS -rlq -HA:b -H C:d -X p:8080 -W 2 -R 5 -Q " URL);
    const struct ab_options *options = &parsed.options;
    assert_int_equal(parsed.result, AB_PARSE_RUN);
    assert_string_equal(strbuf_cstr(&parsed.errors), "");
    assert_int_equal(options->requests, 20);
    assert_int_equal(options->concurrency, 4);
    assert_true(options->keep_alive && options->no_percentiles && options->no_spread);
    assert_true(options->go_on && options->any_length && options->quiet && !options->html);
    assert_int_equal(options->header_count, 2);
    assert_string_equal(options->headers[0], "A:b");
    assert_string_equal(options->headers[1], "C:d");
    assert_span(options->proxy_host, "p");
    assert_int_equal(options->proxy_port, 8080);
    assert_int_equal(options->ramp_ms, 5);
}

static void test_unknown_is_passed_over(void **state)
{
    AUTO(parsed_done) struct parsed parsed;
    parse(&parsed, "-1 -kN " URL);
    assert_int_equal(parsed.result, AB_PARSE_RUN);
    assert_true(parsed.options.keep_alive);
    assert_string_equal(strbuf_cstr(&parsed.errors),
                        "ab: illegal option -- 1\nab: illegal option -- N\n");
}

static void test_method_last(void **state)
{
    AUTO(parsed_done) struct parsed parsed;
    parse(&parsed, "-u f -m PATCH -- " URL);
    assert_int_equal(parsed.result, AB_PARSE_RUN);
    assert_int_equal(parsed.options.method, AB_PUT);
    assert_string_equal(parsed.options.method_name, "PATCH");
    assert_string_equal(parsed.options.body_file, "f");
}

static void test_version(void **state)
{
    AUTO(parsed_done) struct parsed parsed;
    parse(&parsed, "-w -V -n 0");
    assert_int_equal(parsed.result, AB_PARSE_VERSION);
    assert_true(parsed.options.html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_requests_and_time),
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_unknown_is_passed_over),
        cmocka_unit_test(test_method_last),
        cmocka_unit_test(test_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
