/* SPDX-License-Identifier: Apache-2.0
 *
 * Workers, users and the host interface end to end: real threads and clock, a front end of C
 * functions, a client without a network. What is asserted holds at any speed.
 */
#include <pthread.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/util.h"
#include "load/control.h"
#include "load/host.h"
#include "load/worker.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "support/test.h"
#include "unit/load/fake_client.h"

#define MS          NSEC_PER_MSEC
#define SECOND      NSEC_PER_SEC
#define MAX_WORKERS 3

/* What the "script" of a test does. No asserts on its stack: it counts. */
struct script {
    void (*iterate)(struct script *script, struct vu *vu, const struct scenario *scenario);
    bool (*init)(struct script *script, struct vu *vu); /* NULL: nothing */
    atomic_int iterations, wrong;
    atomic_int instances;
    atomic_int begun;              /* users with an iteration in a scenario that starts at once */
    atomic_uint_fast64_t ids_seen; /* bit per user id, modulo 64 */
};

static void *fake_vu_new(void *arg, struct vu *vu, struct error *err)
{
    struct script *script = arg;
    if (script->init && !script->init(script, vu)) {
        error_set(err, EXIT_SCRIPT_EXCEPTION, "init failed");
        return NULL;
    }
    script->instances++;
    return script;
}

static void fake_vu_iterate(void *instance, struct vu *vu, const struct scenario *scenario)
{
    struct script *script = instance;
    struct vu_facts facts;
    host_vu_facts(vu, &facts);
    atomic_fetch_or(&script->ids_seen, UINT64_C(1) << facts.id_in_test % 64);
    script->iterations++;
    script->begun += facts.iteration == 0 && scenario->start_time_ns == 0;
    script->iterate(script, vu, scenario);
}

static void fake_vu_free(void *instance)
{
    ((struct script *)instance)->instances--;
}

static const struct front_end FRONT_END = {"fake", 64 * 1024, fake_vu_new, fake_vu_iterate,
                                           fake_vu_free};

struct rig {
    struct plan *plan;
    struct registry *registry;
    struct control *control;
    struct log log;
    struct script script;
    struct worker *workers[MAX_WORKERS];
    unsigned count;
    atomic_int ended;
    pthread_mutex_t mutex;
    struct snapshot *total;
    int cuts;
    int cancelled_before; /* by the client, all tests together */
};

static void on_snapshot(void *arg, struct worker *worker, struct snapshot *snapshot)
{
    struct rig *rig = arg;
    pthread_mutex_lock(&rig->mutex);
    snapshot_merge(rig->total, snapshot);
    rig->cuts++;
    pthread_mutex_unlock(&rig->mutex);
    recorder_recycle(worker_recorder(worker), snapshot);
}

static void on_end(void *arg, struct worker *worker)
{
    ((struct rig *)arg)->ended++;
}

static void rig_init(struct rig *rig, const struct scenario *scenarios, size_t scenario_count,
                     unsigned workers)
{
    *rig = (struct rig){.count = workers, .mutex = PTHREAD_MUTEX_INITIALIZER};
    log_init(&rig->log, -1);
    rig->registry = registry_new();
    rig->total = snapshot_new(rig->registry);
    rig->plan = plan_new();
    rig->plan->scenarios =
        ARENA_NEW_ARRAY(&rig->plan->arena, struct scenario, MAX_OF(scenario_count, 1U));
    for (size_t i = 0; i < scenario_count; i++)
        rig->plan->scenarios[i] = scenarios[i];
    rig->plan->scenario_count = scenario_count;
    rig->control = control_new(scenario_count);
    rig->cancelled_before = fake_client_totals()->cancelled;
}

static void rig_make(struct rig *rig)
{
    for (unsigned i = 0; i < rig->count; i++) {
        struct worker_config config = {
            .plan = rig->plan,
            .registry = rig->registry,
            .control = rig->control,
            .front_end = &FRONT_END,
            .script = &rig->script,
            .log = &rig->log,
            .index = i,
            .count = rig->count,
            .clock = clock_monotonic(),
            .snapshot_interval_ns = 20 * MS,
            .on_snapshot = on_snapshot,
            .on_end = on_end,
            .arg = rig,
        };
        rig->workers[i] = worker_new(&config, NULL);
        assert_non_null(rig->workers[i]);
    }
}

