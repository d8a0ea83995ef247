/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON of a bench against its page: test_report_bench_json docs/bench-json.md
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "bench_sample.h"
#include "report/summary.h"
#include "slo/verdict.h"
#include "support/test.h"

static const char *page_path;

static void add_paths(struct map *paths, const char *prefix, json_t *value);

static void add_member(struct map *paths, const char *prefix, const char *name, json_t *value)
{
    char path[256];
    snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", name);
    add_paths(paths, path, value);
}

/* What is a key by content stands as one name on the page. */
static const char *page_name(const char *prefix, const char *key)
{
    if (strcmp(prefix, "latency_ms") == 0)
        return "PHASE";
    return strcmp(prefix, "statuses") == 0 ? "STATUS" : key;
}

static void add_paths(struct map *paths, const char *prefix, json_t *value)
{
    const char *key;
    json_t *member;
    size_t index;
    char element[256];
    if (!json_is_object(value) && !json_is_array(value))
        map_put(paths, span_cstr(prefix))->value = paths;
    json_object_foreach(value, key, member)
    {
        add_member(paths, prefix, page_name(prefix, key), member);
    }
    snprintf(element, sizeof(element), "%s[]", prefix);
    json_array_foreach(value, index, member)
    {
        add_paths(paths, element, member);
    }
}

/* What stands in backquotes in the first column of the page's tables. */
static void add_documented(struct map *paths, struct span page)
{
    while (page.len) {
        struct span line = span_cut(page, '\n', &page), rest;
        if (!span_starts_with(line, SPAN("| `")))
            continue;
        struct span column = span_cut(span_from(line, 2), '|', &rest);
        while (column.len) {
            span_cut(column, '`', &rest);
            struct span name = span_cut(rest, '`', &column);
            if (name.len)
                map_put(paths, name)->value = paths;
        }
    }
}

static void expect_all(const struct map *these, const struct map *in, const char *where)
{
    MAP_FOREACH (entry, these) {
        if (!map_get(in, entry->key))
            fail_msg("%.*s is not %s", SPAN_ARG(entry->key), where);
    }
}

static json_t *write_and_read(const struct bench_result *result)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(100000);
    json_error_t error;
    bench_report_json(&text, result);
    json_t *json = json_loads(strbuf_cstr(&text), 0, &error);
    if (!json)
        fail_msg("%s: %s", error.text, strbuf_cstr(&text));
    return json;
}

static void judge(struct bench_result *result)
{
    static struct verdict_row rows[] = {{"s", "n", VERDICT_FAIL, "3 ms", "< 2 ms", "slow"}};
    static struct verdict verdict = {.rows = rows, .row_count = 1, .failed = 1};
    static struct summary_threshold threshold = {
        .expression = "max<2", .aggregate = "max", .observed = 3};
    threshold.series = registry_series(result->total->registry, 0);
    result->thresholds = &threshold;
    result->threshold_count = 1;
    result->verdict = &verdict;
}

static void test_the_page_has_what_is_written_and_no_more(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(snapshot_free) struct snapshot *total = snapshot_new(registry);
    AUTO(map_done) struct map written = MAP_INIT, documented = MAP_INIT;
    AUTO(strbuf_done) struct strbuf page = STRBUF_INIT(1 << 20);
    struct bench_result result = sample_result(total);
    struct error err;
    sample_make_open(&result, total);
    json_t *without_verdict = write_and_read(&result);
    judge(&result);
    json_t *all = write_and_read(&result);
    assert_int_equal(file_read(page_path, &page, &err), 0);
    add_paths(&written, "", without_verdict);
    add_paths(&written, "", all);
    add_documented(&documented, strbuf_span(&page));
    expect_all(&written, &documented, "documented");
    expect_all(&documented, &written, "written");

    const char *phase;
    json_t *ignored;
    json_object_foreach(json_object_get(all, "latency_ms"), phase, ignored)
    {
        char mark[64];
        snprintf(mark, sizeof(mark), "*%s*", phase);
        if (!strstr(strbuf_cstr(&page), mark))
            fail_msg("%s is not documented", mark);
    }
    json_decref(without_verdict);
    json_decref(all);
}

static json_t *at(json_t *json, const char *object, const char *key)
{
    return json_object_get(json_object_get(json, object), key);
}

static void test_what_a_model_has_not_is_null(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(snapshot_free) struct snapshot *total = snapshot_new(registry);
    struct bench_result result = sample_result(total);
    json_t *json = write_and_read(&result);
    assert_string_equal(json_string_value(json_object_get(json, "model")), "closed");
    assert_true(json_is_null(json_object_get(json, "rate")));
    assert_true(json_is_null(at(json, "totals", "scheduled")));
    assert_int_equal(json_integer_value(at(json, "totals", "sent")), 403);
    assert_int_equal(json_integer_value(at(json, "totals", "answered")), 398);
    assert_true(json_is_null(json_object_get(json, "slo")));
    json_t *duration = at(json, "latency_ms", "duration");
    assert_true(json_is_number(json_object_get(duration, "p99")));
    assert_true(json_is_null(json_object_get(duration, "p99.9")));
    assert_true(json_is_null(json_object_get(at(json, "latency_ms", "send_lateness"), "max")));
    json_decref(json);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_has_what_is_written_and_no_more),
        cmocka_unit_test(test_what_a_model_has_not_is_null),
    };
    if (argc < 2)
        return 2;
    page_path = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
