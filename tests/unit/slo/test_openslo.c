/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading OpenSLO: what is understood, and a sentence with its line for everything else.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "metrics/registry.h"
#include "slo/openslo.h"
#include "support/test.h"

/* One SLO; the caller fills in the rest of the document. */
#define SLO_HEAD                                                                                   \
    "apiVersion: openslo/v1\n"                                                                     \
    "kind: SLO\n"                                                                                  \
    "metadata: {name: one}\n"                                                                      \
    "spec:\n"                                                                                      \
    "  service: s\n"                                                                               \
    "  budgetingMethod: Occurrences\n"

#define THRESHOLD(source) "  indicator: {spec: {thresholdMetric: {metricSource: {" source "}}}}\n"
#define RATIO(text)       "  indicator: {spec: {ratioMetric: {" text "}}}\n"
#define RUN(spec)         THRESHOLD("type: KeneyPerf, spec: {" spec "}")
#define SIDE(metric)      "{metricSource: {type: KeneyPerf, spec: {metric: " metric "}}}"
#define OBJECTIVE(text)   "  objectives: [{" text "}]\n"
#define LT                OBJECTIVE("op: lt, value: 200, target: 0.95")
#define GTE               OBJECTIVE("op: gte, value: 500, target: 0.95")

static const struct good_case {
    const char *name, *text;
    enum slo_kind kind;
    double bound;
} GOODS[] = {
    {"stat", SLO_HEAD RUN("metric: http_req_duration, stat: p(95)") LT, SLO_AGGREGATE, 200},
    {"stat from the target", SLO_HEAD RUN("metric: http_req_duration") LT, SLO_AGGREGATE, 200},
    {"sub-metric", SLO_HEAD RUN("metric: 'http_req_duration{name:x}', stat: max") LT, SLO_AGGREGATE,
     200},
    {"load", SLO_HEAD RUN("load: requests, duration: 5m") GTE, SLO_LOAD, 500},
    {"users", SLO_HEAD RUN("load: users") GTE, SLO_LOAD, 500},
    {"watch", SLO_HEAD THRESHOLD("type: KeneyPerfWatch, spec: {watch: cpu, stat: peak}") LT,
     SLO_WATCH, 200},
    {"foreign", SLO_HEAD THRESHOLD("type: Prometheus, spec: {query: [a, {b: c}]}") LT,
     SLO_ELSEWHERE, 200},
    {"foreign without spec", SLO_HEAD THRESHOLD("type: Datadog") LT, SLO_ELSEWHERE, 200},
    {"ratio",
     SLO_HEAD RATIO("bad: " SIDE("http_req_failed") ", total: " SIDE("http_reqs"))
         OBJECTIVE("target: 0.99"),
     SLO_RATIO, 0},
    {"raw ratio",
     SLO_HEAD RATIO("rawType: success, raw: " SIDE("checks")) OBJECTIVE("targetPercent: 99"),
     SLO_RATIO, 0},
    {"foreign ratio",
     SLO_HEAD RATIO("rawType: success, raw: {metricSource: {type: X}}") OBJECTIVE("target: 0.5"),
     SLO_ELSEWHERE, 50},
    {"time window",
     SLO_HEAD RUN("metric: checks") LT "  timeWindow: [{duration: 28d, isRolling: true}]\n",
     SLO_AGGREGATE, 200},
    {"SLI by name",
     SLO_HEAD "  indicatorRef: sli\n" LT
              "---\n{apiVersion: openslo/v1, kind: SLI, metadata: {name: "
              "sli}, spec: {thresholdMetric: {metricSource: {type: KeneyPerf, spec: {metric: "
              "http_req_duration}}}}}\n",
     SLO_AGGREGATE, 200},
    {"data source by name",
     SLO_HEAD THRESHOLD("metricSourceRef: run, spec: {metric: http_req_duration}") LT
     "---\n{apiVersion: openslo/v1, kind: DataSource, metadata: {name: run}, spec: {type: "
     "KeneyPerf}}\n",
     SLO_AGGREGATE, 200},
};

static void test_understood(void **state)
{
    for (size_t i = 0; i < COUNT_OF(GOODS); i++) {
        struct error err = {0};
        print_message("%s\n", GOODS[i].name);
        AUTO(openslo_free)
        struct openslo *slo = openslo_parse(span_cstr(GOODS[i].text), "f.yaml", &err);
        if (!slo)
            fail_msg("line %d: %s", err.line, err.message);
        assert_int_equal(slo->row_count, 1);
        assert_int_equal(slo->rows[0].kind, GOODS[i].kind);
        assert_true(slo->rows[0].bound == GOODS[i].bound);
        AUTO(registry_free) struct registry *registry = registry_new();
        if (openslo_bind(slo, registry, &err) < 0)
            fail_msg("line %d: %s", err.line, err.message);
    }
}