static int rig_start(struct rig *rig, struct error *err)
{
    int result = 0;
    for (unsigned i = 0; i < rig->count; i++)
        assert_int_equal(worker_start(rig->workers[i], NULL), 0);
    for (unsigned i = 0; i < rig->count; i++)
        result |= worker_wait_ready(rig->workers[i], err);
    return result;
}

static void rig_join(struct rig *rig)
{
    for (unsigned i = 0; i < rig->count; i++)
        worker_join(rig->workers[i]);
    assert_int_equal(rig->ended, rig->count);
    assert_int_equal(rig->script.instances, 0);
    assert_int_equal(rig->script.wrong, 0);
    assert_int_equal(fake_client_totals()->sessions, 0);
    assert_int_equal(rig->control->vus_active, 0);
}

static void rig_run(struct rig *rig)
{
    rig_make(rig);
    assert_int_equal(rig_start(rig, NULL), 0);
    control_start(rig->control, clock_now(clock_monotonic()));
    rig_join(rig);
}

static void rig_done(struct rig *rig)
{
    for (unsigned i = 0; i < rig->count; i++)
        worker_free(&rig->workers[i]);
    control_free(&rig->control);
    snapshot_free(&rig->total);
    plan_free(&rig->plan);
    registry_free(&rig->registry);
}

/* For scenarios that are over after some time: a machine may be too busy for all users to begin in
 * it, so it grows until they do. */
static void rig_run_all(struct rig *rig, struct scenario *scenarios, size_t count, unsigned workers,
                        void (*iterate)(struct script *, struct vu *, const struct scenario *))
{
    for (;;) {
        rig_init(rig, scenarios, count, workers);
        rig->script.iterate = iterate;
        rig_run(rig);
        if (rig->script.begun == scenarios[0].vus)
            return;
        rig_done(rig);
        scenarios[0].duration_ns *= 4;
        assert_true(scenarios[0].duration_ns < 60 * SECOND);
        if (count > 1)
            scenarios[1].start_time_ns = scenarios[0].duration_ns;
    }
}

static const struct sink *sink_of(const struct rig *rig, enum builtin_metric metric)
{
    static const struct sink none;
    uint32_t series = registry_metric(rig->registry, metric)->series_id;
    const struct sink *sink = snapshot_sink(rig->total, series);
    return sink ? sink : &none;
}

static void request(struct script *script, struct vu *vu, const char *url)
{
    struct request *request = ARENA_NEW(host_iteration_arena(vu), struct request);
    host_request_init(vu, request, host_iteration_arena(vu));
    request->url = span_cstr(url);
    bool answered = host_request(vu, request);
    script->wrong += !answered && !host_interrupted(vu);
}

static void get_and_check(struct script *script, struct vu *vu, const struct scenario *scenario)
{
    nsec_t start_ns = host_group_begin(vu, SPAN("outer"));
    host_group_begin(vu, SPAN("inner"));
    request(script, vu, "http://x/");
    host_check(vu, SPAN("is 200"), true, NULL);
    script->wrong += !span_equal(host_group_path(vu), SPAN("::outer::inner"));
    script->wrong += !span_equal(tag_set_get(host_tags(vu), SPAN("group")), SPAN("::outer::inner"));
    host_group_end(vu, SPAN("inner"), start_ns);
    script->wrong += !span_equal(host_group_path(vu), SPAN("::outer"));
    host_group_end(vu, SPAN("outer"), start_ns);
    script->wrong += !span_equal(tag_set_get(host_tags(vu), SPAN("group")), SPAN(""));
    script->wrong +=
        !span_equal(tag_set_get(host_tags(vu), SPAN("scenario")), span_cstr(scenario->name));
    host_sleep(vu, MS);
}

