/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "metrics/registry.h"
#include "support/test.h"

static const struct name_case {
    const char *name;
    bool ok;
} NAMES[] = {
    {"my_metric", true},  {"_x", true},         {"A9", true},
    {"x", false},         {"", false},          {"9a", false},
    {"my-metric", false}, {"my metric", false}, {"caf\xc3\xa9", false},
};

static void test_names(void **state)
{
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        AUTO(registry_free) struct registry *registry = registry_new();
        struct error err = {0};
        const struct metric *metric =
            registry_add(registry, span_cstr(NAMES[i].name), METRIC_TREND, METRIC_TIME, &err);
        print_message("'%s'\n", NAMES[i].name);
        assert_int_equal(metric != NULL, NAMES[i].ok);
        assert_int_equal(err.code, NAMES[i].ok ? 0 : EXIT_SCRIPT_EXCEPTION);
    }
}

static void test_longest_name(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    char name[129];
    memset(name, 'a', sizeof(name));
    assert_non_null(registry_add(registry, span_of(name, 128), METRIC_RATE, METRIC_DEFAULT, NULL));
    assert_null(registry_add(registry, span_of(name, 129), METRIC_RATE, METRIC_DEFAULT, NULL));
}

static void test_builtins_stand_at_their_ids(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    assert_int_equal(registry_metric_count(registry), METRIC_BUILTIN_COUNT);
    assert_int_equal(registry_series_count(registry), METRIC_BUILTIN_COUNT + 1);
    const struct metric *duration = registry_metric(registry, METRIC_HTTP_REQ_DURATION);
    assert_string_equal(duration->name, "http_req_duration");
    assert_int_equal(duration->type, METRIC_TREND);
    assert_int_equal(duration->unit, METRIC_TIME);
    assert_false(duration->custom);
    assert_ptr_equal(duration, registry_find(registry, SPAN("http_req_duration")));
    const struct series *expected = registry_series(registry, duration->submetrics[0]);
    assert_string_equal(expected->name, "http_req_duration{expected_response:true}");
    assert_false(expected->shown);
}

static void test_same_metric_again(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    struct error err = {0};
    const struct metric *first =
        registry_add(registry, SPAN("mine"), METRIC_COUNTER, METRIC_DEFAULT, &err);
    for (int i = 0; i < 100; i++) { /* pointers stay good while the registry grows */
        char name[] = {'m', (char)('a' + i % 26), (char)('a' + i / 26), '\0'};
        registry_add(registry, span_cstr(name), METRIC_RATE, METRIC_DEFAULT, NULL);
    }
    assert_true(first->custom);
    assert_ptr_equal(first,
                     registry_add(registry, SPAN("mine"), METRIC_COUNTER, METRIC_DEFAULT, &err));
    assert_null(registry_add(registry, SPAN("mine"), METRIC_TREND, METRIC_DEFAULT, &err));
    assert_non_null(strstr(err.message, "already exists as a counter"));
    assert_null(registry_add(registry, SPAN("mine"), METRIC_COUNTER, METRIC_DATA, &err));
    assert_non_null(strstr(err.message, "not bytes"));
    assert_false(
        registry_add(registry, SPAN("http_reqs"), METRIC_COUNTER, METRIC_DEFAULT, &err)->custom);
}

