/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "keneyapp/telemetry/latency.h"
#include "keneyapp/telemetry/metrics.h"
#include "keneyapp/telemetry/prometheus.h"
#include "support/test.h"

static const char *const ENDPOINTS[] = {"/a", "/b/{id}"};
static const char *const METHODS[] = {"GET", "POST"};

static bool renders(const struct metrics *metrics, const char *line)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 20);
    metrics_render(metrics, &text);
    return strstr(strbuf_cstr(&text), line) != NULL;
}

static struct metrics *new_metrics(void)
{
    return metrics_new(ENDPOINTS, COUNT_OF(ENDPOINTS), METHODS, COUNT_OF(METHODS));
}

#define LABELS "{method=\"POST\",endpoint=\"/b/{id}\",status=\"201\""

static void test_counts_and_buckets(void **state)
{
    AUTO(metrics_free) struct metrics *metrics = new_metrics();
    metrics_record(metrics, 1, 1, 201, 100 * NSEC_PER_MSEC);
    metrics_record(metrics, 1, 1, 201, 101 * NSEC_PER_MSEC);
    metrics_record(metrics, 1, 1, 201, 60 * NSEC_PER_SEC);
    assert_true(renders(metrics, "\nhttp_requests_total" LABELS "} 3\n"));
    assert_true(renders(metrics, "_bucket" LABELS ",le=\"0.075\"} 0\n"));
    assert_true(renders(metrics, "_bucket" LABELS ",le=\"0.1\"} 1\n"));
    assert_true(renders(metrics, "_bucket" LABELS ",le=\"0.15\"} 2\n"));
    assert_true(renders(metrics, "_bucket" LABELS ",le=\"10\"} 2\n"));
    assert_true(renders(metrics, "_bucket" LABELS ",le=\"+Inf\"} 3\n"));
    assert_true(renders(metrics, "_sum" LABELS "} 60.201\n"));
    assert_true(renders(metrics, "_count" LABELS "} 3\n"));
    assert_false(renders(metrics, "endpoint=\"/a\""));
}

static void test_statuses(void **state)
{
    static const unsigned SENT[] = {200, 304, 401, 423, 429, 507};
    AUTO(metrics_free) struct metrics *metrics = new_metrics();
    for (size_t i = 0; i < COUNT_OF(SENT); i++) {
        char line[96];
        metrics_record(metrics, 0, 0, SENT[i], 1);
        snprintf(line, sizeof(line), "{method=\"GET\",endpoint=\"/a\",status=\"%u\"} 1\n", SENT[i]);
        assert_true(renders(metrics, line));
    }
    /* None of ours. */
    metrics_record(metrics, 0, 0, 299, 1);
    metrics_record(metrics, 0, 0, 0, 1);
    metrics_record(metrics, 0, 0, 99999, 1);
    assert_true(renders(metrics, "{method=\"GET\",endpoint=\"/a\",status=\"500\"} 3\n"));
}

static void test_gauges(void **state)
{
    AUTO(metrics_free) struct metrics *metrics = new_metrics();
    assert_true(renders(metrics, "\nhttp_requests_in_flight 0\n"));
    metrics_request_begins(metrics);
    metrics_request_begins(metrics);
    metrics_request_ends(metrics);
    metrics_connection_opens(metrics);
    assert_true(renders(metrics, "\nhttp_requests_in_flight 1\n"));
    assert_true(renders(metrics, "\nhttp_connections 1\n"));
    metrics_connection_closes(metrics);
    metrics_connection_closes(metrics);
    assert_true(renders(metrics, "\nhttp_connections 0\n"));
}

static void test_queries(void **state)
{
    AUTO(metrics_free) struct metrics *metrics = new_metrics();
    metrics_observe_query(metrics, 0, NSEC_PER_MSEC);
    metrics_observe_query(metrics, 2, 2 * NSEC_PER_SEC);
    metrics_observe_query(metrics, QUERY_KINDS, 1); /* not a class: ignored */
    assert_true(renders(metrics, "db_query_duration_seconds_bucket{class=\"simple\","
                                 "le=\"0.00075\"} 0\n"));
    assert_true(renders(metrics, "db_query_duration_seconds_bucket{class=\"simple\","
                                 "le=\"0.001\"} 1\n"));
    assert_true(renders(metrics, "db_query_duration_seconds_sum{class=\"report\"} 2\n"));
    assert_true(renders(metrics, "db_query_duration_seconds_count{class=\"write\"} 0\n"));
}

