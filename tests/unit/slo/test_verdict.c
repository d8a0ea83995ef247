/* SPDX-License-Identifier: Apache-2.0
 *
 * The verdict on each kind of row: only a run that tried can fail one.
 */
#include <stdlib.h>

#include "base/error.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "slo/openslo.h"
#include "slo/verdict.h"
#include "support/test.h"

#define DOC(name, source, objective)                                                               \
    "---\n{apiVersion: openslo/v1, kind: SLO, metadata: {name: " name "}, spec: {service: s, "     \
    "budgetingMethod: Occurrences, indicator: {spec: " source "}, objectives: [{" objective        \
    "}]}}\n"
#define THRESHOLD(type, spec)                                                                      \
    "{thresholdMetric: {metricSource: {type: " type ", spec: {" spec "}}}}"

#define ERRORS                                                                                     \
    DOC("errors",                                                                                  \
        "{ratioMetric: {rawType: failure, raw: {metricSource: {type: KeneyPerf, spec: {metric: "   \
        "http_req_failed}}}}}",                                                                    \
        "targetPercent: 99")
#define LATENCY                                                                                    \
    DOC("p95", THRESHOLD("KeneyPerf", "metric: http_req_duration, stat: p(95)"),                   \
        "op: lt, value: 200, target: 0.95")
#define DURATION(stat, bound, target)                                                              \
    DOC("d", THRESHOLD("KeneyPerf", "metric: http_req_duration, stat: " stat),                     \
        "op: lt, value: " bound ", target: " target)
#define BROKEN  DURATION("p(99.9)", "100", "0.999")
#define MEDIAN  DURATION("med", "200", "0.5")
#define MEAN    DURATION("avg", "200", "0.5")
#define HIGHEST DURATION("max", "200", "0.5")
#define USERS                                                                                      \
    DOC("users", THRESHOLD("KeneyPerf", "load: users, holds: [errors]"),                           \
        "op: gte, value: 1000, target: 0.99")                                                      \
    ERRORS
#define REQUESTS                                                                                   \
    DOC("requests", THRESHOLD("KeneyPerf", "load: requests, duration: 5m, holds: [errors]"),       \
        "op: gte, value: 500, target: 0.99")                                                       \
    ERRORS
#define CPU                                                                                        \
    DOC("cpu", THRESHOLD("KeneyPerfWatch", "watch: cpu, stat: peak"),                              \
        "op: lt, value: 90, target: 0.99")
#define DISK                                                                                       \
    DOC("disk", THRESHOLD("KeneyPerfWatch", "watch: disk, stat: avg"),                             \
        "op: lt, value: 80, target: 0.99")
#define AUDIT DOC("db", THRESHOLD("KeneyPerfAudit", "unit: ms"), "op: lt, value: 10, target: 0.9")
#define UPTIME                                                                                     \
    DOC("up", "{ratioMetric: {rawType: success, raw: {metricSource: {type: KeneyPerfHistory}}}}",  \
        "targetPercent: 99.9")
#define PROMETHEUS                                                                                 \
    DOC("prom", THRESHOLD("Prometheus", "query: x"), "op: lt, value: 10, target: 0.9")
#define GOOD_TOTAL                                                                                 \
    DOC("good",                                                                                    \
        "{ratioMetric: {good: {metricSource: {type: KeneyPerf, spec: {metric: checks}}}, total: "  \
        "{metricSource: {type: KeneyPerf, spec: {metric: checks}}}}}",                             \
        "target: 0.999")
#define RATE                                                                                       \
    DOC("rate", THRESHOLD("KeneyPerf", "metric: http_reqs, stat: rate"),                           \
        "op: gte, value: 5, target: 0.9")
#define CHECKS                                                                                     \
    DOC("checks", THRESHOLD("KeneyPerf", "metric: checks"), "op: gt, value: 0.9, target: 0.9")

