/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/strbuf.h"
#include "cli/as/hey/options.h"
#include "support/test.h"

#define MAX_ARGUMENTS 12
#define URL           "http://127.0.0.1/"

/* What hey 0.1.4 says and returns. */
static const struct refusal {
    const char *name;
    const char *arguments[MAX_ARGUMENTS];
    int code;
    const char *message; /* before "Usage: " */
} REFUSALS[] = {
    {"nothing", {NULL}, 1, ""},
    {"-help", {"-help"}, 0, ""},
    {"--help", {"--help", URL}, 0, ""},
    {"-h with the URL as its value", {"-h", URL}, 1, ""},
    {"-h", {"-h", "a: b", URL}, 1, "Flag '-h' is deprecated, please use '-H' instead.\n\n"},
    {"-h without", {"-h"}, 2, "flag needs an argument: -h\n"},
    {"unknown flag", {"-foo", URL}, 2, "flag provided but not defined: -foo\n"},
    {"unknown flag with a value", {"-U=x", URL}, 2, "flag provided but not defined: -U\n"},
    {"three dashes", {"---", URL}, 2, "bad flag syntax: ---\n"},
    {"no name", {"-=1", URL}, 2, "bad flag syntax: -=1\n"},
    {"no number", {"-n", "abc", URL}, 2, "invalid value \"abc\" for flag -n: parse error\n"},
    {"quoted",
     {"-n", "a\"b\\\n\xc3\xa9\x01", URL},
     2,
     "invalid value \"a\\\"b\\\\\\n\xc3\xa9\\x01\" for flag -n: parse error\n"},
    {"empty number", {"-n=", URL}, 2, "invalid value \"\" for flag -n: parse error\n"},
    {"flag as a value", {"-n", "-z"}, 2, "invalid value \"-z\" for flag -n: parse error\n"},
    {"too large",
     {"-n", "99999999999999999999", URL},
     2,
     "invalid value \"99999999999999999999\" for flag -n: value out of range\n"},
    {"no integer", {"-t", "1.5", URL}, 2, "invalid value \"1.5\" for flag -t: parse error\n"},
    {"no boolean",
     {"-disable-keepalive=maybe", URL},
     2,
     "invalid boolean value \"maybe\" for -disable-keepalive: parse error\n"},
    {"no float", {"-q", "abc", URL}, 2, "invalid value \"abc\" for flag -q: parse error\n"},
    {"infinite",
     {"-q", "1e999", URL},
     2,
     "invalid value \"1e999\" for flag -q: value out of range\n"},
    {"duration without a unit",
     {"-z", "1", URL},
     2,
     "invalid value \"1\" for flag -z: parse error\n"},
    {"no requests", {"-n", "0", URL}, 1, "-n and -c cannot be smaller than 1.\n\n"},
    {"no workers", {"-c", "0", URL}, 1, "-n and -c cannot be smaller than 1.\n\n"},
    {"fewer requests than workers",
     {"-n", "1", "-c", "2", URL},
     1,
     "-n cannot be less than -c.\n\n"},
    {"no workers for a while", {"-z", "1s", "-c", "0", URL}, 1, "-c cannot be smaller than 1.\n\n"},
    {"header without a colon",
     {"-H", "foo", URL},
     1,
     "could not parse the provided input; input = foo\n\n"},
    {"header without a value",
     {"-H", "foo:", URL},
     1,
     "could not parse the provided input; input = foo:\n\n"},
    {"header with a space",
     {"-H", "a b: c", URL},
     1,
     "could not parse the provided input; input = a b: c\n\n"},
    {"short password",
     {"-a", "user:p", URL},
     1,
     "could not parse the provided input; input = user:p\n\n"},
    {"no user", {"-a", ":pass", URL}, 1, "could not parse the provided input; input = :pass\n\n"},
    {"header before authorization",
     {"-a", "x", "-H", "foo", URL},
     1,
     "could not parse the provided input; input = foo\n\n"},
};

static int parse(struct hey_options *options, const char *const *arguments, struct strbuf *message)
{
    static char *argv[MAX_ARGUMENTS + 2]; /* the options point into it */
    int argc = 1;
    memset(argv, 0, sizeof(argv));
    while (argc <= MAX_ARGUMENTS && arguments[argc - 1]) {
        argv[argc] = (char *)arguments[argc - 1];
        argc++;
    }
    return hey_options_parse(options, argc, argv, 2, message);
}