/* Each family once, and nothing of one family between the lines of another. */
static void test_families(void **state)
{
    AUTO(metrics_free) struct metrics *metrics = new_metrics();
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 20);
    char family[96] = "";
    metrics_record(metrics, 0, 0, 200, 1);
    metrics_record(metrics, 1, 1, 404, 1);
    metrics_render(metrics, &text);
    struct span line, rest = strbuf_span(&text);
    while (rest.len) {
        line = span_cut(rest, '\n', &rest);
        if (span_starts_with(line, SPAN("# HELP "))) {
            struct span name = span_cut(span_from(line, 7), ' ', &line), next;
            snprintf(family, sizeof(family), "# HELP %.*s ", SPAN_ARG(name));
            assert_null(strstr(strstr(strbuf_cstr(&text), family) + 1, family));
            snprintf(family, sizeof(family), "%.*s", SPAN_ARG(name));
            assert_true(span_starts_with(rest, SPAN("# TYPE ")));
            span_cut(rest, '\n', &next);
            rest = next;
        } else {
            assert_true(span_starts_with(line, span_cstr(family)));
        }
    }
}

enum {
    THREADS = 4,
    RECORDS_EACH = 50000,
};

static void *record(void *context)
{
    for (int i = 0; i < RECORDS_EACH; i++)
        metrics_record(context, 0, 0, 200, (nsec_t)i * 1000);
    return NULL;
}

static void test_threads_lose_nothing(void **state)
{
    AUTO(metrics_free) struct metrics *metrics = new_metrics();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, record, metrics), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_true(renders(metrics, "http_requests_total{method=\"GET\",endpoint=\"/a\","
                                 "status=\"200\"} 200000\n"));
}

/* Labels say what the edges are, and the edges ascend. */
static void check_scale(const struct latency_scale *scale)
{
    for (size_t i = 0; i < scale->count; i++) {
        double seconds = strtod(scale->edges[i].seconds, NULL);
        assert_true(scale->edges[i].ns == (nsec_t)(seconds * 1e9 + 0.5));
        assert_true(i == 0 || scale->edges[i].ns > scale->edges[i - 1].ns);
    }
}

static void test_scales(void **state)
{
    check_scale(&latency_scale_http);
    check_scale(&latency_scale_work);
    struct latency latency = {0};
    struct latency_figures figures;
    latency_record(&latency, &latency_scale_http, -5);
    latency_record(&latency, &latency_scale_http, 100 * NSEC_PER_USEC);
    latency_record(&latency, &latency_scale_http, 100 * NSEC_PER_USEC + 1);
    latency_read(&latency, &figures);
    assert_int_equal(figures.buckets[0], 2);
    assert_int_equal(figures.buckets[1], 1);
    assert_int_equal(figures.count, 3);
    assert_int_equal(figures.sum_ns, 200 * NSEC_PER_USEC + 1);
}

static const struct value_case {
    double value;
    const char *text;
} VALUES[] = {
    {0, "x 0\n"},
    {7, "x 7\n"},
    {-7, "x -7\n"},
    {0.5, "x 0.5\n"},
    {1e15, "x 1000000000000000\n"},
    {1e18, "x 1e+18\n"},
    {1763847911.25, "x 1763847911.25\n"},
};

static void test_values(void **state)
{
    for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
        AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(256);
        prometheus_value(&text, "x", "", VALUES[i].value);
        assert_string_equal(strbuf_cstr(&text), VALUES[i].text);
    }
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(256);
    prometheus_count(&text, "y_total", "a=\"b\"", UINT64_MAX);
    assert_string_equal(strbuf_cstr(&text), "y_total{a=\"b\"} 18446744073709551615\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_and_buckets),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_gauges),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_threads_lose_nothing),
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