static const struct verdict_case {
    const char *name, *text;
    int requests, failed, seconds, users;
    double offered;
    enum verdict_status status; /* of the first row */
    const char *value, *bound, *note;
} CASES[] = {
    {"latency held", LATENCY, 100, 0, 10, 5, 0, VERDICT_PASS, "150 ms", "< 200 ms", ""},
    {"latency held by just enough", LATENCY, 72, 0, 10, 5, 0, VERDICT_PASS, "150 ms", "< 200 ms",
     ""},
    {"latency held by too few", LATENCY, 71, 0, 10, 5, 0, VERDICT_NOT_MEASURED, "", "< 200 ms",
     "71 samples are too few for p95; needs 72: run longer, or offer more load"},
    {"latency broken by few", BROKEN, 50, 0, 10, 5, 0, VERDICT_FAIL, "150 ms", "< 100 ms", ""},
    {"median held by one", MEDIAN, 1, 0, 10, 5, 0, VERDICT_NOT_MEASURED, "", "< 200 ms",
     "1 sample is too few for p50; needs 6: run longer, or offer more load"},
    {"mean of one", MEAN, 1, 0, 10, 5, 0, VERDICT_PASS, "150 ms", "< 200 ms", ""},
    {"maximum of one", HIGHEST, 1, 0, 10, 5, 0, VERDICT_PASS, "150 ms", "< 200 ms", ""},
    {"nothing recorded", LATENCY, 0, 0, 10, 5, 0, VERDICT_NOT_MEASURED, "", "< 200 ms",
     "the run recorded no http_req_duration"},
    {"few errors", ERRORS, 200, 1, 10, 5, 0, VERDICT_PASS, "0.5 %", "<= 1 %", ""},
    {"errors at the bound", ERRORS, 100, 1, 10, 5, 0, VERDICT_PASS, "1 %", "<= 1 %", ""},
    {"errors", ERRORS, 100, 2, 10, 5, 0, VERDICT_FAIL, "2 %", "<= 1 %", ""},
    {"no requests", ERRORS, 0, 0, 10, 5, 0, VERDICT_NOT_MEASURED, "", "<= 1 %",
     "the run recorded no http_req_failed"},
    {"good of total", GOOD_TOTAL, 100, 1, 10, 5, 0, VERDICT_FAIL, "99 %", ">= 99.9 %", ""},
    {"rate of a counter", RATE, 100, 0, 10, 5, 0, VERDICT_PASS, "10 /s", ">= 5 /s", ""},
    {"rate metric", CHECKS, 100, 20, 10, 5, 0, VERDICT_FAIL, "80 %", "> 90 %", ""},

    {"too few users", USERS, 100, 0, 10, 50, 0, VERDICT_NOT_MEASURED, "50 users", ">= 1000 users",
     "50 users at their own pace; needs 1000 users"},
    {"enough users", USERS, 100, 0, 10, 1000, 0, VERDICT_PASS, "1000 users", ">= 1000 users", ""},
    {"enough users, but errors", USERS, 100, 50, 10, 1000, 0, VERDICT_FAIL, "1000 users",
     ">= 1000 users", "under this load \"s: errors\" failed"},
    {"enough users, nothing done", USERS, 0, 0, 10, 1000, 0, VERDICT_NOT_MEASURED, "1000 users",
     ">= 1000 users", "under this load \"s: errors\" was not measured"},

    {"users at their own pace", REQUESTS, 1000, 0, 10, 50, 0, VERDICT_NOT_MEASURED, "100 req/s",
     ">= 500 req/s",
     "50 users at their own pace; needs more, or an arrival rate of 500 "
     "req/s"},
    {"offered too little", REQUESTS, 1000, 0, 10, 50, 100, VERDICT_NOT_MEASURED, "100 req/s",
     ">= 500 req/s", "the run offered 100 req/s; needs 500 req/s"},
    {"reached for too short", REQUESTS, 6000, 0, 10, 50, 0, VERDICT_NOT_MEASURED, "600 req/s",
     ">= 500 req/s", "carried for 10 s; needs 5 min"},
    {"reached for long enough", REQUESTS, 180000, 0, 300, 50, 0, VERDICT_PASS, "600 req/s",
     ">= 500 req/s", ""},
    {"reached, but errors", REQUESTS, 180000, 9000, 300, 50, 0, VERDICT_FAIL, "600 req/s",
     ">= 500 req/s", "under this load \"s: errors\" failed"},
    {"offered and not carried", REQUESTS, 4000, 0, 10, 50, 500, VERDICT_FAIL, "400 req/s",
     ">= 500 req/s", "the run offered 500 req/s; not all were carried"},
    {"offered and carried but for the end", REQUESTS, 149700, 0, 300, 50, 500, VERDICT_PASS,
     "499 req/s", ">= 500 req/s", ""},

    {"watched", CPU, 1, 0, 10, 5, 0, VERDICT_FAIL, "95.5 %", "< 90 %", ""},
    {"not watched", DISK, 1, 0, 10, 5, 0, VERDICT_NOT_MEASURED, "", "< 80 %",
     "this version watches cpu and memory only"},
    {"audit", AUDIT, 1, 0, 10, 5, 0, VERDICT_NOT_MEASURED, "", "< 10 ms",
     "needs times from inside the database; this version does not read them"},
    {"history", UPTIME, 1, 0, 10, 5, 0, VERDICT_NOT_MEASURED, "", ">= 99.9 %",
     "needs the record of many runs; this version keeps none"},
    {"foreign source", PROMETHEUS, 1, 0, 10, 5, 0, VERDICT_NOT_MEASURED, "", "< 10",
     "needs a source of type Prometheus; this version has none"},
};

