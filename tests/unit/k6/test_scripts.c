/* SPDX-License-Identifier: Apache-2.0
 *
 * Every script beside this file, run the whole way. A script says what it expects in comments:
 *   // log: TEXT             the next message logged ("\n" for line breaks; * at the end: a prefix)
 *   // error: CODE TEXT      loading or running fails with that code, the message containing TEXT
 *   // summary: "target":"content" ...  what handleSummary returned
 * and in JavaScript by check(): none may fail but those whose name starts with "fails:".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "unit/k6/rig.h"

static void read_source(const char *path, struct strbuf *out)
{
    char buf[4096];
    size_t got;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    while ((got = fread(buf, 1, sizeof(buf), file)) > 0)
        strbuf_add(out, buf, got);
    fclose(file);
}

/* The next "// KIND: TEXT" line; false behind the last. */
static bool next_line(struct span *rest, const char *kind, struct span *ret_text)
{
    char prefix[32];
    snprintf(prefix, sizeof(prefix), "// %s: ", kind);
    while (rest->len) {
        struct span line = span_cut(*rest, '\n', rest);
        if (!span_starts_with(line, span_cstr(prefix)))
            continue;
        *ret_text = span_from(line, strlen(prefix));
        return true;
    }
    return false;
}

/* "\n" and "\t" in the expectation stand for themselves. */
static void unescape(struct span text, struct strbuf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        bool escaped = text.ptr[i] == '\\' && i + 1 < text.len;
        char c = text.ptr[i];
        if (escaped && (text.ptr[i + 1] == 'n' || text.ptr[i + 1] == 't'))
            c = text.ptr[++i] == 'n' ? '\n' : '\t';
        strbuf_addc(out, c);
    }
}

/* Takes what is expected from the front of `*log`. */
static void expect_message(struct span text, struct span *log)
{
    AUTO(strbuf_done) struct strbuf wanted = STRBUF_INIT(1 << 16);
    bool prefix = text.len && text.ptr[text.len - 1] == '*';
    unescape(span_head(text, text.len - prefix), &wanted);
    if (!prefix)
        strbuf_addc(&wanted, '\n');
    if (!span_starts_with(*log, strbuf_span(&wanted)))
        fail_msg("expected the message\n%s\nbut the log goes on with\n%.*s", strbuf_cstr(&wanted),
                 SPAN_ARG(*log));
    *log = span_from(*log, wanted.len);
    if (prefix)
        span_cut(*log, '\n', log);
}

/* Stack traces end with a line break of their own. */
static void skip_blank_lines(struct span *log)
{
    while (log->len && *log->ptr == '\n')
        *log = span_from(*log, 1);
}

static void expect_log(struct span source, struct span log)
{
    struct span text;
    while (next_line(&source, "log", &text)) {
        skip_blank_lines(&log);
        expect_message(text, &log);
    }
    skip_blank_lines(&log);
    if (log.len)
        fail_msg("unexpected message: %.*s", SPAN_ARG(log));
}

static void expect_error(struct span source, const struct error *error)
{
    struct span text, rest;
    char buf[2048];
    if (!next_line(&source, "error", &text)) {
        assert_string_equal(error->message, "");
        return;
    }
    struct span code = span_cut(text, ' ', &rest);
    assert_int_equal(error->code, atoi(code.ptr));
    error_text(error, buf, sizeof(buf));
    if (!memmem(buf, strlen(buf), rest.ptr, rest.len))
        fail_msg("expected %.*s, got %s", SPAN_ARG(rest), buf);
}

static void expect_summary(struct span source, const struct strbuf *summary)
{
    struct span text;
    if (next_line(&source, "summary", &text))
        assert_true(span_equal(strbuf_span(summary), text));
}

static void run_script(void **state)
{
    const char *path = *state;
    AUTO(strbuf_done) struct strbuf source = STRBUF_INIT(1 << 20);
    struct map env = MAP_INIT;
    struct rig_result result;
    read_source(path, &source);
    map_put(&env, SPAN("TEST_NAME"))->value = (void *)"value";
    rig_run(path, &env, &result);
    struct span text = strbuf_span(&source);
    expect_error(text, &result.error);
    expect_log(text, strbuf_span(&result.log));
    expect_summary(text, &result.summary);
    assert_string_equal(strbuf_cstr(&result.failed), "");
    rig_result_done(&result);
    map_done(&env);
}

int main(int argc, char **argv)
{
    struct CMUnitTest *tests = calloc((size_t)argc, sizeof(*tests));
    for (int i = 1; i < argc; i++)
        tests[i - 1] = (struct CMUnitTest){
            .name = strrchr(argv[i], '/') + 1,
            .test_func = run_script,
            .initial_state = argv[i],
        };
    int rc = _cmocka_run_group_tests("k6/scripts", tests, (size_t)argc - 1, NULL, NULL);
    free(tests);
    return rc;
}
