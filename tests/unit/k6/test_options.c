/* SPDX-License-Identifier: Apache-2.0
 *
 * Option layers to plans. The script is a file with one line; layers are JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/map.h"
#include "load/plan.h"
#include "metrics/registry.h"
#include "script/k6/k6_options.h"
#include "script/k6/k6_script.h"
#include "support/test.h"

struct bench {
    struct registry *registry;
    struct log log;
    struct plan *plan;
    struct error error;
};

/* Plans `layers` over a script with these options. */
static void plan_for(struct bench *bench, const char *options, struct k6_layers layers)
{
    char path[] = "/tmp/test_options_XXXXXX.js";
    int fd = mkstemps(path, 3);
    assert_true(fd >= 0);
    dprintf(fd, "export const options = %s;\nexport default function () {}\n", options);
    close(fd);
    *bench = (struct bench){.registry = registry_new()};
    log_init(&bench->log, -1);
    struct k6_env env = {.log = &bench->log};
    struct k6_script *script = NULL;
    if (k6_script_load(path, &env, bench->registry, &script, &bench->error) == 0)
        bench->plan = k6_plan(script, &layers, &bench->log, &bench->error);
    k6_script_free(&script);
    unlink(path);
}

static void done(struct bench *bench)
{
    plan_free(&bench->plan);
    registry_free(&bench->registry);
}

static const struct {
    const char *name, *options;
    enum executor_kind kind;
    int64_t vus, iterations;
    double seconds;
} shortcuts[] = {
    {"nothing", "{}", EXECUTOR_PER_VU_ITERATIONS, 1, 1, 600},
    {"vus", "{vus: 3}", EXECUTOR_SHARED_ITERATIONS, 3, 3, 600},
    {"iterations", "{iterations: 5}", EXECUTOR_SHARED_ITERATIONS, 1, 5, 600},
    {"iterations, vus, duration", "{iterations: 5, vus: 2, duration: '9s'}",
     EXECUTOR_SHARED_ITERATIONS, 2, 5, 9},
    {"duration", "{vus: 2, duration: '1m30s'}", EXECUTOR_CONSTANT_VUS, 2, 1, 90},
    {"duration in ms", "{duration: 1500}", EXECUTOR_CONSTANT_VUS, 1, 1, 1.5},
    {"stages", "{stages: [{duration: '2s', target: 4}, {duration: '3s', target: 0}]}",
     EXECUTOR_RAMPING_VUS, 1, 1, 5},
    {"no stages", "{stages: []}", EXECUTOR_PER_VU_ITERATIONS, 1, 1, 600},
    {"numbers as text", "{vus: '2', iterations: '4'}", EXECUTOR_SHARED_ITERATIONS, 2, 4, 600},
};

static void shortcuts_become_scenarios(void **state)
{
    for (size_t i = 0; i < COUNT_OF(shortcuts); i++) {
        struct bench bench;
        plan_for(&bench, shortcuts[i].options, (struct k6_layers){0});
        if (!bench.plan)
            fail_msg("%s: %s", shortcuts[i].name, bench.error.message);
        const struct scenario *scenario = &bench.plan->scenarios[0];
        assert_int_equal(bench.plan->scenario_count, 1);
        assert_string_equal(scenario->name, "default");
        if (scenario->kind != shortcuts[i].kind || scenario->vus != shortcuts[i].vus ||
            scenario->iterations != shortcuts[i].iterations ||
            scenario_duration_ns(scenario) != (nsec_t)(shortcuts[i].seconds * 1e9))
            fail_msg("%s: %s", shortcuts[i].name, executor_name(scenario->kind));
        done(&bench);
    }
}