static void record(struct recorder *recorder, const struct verdict_case *c)
{
    for (int i = 0; i < c->requests; i++) {
        recorder_add(recorder, METRIC_HTTP_REQS, NULL, 1);
        recorder_add(recorder, METRIC_HTTP_REQ_DURATION, NULL, 150);
        recorder_add(recorder, METRIC_HTTP_REQ_FAILED, NULL, i < c->failed);
        recorder_add(recorder, METRIC_CHECKS, NULL, i >= c->failed);
    }
}

static void test_rows(void **state)
{
    static const struct observation cpu = {"cpu", 40, 95.5, "%"};
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const struct verdict_case *c = &CASES[i];
        struct error err = {0};
        print_message("%s\n", c->name);
        AUTO(registry_free) struct registry *registry = registry_new();
        AUTO(openslo_free) struct openslo *slo = openslo_parse(span_cstr(c->text), "f.yaml", &err);
        if (!slo || openslo_bind(slo, registry, &err) < 0)
            fail_msg("%s", err.message);
        struct recorder *recorder = recorder_new(registry, 0);
        record(recorder, c);
        struct snapshot *total = recorder_cut(recorder, 1);
        struct run_facts facts = {
            .duration_ns = c->seconds * NSEC_PER_SEC,
            .max_vus = c->users,
            .requests = c->requests,
            .offered_rate = c->offered,
            .observations = &cpu,
            .observation_count = 1,
        };
        AUTO(verdict_free) struct verdict *verdict = verdict_new(slo, total, &facts);
        const struct verdict_row *row = &verdict->rows[0];
        assert_string_equal(row->value, c->value);
        assert_string_equal(row->bound, c->bound);
        assert_string_equal(row->note, c->note);
        assert_string_equal(verdict_status_text(row->status), verdict_status_text(c->status));
        recorder_recycle(recorder, total);
        recorder_free(&recorder);
    }
}

static const struct overall_case {
    const char *name, *text;
    int failed;
    enum verdict_status status;
    size_t passes, fails, not_measured;
} OVERALLS[] = {
    {"all pass", LATENCY ERRORS, 0, VERDICT_PASS, 2, 0, 0},
    {"one fails", LATENCY ERRORS, 50, VERDICT_FAIL, 1, 1, 0},
    {"what was not measured does not fail", LATENCY AUDIT, 0, VERDICT_PASS, 1, 0, 1},
    {"nothing was measured", AUDIT DISK, 0, VERDICT_NOT_MEASURED, 0, 0, 2},
};