static void shared_iterations_over_two_workers(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_SHARED_ITERATIONS);
    scenario.vus = 5;
    scenario.iterations = 60;
    rig_init(&rig, &scenario, 1, 2);
    rig.script.iterate = get_and_check;
    int answered = fake_client_totals()->answered;
    rig_run(&rig);
    assert_int_equal(rig.script.iterations, 60);
    assert_int_equal(rig.script.ids_seen, 0x3e);
    assert_int_equal(rig.control->scenarios[0].completed, 60);
    assert_int_equal(rig.control->vus_initialized, 5);
    assert_int_equal(fake_client_totals()->answered - answered, 60);
    assert_true(sink_of(&rig, METRIC_ITERATIONS)->sum == 60);
    assert_true(sink_of(&rig, METRIC_DATA_SENT)->sum == 6000);
    assert_true(sink_of(&rig, METRIC_DATA_RECEIVED)->sum == 12000);
    assert_int_equal(sink_of(&rig, METRIC_ITERATION_DURATION)->trend.count, 60);
    assert_int_equal(sink_of(&rig, METRIC_ITERATION_LATENESS)->trend.count, 0);
    assert_int_equal(sink_of(&rig, METRIC_GROUP_DURATION)->trend.count, 120);
    assert_int_equal(sink_of(&rig, METRIC_LOOP_LAG)->trend.count, rig.cuts);
    assert_int_equal(rig.total->check_count, 1);
    assert_int_equal(rig.total->checks[0].passes, 60);
    assert_true(span_equal(rig.total->checks[0].group_path, SPAN("::outer::inner")));
    rig_done(&rig);
}

static void hang(struct script *script, struct vu *vu, const struct scenario *scenario)
{
    struct request *call = ARENA_NEW(host_iteration_arena(vu), struct request);
    host_request_init(vu, call, host_iteration_arena(vu));
    call->url = SPAN("hang:background");
    host_request_start(vu, call);
    request(script, vu, "hang:");
    script->wrong += !host_interrupted(vu) || host_sleep(vu, SECOND);
}

static void deadline_cuts_requests(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_CONSTANT_VUS);
    scenario.vus = 4;
    scenario.duration_ns = 30 * MS;
    scenario.graceful_stop_ns = 20 * MS;
    rig_run_all(&rig, &scenario, 1, 2, hang);
    assert_int_equal(rig.control->scenarios[0].completed, 0);
    assert_int_equal(rig.control->scenarios[0].interrupted, 4);
    assert_int_equal(fake_client_totals()->cancelled - rig.cancelled_before, 8);
    assert_false(sink_of(&rig, METRIC_ITERATIONS)->touched);
    assert_false(sink_of(&rig, METRIC_ITERATION_DURATION)->touched);
    assert_true(sink_of(&rig, METRIC_DATA_SENT)->sum == 800);
    assert_int_equal(
        worker_client_counts(rig.workers[0])->cut + worker_client_counts(rig.workers[1])->cut, 8);
    rig_done(&rig);
}

static void sleep_50_ms(struct script *script, struct vu *vu, const struct scenario *scenario)
{
    host_sleep(vu, 50 * MS);
}

/* 41 arrivals in 200 ms; one user at first, two more made. */
static void arrivals_are_started_or_dropped(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_CONSTANT_ARRIVAL_RATE);
    scenario.rate = 200;
    scenario.vus = 1;
    scenario.max_vus = 3;
    scenario.duration_ns = 200 * MS;
    rig_init(&rig, &scenario, 1, 2);
    rig.script.iterate = sleep_50_ms;
    rig_run(&rig);
    struct scenario_counters *counters = &rig.control->scenarios[0];
    assert_int_equal(counters->completed + counters->dropped, 41);
    assert_int_equal(rig.control->vus_initialized, 3);
    assert_true(counters->warned);
    assert_true(sink_of(&rig, METRIC_DROPPED_ITERATIONS)->sum == (double)counters->dropped);
    assert_int_equal(sink_of(&rig, METRIC_ITERATION_LATENESS)->trend.count, counters->completed);
    assert_true(sink_of(&rig, METRIC_ITERATION_LATENESS)->trend.min >= 0);
    assert_true(sink_of(&rig, METRIC_ITERATION_DURATION)->trend.min >= 50);
    assert_true(sink_of(&rig, METRIC_VUS_MAX)->max == 3);
    rig_done(&rig);
}

static void spin(struct script *script, struct vu *vu, const struct scenario *scenario)
{
    while (!host_interrupted(vu))
        host_yield(vu);
}

static void endless_loops_are_interrupted(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_CONSTANT_VUS);
    scenario.vus = 3;
    scenario.duration_ns = 20 * MS;
    scenario.graceful_stop_ns = 0;
    rig_run_all(&rig, &scenario, 1, 1, spin);
    assert_int_equal(rig.control->scenarios[0].interrupted, 3);
    rig_done(&rig);
}

static void nothing(struct script *script, struct vu *vu, const struct scenario *scenario)
{
}