static void test_refusals(void **state)
{
    for (size_t i = 0; i < COUNT_OF(REFUSALS); i++) {
        const struct refusal *c = &REFUSALS[i];
        AUTO(hey_options_done) struct hey_options options;
        AUTO(strbuf_done) struct strbuf message = STRBUF_INIT(1 << 16);
        print_message("%s\n", c->name);
        assert_int_equal(parse(&options, c->arguments, &message), c->code);
        assert_memory_equal(strbuf_cstr(&message), c->message, strlen(c->message));
        const char *usage = strbuf_cstr(&message) + strlen(c->message);
        assert_memory_equal(usage, "Usage: hey [options...] <url>\n", 30);
        assert_non_null(strstr(usage, "is 2 cores)\n"));
        assert_int_equal(strcmp(usage + strlen(usage) - 3, ")\n\n") == 0, c->code == 1);
    }
}

static void test_defaults(void **state)
{
    const char *const arguments[MAX_ARGUMENTS] = {URL};
    AUTO(hey_options_done) struct hey_options options;
    AUTO(strbuf_done) struct strbuf message = STRBUF_INIT(1 << 16);
    assert_int_equal(parse(&options, arguments, &message), -1);
    assert_int_equal(options.requests, 200);
    assert_int_equal(options.connections, 50);
    assert_int_equal(options.timeout_s, 20);
    assert_int_equal(options.duration_ns, 0);
    assert_string_equal(options.method, "GET");
    assert_string_equal(options.content_type, "text/html");
    assert_string_equal(options.output, "");
    assert_int_equal(options.ignored_count, 0);
    assert_int_equal(message.len, 0);
}

static void test_spellings(void **state)
{
    const char *const arguments[MAX_ARGUMENTS] = {
        "--n=0x1_0", "-c", "010", "-h2", "-z=.5s", "-q", "0x1p4", "-disable-redirects=T",
        "-H=A: b",   "--", "-",   "-n"};
    AUTO(hey_options_done) struct hey_options options;
    AUTO(strbuf_done) struct strbuf message = STRBUF_INIT(1 << 16);
    assert_int_equal(parse(&options, arguments, &message), -1);
    assert_int_equal(options.requests, 16);
    assert_int_equal(options.connections, 8);
    assert_true(options.http2);
    assert_int_equal(options.duration_ns, NSEC_PER_SEC / 2);
    assert_true(options.rate == 16);
    assert_true(options.disable_redirects);
    assert_int_equal(options.header_count, 1);
    assert_string_equal(options.url, "-");
    assert_int_equal(options.ignored_count, 1);
    assert_string_equal(options.ignored[0], "-n");
}

static void test_negative(void **state)
{
    const char *const arguments[MAX_ARGUMENTS] = {"-z",  "-1s", "-q=-1", "-t",   "-5", "-cpus=-1",
                                                  "-h=", "-n",  "1_0",   "-c=1", URL};
    AUTO(hey_options_done) struct hey_options options;
    AUTO(strbuf_done) struct strbuf message = STRBUF_INIT(1 << 16);
    assert_int_equal(parse(&options, arguments, &message), -1);
    assert_int_equal(options.duration_ns, 0);
    assert_true(options.rate == -1);
    assert_int_equal(options.timeout_s, -5);
    assert_int_equal(options.cpus, -1);
    assert_int_equal(options.requests, 10);
}

static void test_header(void **state)
{
    static const struct {
        const char *text, *name, *value; /* value NULL: refused */
    } cases[] = {
        {"a:b", "a", "b"},     {"A-b_9:  c: d ", "A-b_9", "c: d"},
        {"foo: ", "foo", ""},  {"foo:", "foo", NULL},
        {": bar", "", NULL},   {"x: a\nb", "x", "a"},
        {"x:\n\n", "x", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct span name, value;
        bool is_good = hey_header_parse(cases[i].text, &name, &value);
        assert_int_equal(is_good, cases[i].value != NULL);
        if (!is_good)
            continue;
        assert_true(span_equal(name, span_cstr(cases[i].name)));
        assert_true(span_equal(value, span_cstr(cases[i].value)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),  cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_spellings), cmocka_unit_test(test_negative),
        cmocka_unit_test(test_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