static void test_overall(void **state)
{
    for (size_t i = 0; i < COUNT_OF(OVERALLS); i++) {
        const struct overall_case *c = &OVERALLS[i];
        print_message("%s\n", c->name);
        AUTO(registry_free) struct registry *registry = registry_new();
        AUTO(openslo_free) struct openslo *slo = openslo_parse(span_cstr(c->text), "f.yaml", NULL);
        assert_int_equal(openslo_bind(slo, registry, NULL), 0);
        struct recorder *recorder = recorder_new(registry, 0);
        record(recorder, &(struct verdict_case){.requests = 100, .failed = c->failed});
        struct snapshot *total = recorder_cut(recorder, 1);
        struct run_facts facts = {.duration_ns = NSEC_PER_SEC};
        AUTO(verdict_free) struct verdict *verdict = verdict_new(slo, total, &facts);
        assert_int_equal(verdict->status, c->status);
        assert_int_equal(verdict->passed, c->passes);
        assert_int_equal(verdict->failed, c->fails);
        assert_int_equal(verdict->not_measured, c->not_measured);
        recorder_recycle(recorder, total);
        recorder_free(&recorder);
    }
}

static void test_rounding_does_not_hide_a_failure(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(openslo_free) struct openslo *slo = openslo_parse(SPAN(LATENCY), "f.yaml", NULL);
    assert_int_equal(openslo_bind(slo, registry, NULL), 0);
    struct recorder *recorder = recorder_new(registry, 0);
    recorder_add(recorder, METRIC_HTTP_REQ_DURATION, NULL, 200.0001);
    struct snapshot *total = recorder_cut(recorder, 1);
    struct run_facts facts = {.duration_ns = NSEC_PER_SEC};
    AUTO(verdict_free) struct verdict *verdict = verdict_new(slo, total, &facts);
    assert_int_equal(verdict->status, VERDICT_FAIL);
    assert_string_equal(verdict->rows[0].value, "200.0001 ms");
    recorder_recycle(recorder, total);
    recorder_free(&recorder);
}

static void test_offered_rate(void **state)
{
    /* A system that hangs was offered load all the same. */
    assert_true(verdict_offered_rate(100, 0, 0, 2 * NSEC_PER_SEC) == 50);
    assert_true(verdict_offered_rate(100, 0, 80, NSEC_PER_SEC) == 0);
    assert_true(verdict_offered_rate(100, 160, 80, 2 * NSEC_PER_SEC) == 100);
    assert_true(verdict_offered_rate(100, 160, 80, 0) == 0);
}

/* A short run with few users: nothing of the handbook's table fails for want of load. */
static void test_guide_with_a_short_run(void **state)
{
    struct error err = {0};
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(openslo_free) struct openslo *slo = openslo_read(getenv("GUIDE_SLO"), &err);
    if (!slo || openslo_bind(slo, registry, &err) < 0)
        fail_msg("%s", err.message);
    struct recorder *recorder = recorder_new(registry, 0);
    for (int i = 0; i < 2000; i++) {
        recorder_add(recorder, METRIC_HTTP_REQS, NULL, 1);
        recorder_add(recorder, METRIC_HTTP_REQ_DURATION, NULL, 3 + i % 40);
        recorder_add(recorder, METRIC_HTTP_REQ_FAILED, NULL, 0);
    }
    struct snapshot *total = recorder_cut(recorder, 1);
    struct run_facts facts = {.duration_ns = 25 * NSEC_PER_SEC, .max_vus = 50};
    AUTO(verdict_free) struct verdict *verdict = verdict_new(slo, total, &facts);
    for (size_t i = 0; i < verdict->row_count; i++) {
        const struct verdict_row *row = &verdict->rows[i];
        print_message("%-20s %-45s %-12s %-14s %-18s %s\n", row->section, row->name,
                      verdict_status_text(row->status), row->value, row->bound, row->note);
        assert_true(row->bound[0]);
        assert_true(row->status != VERDICT_NOT_MEASURED || row->note[0]);
    }
    assert_int_equal(verdict->status, VERDICT_PASS);
    assert_int_equal(verdict->passed, 4); /* p99.9 needs more than 2000 samples */
    recorder_recycle(recorder, total);
    recorder_free(&recorder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_overall),
        cmocka_unit_test(test_rounding_does_not_hide_a_failure),
        cmocka_unit_test(test_offered_rate),
        cmocka_unit_test(test_guide_with_a_short_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