static const struct bad_case {
    const char *name, *text;
    int line;
    const char *says;
} BADS[] = {
    {"nothing", "", 0, "no SLO"},
    {"only comments", "# nothing\n---\n---\n", 0, "no SLO"},
    {"no YAML", "a: [b\nc: d", 2, "not YAML"},
    {"tab", "a:\n\tb: c\n", 2, "not YAML"},
    {"list", "- a\n", 1, "must be a map"},
    {"no SLO", "{apiVersion: openslo/v1, kind: Service, metadata: {name: a}, spec: {}}", 0,
     "no SLO"},
    {"field of a Service",
     "{apiVersion: openslo/v1, kind: Service, metadata: {name: a}, spec: {description: a, b: c}}",
     1, "no field 'b'"},
    {"version", "apiVersion: openslo/v2\nkind: SLO\n", 1, "write openslo/v1"},
    {"kind", "apiVersion: openslo/v1\nkind: Slo\n", 2, "no kind 'Slo'"},
    {"no metadata", "apiVersion: openslo/v1\nkind: SLO\nspec: {}\n", 1, "'metadata' is missing"},
    {"no spec", "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\n", 1, "'spec' is missing"},
    {"name", "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: A b\nspec: {}\n", 4,
     "name 'A b' is not allowed"},
    {"unknown field", SLO_HEAD "  objectivs: []\n", 7, "no field 'objectivs'"},
    {"twice", "apiVersion: openslo/v1\nkind: SLO\nkind: SLO\n", 3, "there twice"},
    {"alias", "a: &x b\nc: *x\n", 1, "anchors, aliases and tags"},
    {"tag", "a: !!str b\n", 1, "anchors, aliases and tags"},
    {"key that is a list", "[a, b]: c\n", 1, "key must be plain text"},
    {"same name", SLO_HEAD RUN("metric: checks") LT "---\n" SLO_HEAD, 12,
     "another SLO with this name"},
    {"no indicator", SLO_HEAD LT, 4, "either indicator or indicatorRef"},
    {"unknown SLI", SLO_HEAD "  indicatorRef: nope\n" LT, 7, "no SLI of that name"},
    {"unknown data source", SLO_HEAD THRESHOLD("metricSourceRef: nope") LT, 7, "no DataSource"},
    {"empty indicator", SLO_HEAD "  indicator: {spec: {}}\n" LT, 7,
     "thresholdMetric or ratioMetric"},
    {"no objectives", SLO_HEAD RUN("metric: checks"), 4, "list of objectives"},
    {"two objectives",
     SLO_HEAD RUN("metric: checks") "  objectives:\n"
                                    "  - {op: lt, value: 1, target: 0.5}\n"
                                    "  - {op: lt, value: 2, target: 0.9}\n",
     10, "exactly one objective"},
    {"no target", SLO_HEAD RUN("metric: checks") OBJECTIVE("op: lt, value: 1"), 8, "either target"},
    {"target", SLO_HEAD RUN("metric: checks") OBJECTIVE("op: lt, value: 1, target: 1"), 8,
     "below 1"},
    {"two targets",
     SLO_HEAD RUN("metric: checks") OBJECTIVE("op: lt, value: 1, target: 0.5, targetPercent: 50"),
     8, "either target"},
    {"op", SLO_HEAD RUN("metric: checks") OBJECTIVE("op: eq, value: 1, target: 0.5"), 8,
     "no op 'eq'"},
    {"no op", SLO_HEAD RUN("metric: checks") OBJECTIVE("value: 1, target: 0.5"), 8,
     "'op' is missing"},
    {"value", SLO_HEAD RUN("metric: checks") OBJECTIVE("op: lt, value: 1s, target: 0.5"), 8,
     "must be a number"},
    {"method",
     "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec: {service: s, "
     "budgetingMethod: Never}\n",
     4, "no budgetingMethod"},
    {"slices",
     "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec:\n  service: s\n  "
     "budgetingMethod: Timeslices\n" RUN("metric: checks") LT,
     6, "write Occurrences"},
    {"window", SLO_HEAD "  timeWindow: [{duration: 28x}]\n" RUN("metric: checks") LT, 7,
     "not a duration"},
    {"two windows", SLO_HEAD "  timeWindow: [{duration: 1d}, {duration: 2d}]\n", 7, "exactly one"},
    {"stat", SLO_HEAD RUN("metric: checks, stat: p95") LT, 7, "no stat 'p95'"},
    {"stat and target", SLO_HEAD RUN("metric: http_req_duration, stat: p(99)") LT, 7, "contradict"},
    {"stat of the wrong type", SLO_HEAD RUN("metric: checks, stat: max") LT, 8,
     "must be one of rate"},
    {"no stat for a counter", SLO_HEAD RUN("metric: http_reqs") LT, 8,
     "must be one of count, rate"},
    {"unknown metric", SLO_HEAD RUN("metric: nope") LT, 8, "no metric 'nope'"},
    {"load", SLO_HEAD RUN("load: cars") GTE, 7, "no load 'cars'"},
    {"load with an upper bound", SLO_HEAD RUN("load: users") LT, 7, "gte or gt"},
    {"load duration", SLO_HEAD RUN("load: users, duration: long") GTE, 7, "not a duration"},
    {"load holds", SLO_HEAD RUN("load: users, holds: [nope]") GTE, 8, "holds 'nope'"},
    {"load holds itself", SLO_HEAD RUN("load: users, holds: [one]") GTE, 8, "holds 'one'"},
    {"watch stat", SLO_HEAD THRESHOLD("type: KeneyPerfWatch, spec: {watch: cpu, stat: p(95)}") LT,
     7, "avg or peak"},
    {"no type", SLO_HEAD THRESHOLD("spec: {}") LT, 7, "'type' is missing"},
    {"no spec of a run", SLO_HEAD THRESHOLD("type: KeneyPerf") LT, 7, "'spec' is missing"},
    {"ratio without total", SLO_HEAD RATIO("good: " SIDE("checks")) OBJECTIVE("target: 0.5"), 7,
     "needs total"},
    {"raw with a counter",
     SLO_HEAD RATIO("rawType: failure, raw: " SIDE("http_reqs")) OBJECTIVE("target: 0.5"), 8,
     "needs a rate"},
    {"mixed ratio",
     SLO_HEAD RATIO("good: {metricSource: {type: X}}, total: " SIDE("http_reqs"))
         OBJECTIVE("target: 0.5"),
     7, "same type of source"},
};