static const struct {
    const char *options, *message;
} wrong[] = {
    {"{vus: 'abc'}", "option scenarios.default.vus: \"abc\" is not a whole number"},
    {"{duration: true}", "option scenarios.default.duration: true is not a duration"},
    {"{iterations: 1, stages: [{duration: '1s', target: 1}]}",
     "using `iterations` and `stages` options simultaneously is not allowed"},
    {"{duration: '1s', scenarios: {s: {executor: 'constant-vus', duration: '1s'}}}",
     "using `duration` and `scenarios` options simultaneously is not allowed"},
    {"{stages: [{duration: 'xs', target: 1}]}", "\"xs\" is not a duration"},
    {"{stages: '2s:4'}", "option scenarios.default.stages: \"2s:4\" is not a list"},
    {"{stages: [{duration: '1s', goal: 1}]}", "unknown field \"goal\""},
    {"{scenarios: {s: {executor: 'constant-vus', bla: 1, duration: '1s'}}}",
     "scenario 's': unknown field \"bla\" for the executor constant-vus"},
    {"{scenarios: {s: {executor: 'bla'}}}", "unknown executor type 'bla'"},
    {"{scenarios: {s: {duration: '1s'}}}", "scenario 's' doesn't have a specified executor type"},
    {"{scenarios: {s: {executor: 'constant-vus'}}}", "the duration is unspecified"},
    {"{scenarios: {s: {executor: 'shared-iterations', exec: 'nope'}}}",
     "executor s: function 'nope' not found in exports"},
    {"{scenarios: [1]}", "option scenarios: [1] is not an object"},
    {"{vus: 5, iterations: 2}",
     "the number of iterations (2) can't be less than the number of VUs"},
    {"{thresholds: {http_req_duration: 'p(95)<200'}}",
     "option thresholds.http_req_duration: \"p(95)<200\" is not a list"},
    {"{thresholds: {checks: [{abortOnFail: true}]}}", "is not an object with a `threshold`"},
    {"{thresholds: 5}", "option thresholds: 5 is not"},
    {"5", "parsing options from script: 5 is not an object"},
    {"{maxRedirects: -1}", "option maxRedirects: -1 is not between 0 and 1000"},
    {"{tlsVersion: 'ssl3'}", "option tlsVersion: \"ssl3\" is not one of"},
    {"{dns: {policy: 'x'}}", "option dns.policy: \"x\" is not \"preferIPv4\", \"preferIPv6\", "
                             "\"onlyIPv4\", \"onlyIPv6\" or "
                             "\"any\""},
    {"{dns: {select: 1}}", "option dns.select: 1 is not \"random\", \"first\" or \"roundRobin\""},
    {"{summaryTimeUnit: 'h'}", "option summaryTimeUnit: \"h\" is not"},
    {"{systemTags: ['x']}", "there is no system tag \"x\""},
    {"{tags: {a: []}}", "option tags: "},
    {"{executionSegment: '0:1/2'}", "option executionSegment is not supported yet"},
    {"{throw: 'maybe'}", "option throw: \"maybe\" is not true or false"},
};

static void mistakes_are_named(void **state)
{
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct bench bench;
        plan_for(&bench, wrong[i].options, (struct k6_layers){0});
        if (bench.plan || bench.error.code != EXIT_INVALID_CONFIG ||
            !strstr(bench.error.message, wrong[i].message))
            fail_msg("%s gives %d %s", wrong[i].options, bench.error.code, bench.error.message);
        done(&bench);
    }
}

static void upper_layers_win(void **state)
{
    struct bench bench;
    plan_for(&bench, "{vus: 2, iterations: 4, rps: 5, tags: {a: '1'}}",
             (struct k6_layers){
                 .config_file = "{\"userAgent\":\"config\",\"rps\":1}",
                 .environment = "{\"duration\":\"3s\",\"throw\":\"true\"}",
                 .command_line = "{\"vus\":7,\"tags\":{\"b\":\"2\"},\"iterations\":null}",
             });
    assert_non_null(bench.plan);
    assert_int_equal(bench.plan->scenarios[0].kind, EXECUTOR_CONSTANT_VUS);
    assert_int_equal(bench.plan->scenarios[0].vus, 7);
    assert_string_equal(bench.plan->client.user_agent, "config");
    assert_int_equal(bench.plan->rps, 5);
    assert_true(bench.plan->throw_on_error);
    assert_null(map_get(&bench.plan->tags, SPAN("a")));
    assert_string_equal(map_get(&bench.plan->tags, SPAN("b")), "2");
    done(&bench);
}