/* Iterations without any wait must not starve timers and other users. */
static void empty_iterations_let_time_pass(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_CONSTANT_VUS);
    scenario.vus = 2;
    scenario.duration_ns = 20 * MS;
    rig_run_all(&rig, &scenario, 1, 1, nothing);
    assert_int_equal(rig.script.ids_seen, 6);
    assert_int_equal(rig.control->scenarios[0].completed, rig.script.iterations);
    rig_done(&rig);
}

static void signal_stops_at_once(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_CONSTANT_VUS);
    scenario.vus = 4;
    scenario.duration_ns = 600 * SECOND;
    rig_init(&rig, &scenario, 1, 2);
    rig.script.iterate = hang;
    rig_make(&rig);
    assert_int_equal(rig_start(&rig, NULL), 0);
    control_start(rig.control, clock_now(clock_monotonic()));
    while (rig.script.iterations < 4)
        ;
    control_abort(rig.control, ABORT_INTERRUPTED, "signal", 6);
    rig_join(&rig);
    assert_int_equal(rig.control->scenarios[0].interrupted, 4);
    assert_int_equal(rig.control->scenarios[0].dropped, 0);
    rig_done(&rig);
}

static void stopped_before_the_start(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_CONSTANT_VUS);
    scenario.vus = 2;
    scenario.duration_ns = 600 * SECOND;
    rig_init(&rig, &scenario, 1, 2);
    rig.script.iterate = hang;
    rig_make(&rig);
    assert_int_equal(rig_start(&rig, NULL), 0);
    control_abort(rig.control, ABORT_INTERRUPTED, "signal", 6);
    rig_join(&rig);
    assert_int_equal(rig.script.iterations, 0);
    rig_done(&rig);
}

static void abort_at_third(struct script *script, struct vu *vu, const struct scenario *scenario)
{
    struct vu_facts facts;
    host_vu_facts(vu, &facts);
    if (facts.scenario_iteration_in_test == 2) {
        host_abort(vu, SPAN("enough"));
        script->wrong += !host_interrupted(vu);
    }
    host_sleep(vu, MS);
}

static void script_aborts_all_workers(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_CONSTANT_VUS);
    scenario.vus = 2;
    scenario.duration_ns = 600 * SECOND;
    rig_init(&rig, &scenario, 1, 2);
    rig.script.iterate = abort_at_third;
    rig_run(&rig);
    assert_int_equal(rig.control->abort_reason, ABORT_BY_SCRIPT);
    assert_string_equal(rig.control->message, "enough");
    rig_done(&rig);
}

static bool third_fails(struct script *script, struct vu *vu)
{
    struct vu_facts facts;
    host_vu_facts(vu, &facts);
    return facts.id_in_test != 3;
}

static void failing_init_code_is_reported(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_CONSTANT_VUS);
    scenario.vus = 5;
    rig_init(&rig, &scenario, 1, 1);
    rig.script.init = third_fails;
    rig_make(&rig);
    struct error err = {0};
    assert_int_equal(rig_start(&rig, &err), -1);
    assert_string_equal(err.message, "init failed");
    rig_join(&rig);
    rig_done(&rig);
}

static bool never_ready(struct script *script, struct vu *vu)
{
    script->iterations++;
    while (!host_interrupted(vu))
        host_yield(vu);
    return false;
}

static void stopped_while_users_are_made(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_CONSTANT_VUS);
    scenario.vus = 5;
    rig_init(&rig, &scenario, 1, 1);
    rig.script.init = never_ready;
    rig_make(&rig);
    assert_int_equal(worker_start(rig.workers[0], NULL), 0);
    while (rig.script.iterations == 0)
        ;
    control_abort(rig.control, ABORT_INTERRUPTED, "signal", 6);
    assert_int_equal(worker_wait_ready(rig.workers[0], NULL), 0);
    rig_join(&rig);
    assert_int_equal(rig.script.iterations, 1);
    rig_done(&rig);
}

/* The worker of user 0 is done at once; the other one goes on recording the users. */
static void outlive_the_other(struct script *script, struct vu *vu, const struct scenario *scenario)
{
    struct vu_facts facts;
    host_vu_facts(vu, &facts);
    if (facts.scenario_iteration_in_test == 0)
        return;
    struct test_facts test;
    do {
        host_sleep(vu, MS);
        host_test_facts(vu, &test);
    } while (test.vus_active > 1);
    host_sleep(vu, 50 * MS); /* two ticks of this very loop, at least */
}