static const struct selector_case {
    const char *text;
    const char *name; /* NULL: refused */
    size_t matches;
    const char *key, *value; /* of the first match */
} SELECTORS[] = {
    {"http_reqs", "http_reqs", 0, NULL, NULL},
    {" http_reqs ", "http_reqs", 0, NULL, NULL},
    {"http_reqs{status:200}", "http_reqs{status:200}", 1, "status", "200"},
    {"http_reqs{ status : 200 }", "http_reqs{status : 200}", 1, "status", "200"},
    {"http_reqs{status:200,method:GET}", "http_reqs{status:200,method:GET}", 2, "status", "200"},
    {"http_reqs{url:http://a:80/}", "http_reqs{url:http://a:80/}", 1, "url", "http://a:80/"},
    {"http_reqs{name:\"a b\"}", "http_reqs{name:\"a b\"}", 1, "name", "a b"},
    {"http_reqs{'name':'x'}", "http_reqs{'name':'x'}", 1, "name", "x"},
    {"http_reqs{error:\"\"}", "http_reqs{error:\"\"}", 1, "error", ""},
    {"http_reqs{url:/{id}}", "http_reqs{url:/{id}}", 1, "url", "/{id}"},
    {"http_reqs{a:1,a:2}", "http_reqs{a:1,a:2}", 1, "a", "2"},
    {"http_reqs{}", NULL, 0, NULL, NULL},
    {"http_reqs{ }", NULL, 0, NULL, NULL},
    {"http_reqs{status}", NULL, 0, NULL, NULL},
    {"http_reqs{status:}", NULL, 0, NULL, NULL},
    {"http_reqs{status:200,}", NULL, 0, NULL, NULL},
    {"http_reqs{status:200", NULL, 0, NULL, NULL},
    {"http_reqs status:200}", NULL, 0, NULL, NULL},
    {"http_reqs}status:200{", NULL, 0, NULL, NULL},
    {"http_reqs{status:200}x", NULL, 0, NULL, NULL},
    {"unknown", NULL, 0, NULL, NULL},
    {"unknown{a:b}", NULL, 0, NULL, NULL},
    {"{a:b}", NULL, 0, NULL, NULL},
    {"{", NULL, 0, NULL, NULL},
    {"", NULL, 0, NULL, NULL},
};

static void test_selectors(void **state)
{
    for (size_t i = 0; i < COUNT_OF(SELECTORS); i++) {
        const struct selector_case *c = &SELECTORS[i];
        AUTO(registry_free) struct registry *registry = registry_new();
        struct error err = {0};
        const struct series *series = registry_add_selector(registry, span_cstr(c->text), &err);
        print_message("'%s'\n", c->text);
        assert_int_equal(series != NULL, c->name != NULL);
        if (!series) {
            assert_int_equal(err.code, EXIT_INVALID_CONFIG);
            continue;
        }
        assert_string_equal(series->name, c->name);
        assert_int_equal(series->match_count, c->matches);
        if (c->matches > 0) {
            assert_string_equal(series->matches[0].key.ptr, c->key);
            assert_string_equal(series->matches[0].value.ptr, c->value);
        }
        assert_true(series->shown);
    }
}

static void test_equal_selectors_are_one_series(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    const struct series *a = registry_add_selector(registry, SPAN("checks{x:1,y:2}"), NULL);
    assert_ptr_equal(a, registry_add_selector(registry, SPAN("checks{ y:2, x:'1' }"), NULL));
    assert_ptr_not_equal(a, registry_add_selector(registry, SPAN("checks{y:2}"), NULL));
    size_t count = registry_series_count(registry);
    const struct series *shown =
        registry_add_selector(registry, SPAN("http_req_duration{expected_response:true}"), NULL);
    assert_int_equal(registry_series_count(registry), count);
    assert_true(shown->shown);
}

static void test_many_submetrics(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    for (int i = 0; i < 50; i++) {
        char text[32];
        snprintf(text, sizeof(text), "checks{n:%d}", i);
        assert_non_null(registry_add_selector(registry, span_cstr(text), NULL));
    }
    const struct metric *checks = registry_metric(registry, METRIC_CHECKS);
    assert_int_equal(checks->submetric_count, 50);
    for (uint32_t i = 0; i < 50; i++) {
        const struct series *series = registry_series(registry, checks->submetrics[i]);
        assert_int_equal(series->id, checks->submetrics[i]);
        assert_int_equal(series->metric_id, METRIC_CHECKS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_longest_name),
        cmocka_unit_test(test_builtins_stand_at_their_ids),
        cmocka_unit_test(test_same_metric_again),
        cmocka_unit_test(test_selectors),
        cmocka_unit_test(test_equal_selectors_are_one_series),
        cmocka_unit_test(test_many_submetrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
