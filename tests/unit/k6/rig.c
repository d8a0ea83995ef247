/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/k6/rig.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "base/log.h"
#include "load/control.h"
#include "load/host.h"
#include "load/worker.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "script/k6/k6_options.h"
#include "script/k6/k6_script.h"

#define ONE_SECOND NSEC_PER_SEC

struct rig {
    struct rig_result *result;
    struct log log;
    struct registry *registry;
    struct k6_script *script;
    struct plan *plan;
    struct control *control;
    struct worker *worker;
    struct snapshot *total;
    char *setup_data;
};

static void on_snapshot(void *arg, struct worker *worker, struct snapshot *snapshot)
{
    struct rig *rig = arg;
    snapshot_merge(rig->total, snapshot);
    recorder_recycle(worker_recorder(worker), snapshot);
}

static void on_end(void *arg, struct worker *worker)
{
}

static int run_once(struct rig *rig, const char *group, void (*fn)(void *, struct vu *, void *),
                    struct script_call *call)
{
    call->err = &rig->result->error;
    if (worker_run_once(rig->worker, span_cstr(group), 10 * ONE_SECOND, fn, call,
                        &rig->result->error) < 0)
        return -1;
    return call->failed ? -1 : 0;
}

static int new_worker(struct rig *rig)
{
    struct worker_config config = {
        .plan = rig->plan,
        .registry = rig->registry,
        .control = rig->control,
        .front_end = k6_front_end(),
        .script = rig->script,
        .log = &rig->log,
        .count = 1,
        .setup_data = span_cstr(rig->setup_data),
        .clock = clock_monotonic(),
        .snapshot_interval_ns = ONE_SECOND,
        .on_snapshot = on_snapshot,
        .on_end = on_end,
        .arg = rig,
    };
    rig->worker = worker_new(&config, &rig->result->error);
    return rig->worker ? 0 : -1;
}

/* A worker runs once: setup, the load, and what follows each have their own. */
static int run_part(struct rig *rig, const char *group, void (*fn)(void *, struct vu *, void *),
                    struct script_call *call)
{
    if (new_worker(rig) < 0)
        return -1;
    int rc = run_once(rig, group, fn, call);
    worker_free(&rig->worker);
    return rc;
}

static int run_load(struct rig *rig)
{
    struct error *err = &rig->result->error;
    if (new_worker(rig) < 0)
        return -1;
    int rc = worker_start(rig->worker, err);
    if (rc == 0)
        rc = worker_wait_ready(rig->worker, err);
    if (rc == 0)
        control_start(rig->control, clock_now(clock_monotonic()));
    worker_join(rig->worker);
    worker_free(&rig->worker);
    return rc;
}

static void keep_output(void *arg, struct span target, struct span content)
{
    struct strbuf *out = arg;
    if (out->len)
        strbuf_addc(out, ' ');
    jsonw_quote(out, target);
    strbuf_addc(out, ':');
    jsonw_quote(out, content);
}

static int run_all(struct rig *rig)
{
    struct script_call setup = {0}, teardown = {0};
    struct script_call summary = {
        .input = SPAN("{\"metrics\":{}}"), .deliver = keep_output, .arg = &rig->result->summary};
    if (k6_script_has_export(rig->script, SPAN("setup")) &&
        run_part(rig, "::setup", k6_run_setup, &setup) < 0)
        return -1;
    rig->setup_data = setup.result;
    if (run_load(rig) < 0)
        return -1;
    if (k6_script_has_export(rig->script, SPAN("teardown")) &&
        run_part(rig, "::teardown", k6_run_teardown, &teardown) < 0)
        return -1;
    if (k6_script_has_export(rig->script, SPAN("handleSummary")))
        run_part(rig, "", k6_run_handle_summary, &summary);
    return 0;
}

static int prepare(struct rig *rig, const char *path, const struct map *env)
{
    struct k6_env k6_env = {.vars = env, .log = &rig->log, .memory_limit = 8 << 20};
    struct k6_layers layers = {0};
    rig->registry = registry_new();
    if (k6_script_load(path, &k6_env, rig->registry, &rig->script, &rig->result->error) < 0)
        return -1;
    rig->plan = k6_plan(rig->script, &layers, &rig->log, &rig->result->error);
    if (!rig->plan)
        return -1;
    rig->control = control_new(rig->plan->scenario_count);
    rig->total = snapshot_new(rig->registry);
    return 0;
}

static void count_checks(struct rig *rig)
{
    for (size_t i = 0; i < rig->total->check_count; i++) {
        const struct check_count *check = &rig->total->checks[i];
        rig->result->passes += check->passes;
        rig->result->fails += check->fails;
        if (check->fails && !span_starts_with(check->name, SPAN("fails:")))
            strbuf_addf(&rig->result->failed, "%.*s\n", SPAN_ARG(check->name));
    }
    const struct sink *sink =
        snapshot_sink(rig->total, registry_metric(rig->registry, METRIC_ITERATIONS)->series_id);
    rig->result->iterations = sink ? (uint64_t)sink->sum : 0;
}

static void read_log(struct rig *rig)
{
    char buf[4096];
    ssize_t got;
    lseek(rig->log.fd, 0, SEEK_SET);
    while ((got = read(rig->log.fd, buf, sizeof(buf))) > 0)
        strbuf_add(&rig->result->log, buf, (size_t)got);
    close(rig->log.fd);
}

void rig_run(const char *path, const struct map *env, struct rig_result *result)
{
    struct rig rig = {.result = result};
    *result = (struct rig_result){.log = STRBUF_INIT(1 << 20),
                                  .failed = STRBUF_INIT(1 << 16),
                                  .summary = STRBUF_INIT(1 << 16)};
    log_init(&rig.log, memfd_create("log", MFD_CLOEXEC));
    rig.log.format = LOG_FORMAT_RAW;
    if (prepare(&rig, path, env) == 0 && run_all(&rig) == 0)
        count_checks(&rig);
    snapshot_free(&rig.total);
    control_free(&rig.control);
    plan_free(&rig.plan);
    k6_script_free(&rig.script);
    registry_free(&rig.registry);
    free(rig.setup_data);
    read_log(&rig);
}

void rig_result_done(struct rig_result *result)
{
    strbuf_done(&result->log);
    strbuf_done(&result->failed);
    strbuf_done(&result->summary);
}