static void users_are_recorded_to_the_end(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_SHARED_ITERATIONS);
    scenario.vus = 2;
    scenario.iterations = 2;
    rig_init(&rig, &scenario, 1, 2);
    rig.script.iterate = outlive_the_other;
    rig_run(&rig);
    assert_true(sink_of(&rig, METRIC_VUS)->count >= 1);
    assert_true(sink_of(&rig, METRIC_VUS)->value == 1);
    assert_true(sink_of(&rig, METRIC_VUS_MAX)->value == 2);
    rig_done(&rig);
}

/* A user made during the load whose init code fails ends the test. */
static void failing_growth_ends_the_test(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_CONSTANT_ARRIVAL_RATE);
    scenario.rate = 1000;
    scenario.vus = 2;
    scenario.max_vus = 3;
    scenario.duration_ns = 600 * SECOND;
    rig_init(&rig, &scenario, 1, 1);
    rig.script.init = third_fails;
    rig.script.iterate = sleep_50_ms;
    rig_run(&rig);
    assert_int_equal(rig.control->abort_reason, ABORT_BY_EXCEPTION);
    assert_string_equal(rig.control->message, "init failed");
    rig_done(&rig);
}

/* The second scenario gets the only user when the first gives it back. */
static void scenarios_share_users(void **state)
{
    struct rig rig;
    struct scenario scenarios[2];
    scenario_init(&scenarios[0], "a", EXECUTOR_CONSTANT_VUS);
    scenarios[0].duration_ns = 20 * MS;
    scenarios[0].graceful_stop_ns = 0;
    scenario_init(&scenarios[1], "b", EXECUTOR_PER_VU_ITERATIONS);
    scenarios[1].start_time_ns = 20 * MS;
    scenarios[1].iterations = 2;
    rig_init(&rig, scenarios, 2, 1);
    rig.script.iterate = get_and_check;
    rig_run(&rig);
    assert_int_equal(rig.control->vus_initialized, 1);
    assert_int_equal(rig.control->scenarios[1].completed, 2);
    assert_int_equal(rig.script.ids_seen, 2);
    rig_done(&rig);
}

static void hang_in_a(struct script *script, struct vu *vu, const struct scenario *scenario)
{
    if (scenario->name[0] == 'a')
        host_sleep(vu, 600 * SECOND);
}

/* 500 slots of b wait for those of a; all but one find nothing to do and return theirs at once. */
static void long_queues_do_not_nest(void **state)
{
    struct rig rig;
    struct scenario scenarios[2];
    scenario_init(&scenarios[0], "a", EXECUTOR_CONSTANT_VUS);
    scenarios[0].vus = 500;
    scenarios[0].duration_ns = 20 * MS;
    scenarios[0].graceful_stop_ns = 0;
    scenario_init(&scenarios[1], "b", EXECUTOR_SHARED_ITERATIONS);
    scenarios[1].start_time_ns = 20 * MS;
    scenarios[1].vus = 500;
    rig_run_all(&rig, scenarios, 2, 1, hang_in_a);
    assert_int_equal(rig.control->vus_initialized, 500);
    assert_int_equal(rig.control->scenarios[0].interrupted, 500);
    assert_int_equal(rig.control->scenarios[1].completed, 1);
    rig_done(&rig);
}

static void pacing_and_reset_options(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_PER_VU_ITERATIONS);
    scenario.iterations = 3;
    rig_init(&rig, &scenario, 1, 1);
    rig.script.iterate = nothing;
    rig.plan->min_iteration_duration_ns = 10 * MS;
    rig.plan->no_cookies_reset = true;
    rig.plan->no_vu_connection_reuse = true;
    int resets = fake_client_totals()->cookie_resets, closes = fake_client_totals()->idle_closes;
    nsec_t start_ns = clock_now(clock_monotonic());
    rig_run(&rig);
    assert_true(clock_now(clock_monotonic()) - start_ns >= 30 * MS);
    assert_int_equal(fake_client_totals()->cookie_resets, resets);
    assert_int_equal(fake_client_totals()->idle_closes, closes + 3);
    rig_done(&rig);
}