static void test_refused(void **state)
{
    for (size_t i = 0; i < COUNT_OF(BADS); i++) {
        AUTO(registry_free) struct registry *registry = registry_new();
        struct error err = {0};
        print_message("%s\n", BADS[i].name);
        AUTO(openslo_free)
        struct openslo *slo = openslo_parse(span_cstr(BADS[i].text), "f.yaml", &err);
        if (slo)
            assert_int_equal(openslo_bind(slo, registry, &err), -1);
        assert_int_equal(err.code, EXIT_INVALID_CONFIG);
        if (!strstr(err.message, BADS[i].says))
            fail_msg("says: %s", err.message);
        assert_int_equal(err.line, BADS[i].line);
        assert_string_equal(err.file, "f.yaml");
    }
}

static void test_depth_is_bounded(void **state)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(1 << 16);
    struct error err = {0};
    for (int i = 0; i < 500; i++)
        strbuf_addc(&text, '[');
    assert_null(openslo_parse(strbuf_span(&text), "f.yaml", &err));
    assert_non_null(strstr(err.message, "nested too deeply"));
}

static void test_missing_file(void **state)
{
    struct error err = {0};
    assert_null(openslo_read("/nonexistent/x.yaml", &err));
    assert_non_null(strstr(err.message, "/nonexistent/x.yaml"));
    assert_null(openslo_read("/", &err));
    assert_int_equal(err.code, EXIT_INVALID_CONFIG);
}

/* The handbook's table: every row of it, in its order. */
static const char *const GUIDE[] = {
    "API endpoints: p50 (median)",
    "API endpoints: p95",
    "API endpoints: p99",
    "API endpoints: p99.9",
    "Database queries: simple queries",
    "Database queries: complex queries",
    "Database queries: reports",
    "Page load: initial load",
    "Page load: time to interactive",
    "Throughput: concurrent users",
    "Throughput: requests per second, sustained",
    "Throughput: peak load for 5 minutes",
    "Errors: failed requests",
    "Availability: uptime",
    "Availability: mean time between failures",
    "Availability: mean time to recovery",
    "Resource utilisation: CPU, average",
    "Resource utilisation: CPU, peak",
    "Resource utilisation: memory, average",
    "Resource utilisation: memory, peak",
    "Resource utilisation: database connections in use",
    "Resource utilisation: disk I/O, share of capacity",
};

static void test_guide_table(void **state)
{
    struct error err = {0};
    AUTO(openslo_free) struct openslo *slo = openslo_read(getenv("GUIDE_SLO"), &err);
    if (!slo)
        fail_msg("line %d: %s", err.line, err.message);
    AUTO(registry_free) struct registry *registry = registry_new();
    assert_int_equal(openslo_bind(slo, registry, &err), 0);
    assert_int_equal(slo->row_count, COUNT_OF(GUIDE));
    for (size_t i = 0; i < COUNT_OF(GUIDE); i++) {
        AUTO(strbuf_done) struct strbuf row = STRBUF_INIT(1000);
        strbuf_addf(&row, "%s: %s", slo->rows[i].section, slo->rows[i].name);
        assert_string_equal(strbuf_cstr(&row), GUIDE[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_understood),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_depth_is_bounded), cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_guide_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