static void everything_has_its_place(void **state)
{
    struct bench bench;
    plan_for(&bench,
             "{hosts: {'a.b': '127.0.0.1:80'}, dns: {ttl: 'inf', select: 'first', policy: "
             "'onlyIPv6'}, tlsVersion: {min: 'tls1.2', max: 'tls1.3'}, setupTimeout: '1m', "
             "summaryTrendStats: ['avg', 'p(99)'], systemTags: ['status', 'ip'], "
             "maxRedirects: 3, thresholds: {checks: ['rate>0.9', {threshold: 'rate>0.5', "
             "abortOnFail: true, delayAbortEval: '10s'}], 'http_reqs{a:b}': []}, scenarios: {"
             "r: {executor: 'ramping-arrival-rate', startRate: 5, timeUnit: '1m', preAllocatedVUs: "
             "3, stages: [{target: 9, duration: '4s'}], startTime: '2s', gracefulStop: 0}}}",
             (struct k6_layers){0});
    if (!bench.plan)
        fail_msg("%s", bench.error.message);
    const struct plan *plan = bench.plan;
    const struct scenario *r = &plan->scenarios[0];
    assert_string_equal(map_get(&plan->hosts, SPAN("a.b")), "127.0.0.1:80");
    assert_ptr_equal(plan->client.hosts, &plan->hosts);
    assert_true(plan->client.dns_ttl_ns == NSEC_NEVER);
    assert_int_equal(plan->client.dns_select, DNS_FIRST);
    assert_int_equal(plan->client.dns_policy, DNS_ONLY_IPV6);
    assert_int_equal(plan->client.tls_min_version, 0x0303);
    assert_int_equal(plan->client.tls_max_version, 0x0304);
    assert_int_equal(plan->client.system_tags, TAG_STATUS | TAG_IP);
    assert_string_equal(plan->summary_trend_stats[1], "p(99)");
    assert_int_equal(plan->max_redirects, 3);
    assert_int_equal(plan->threshold_count, 3);
    assert_true(plan->thresholds[1].abort_on_fail);
    assert_true(plan->thresholds[1].delay_abort_ns == 10 * NSEC_PER_SEC);
    assert_null(plan->thresholds[2].expression);
    assert_string_equal(plan->thresholds[2].selector, "http_reqs{a:b}");
    assert_true(r->rate == 5 && r->vus == 3 && r->max_vus == 3 && r->stages[0].target == 9);
    assert_true(r->start_time_ns == 2 * NSEC_PER_SEC && r->graceful_stop_ns == 0);
    assert_true(r->time_unit_ns == 60 * NSEC_PER_SEC);
    assert_non_null(strstr(plan->options_json, "\"executor\":\"ramping-arrival-rate\""));
    assert_non_null(strstr(plan->options_json, "\"rps\":null"));
    done(&bench);
}

static void unsupported_can_be_allowed(void **state)
{
    struct bench bench;
    plan_for(&bench, "{paused: true, blockHostnames: ['x'], unknown: 1, httpDebug: ''}",
             (struct k6_layers){.allow_unsupported = true});
    assert_non_null(bench.plan);
    done(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shortcuts_become_scenarios), cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(upper_layers_win),           cmocka_unit_test(everything_has_its_place),
        cmocka_unit_test(unsupported_can_be_allowed),
    };
    return cmocka_run_group_tests_name("k6/options", tests, NULL, NULL);
}