static void two_requests(struct script *script, struct vu *vu, const struct scenario *scenario)
{
    struct request *call = ARENA_NEW(host_iteration_arena(vu), struct request);
    host_request_init(vu, call, host_iteration_arena(vu));
    call->url = SPAN("hang:background");
    host_request_start(vu, call);
    request(script, vu, "http://x/");
}

/* 6 requests at 100/s, burst 1: the last one not before 50 ms. */
static void rps_limits_all_workers(void **state)
{
    struct rig rig;
    struct scenario scenario;
    scenario_init(&scenario, "default", EXECUTOR_SHARED_ITERATIONS);
    scenario.vus = 2;
    scenario.iterations = 3;
    rig_init(&rig, &scenario, 1, 2);
    rig.script.iterate = two_requests;
    rig.plan->rps = 100;
    nsec_t start_ns = clock_now(clock_monotonic());
    rig_run(&rig);
    assert_true(clock_now(clock_monotonic()) - start_ns >= 50 * MS);
    rig_done(&rig);
}

struct once_result {
    bool slept, requested;
    uint64_t id;
};

static void once_fn(void *instance, struct vu *vu, void *arg)
{
    struct once_result *result = arg;
    struct vu_facts facts;
    host_vu_facts(vu, &facts);
    result->id = facts.id_in_test;
    request(instance, vu, "http://x/");
    host_check(vu, SPAN("in setup"), true, NULL);
    result->slept = host_sleep(vu, MS);
}

static void abort_and_sleep(void *instance, struct vu *vu, void *arg)
{
    struct once_result *result = arg;
    host_abort(vu, SPAN("enough"));
    result->slept = host_sleep(vu, 600 * SECOND);
}

static void oversleep(void *instance, struct vu *vu, void *arg)
{
    struct once_result *result = arg;
    result->slept = host_sleep(vu, 600 * SECOND);
    result->requested = host_sleep(vu, 0);
}

static void functions_outside_of_scenarios(void **state)
{
    struct rig rig;
    rig_init(&rig, NULL, 0, 1);
    rig_make(&rig);
    struct once_result result = {.id = 99};
    struct error err = {0};
    assert_int_equal(
        worker_run_once(rig.workers[0], SPAN("::setup"), SECOND, once_fn, &result, &err), 0);
    assert_true(result.slept);
    assert_int_equal(result.id, 0);
    assert_int_equal(rig.total->check_count, 1);
    assert_true(span_equal(rig.total->checks[0].group_path, SPAN("::setup")));
    assert_true(sink_of(&rig, METRIC_DATA_SENT)->sum == 100);
    assert_int_equal(
        worker_run_once(rig.workers[0], SPAN("::setup"), 5 * MS, oversleep, &result, &err), -1);
    assert_int_equal(err.code, EXIT_SETUP_TIMEOUT);
    assert_false(result.slept || result.requested);

    assert_int_equal(worker_run_once(rig.workers[0], SPAN("::setup"), 60 * SECOND, abort_and_sleep,
                                     &result, &err),
                     0);
    assert_false(result.slept);
    assert_int_equal(
        worker_run_once(rig.workers[0], SPAN("::teardown"), SECOND, once_fn, &result, &err), 0);
    assert_true(result.slept);
    assert_int_equal(
        worker_run_once(rig.workers[0], SPAN("::teardown"), 5 * MS, oversleep, &result, &err), -1);
    assert_int_equal(err.code, EXIT_TEARDOWN_TIMEOUT);
    rig_done(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_iterations_over_two_workers),
        cmocka_unit_test(deadline_cuts_requests),
        cmocka_unit_test(arrivals_are_started_or_dropped),
        cmocka_unit_test(endless_loops_are_interrupted),
        cmocka_unit_test(empty_iterations_let_time_pass),
        cmocka_unit_test(signal_stops_at_once),
        cmocka_unit_test(stopped_before_the_start),
        cmocka_unit_test(script_aborts_all_workers),
        cmocka_unit_test(failing_init_code_is_reported),
        cmocka_unit_test(stopped_while_users_are_made),
        cmocka_unit_test(users_are_recorded_to_the_end),
        cmocka_unit_test(failing_growth_ends_the_test),
        cmocka_unit_test(scenarios_share_users),
        cmocka_unit_test(long_queues_do_not_nest),
        cmocka_unit_test(pacing_and_reset_options),
        cmocka_unit_test(rps_limits_all_workers),
        cmocka_unit_test(functions_outside_of_scenarios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
