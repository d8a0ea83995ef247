/* SPDX-License-Identifier: Apache-2.0
 *
 * What the interpreter of a locustfile says, and what the run makes of it.
 */
#include "run/process_report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "load/control.h"
#include "load/plan.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "run/bridge.h"
#include "run/collector.h"
#include "run/run_private.h"
#include "run/source_locust.h"

enum {
    END_TEXT = 80,
};

/* Users leave a little before the load is over. */
static const nsec_t DESERTED_NS = NSEC_PER_SEC;

struct process_pool *process_pool_of(const struct pool *pool)
{
    return CONTAINER_OF(pool, struct process_pool, base);
}

/* Something went wrong that the run survives; the first decides the exit code. */
void process_report_fail(struct process_pool *pool, int code, const char *fmt, ...)
{
    struct error err = {0};
    va_list args;
    va_start(args, fmt);
    error_vset(&err, code, fmt, args);
    va_end(args);
    log_printf(pool->base.run->config->log, LOG_ERROR, "%s", err.message);
    if (!pool->base.failure.code)
        pool->base.failure = err;
}

static double seconds_since(nsec_t then_ns)
{
    return (double)(clock_now(clock_monotonic()) - then_ns) / 1e9;
}

static double load_seconds(const struct process_pool *pool)
{
    return seconds_since(atomic_load(&pool->base.run->control->start_ns));
}

static struct scenario_counters *counters_of(struct process_pool *pool)
{
    return &pool->base.run->control->scenarios[0];
}

void process_report_set_users(struct process_pool *pool, int64_t users)
{
    struct control *control = pool->base.run->control;
    control_count_active(control, counters_of(pool), (int)(users - pool->users));
    if (pool->users > 0 && users == 0)
        pool->deserted_ns = clock_now(clock_monotonic());
    pool->users = users;
    if (users > atomic_load(&control->vus_initialized))
        atomic_store(&control->vus_initialized, users);
}

void process_report_users(struct process_pool *pool)
{
    double initialized = (double)atomic_load(&pool->base.run->control->vus_initialized);
    recorder_add(pool->recorder, METRIC_VUS, NULL, (double)pool->users);
    recorder_add(pool->recorder, METRIC_VUS_MAX, NULL, initialized);
}

/* For the progress. */
void process_report_iterations(struct process_pool *pool)
{
    const struct run *run = pool->base.run;
    const struct sink *sink = snapshot_metric(collector_total(run->collector), METRIC_ITERATIONS);
    atomic_store(&counters_of(pool)->completed, sink ? (int64_t)sink->sum : 0);
}

static nsec_t clock_of_process(pid_t pid)
{
    clockid_t clock;
    struct timespec spent;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &spent) != 0)
        return 0;
    return spent.tv_sec * NSEC_PER_SEC + spent.tv_nsec;
}

/* As long as the load lasts; the dead keep what they were last seen with. */
void process_report_cpu(struct process_pool *pool)
{
    const struct bridge *bridge = pool->bridge;
    if (pool->ended || pool->base.end_ns)
        return;
    pool->cpu_ns[0] = MAX_OF(pool->cpu_ns[0], clock_of_process(bridge->pid));
    for (size_t i = 0; i < bridge->worker_count; i++) {
        if (bridge->worker_pids[i] != bridge->pid)
            pool->cpu_ns[i + 1] =
                MAX_OF(pool->cpu_ns[i + 1], clock_of_process(bridge->worker_pids[i]));
    }
}

/* Messages */

static void on_users(struct process_pool *pool, const json_t *message)
{
    process_report_set_users(pool, json_integer_value(json_object_get(message, "count")));
    process_report_users(pool);
}

/* What of a worker's doing is missing in the figures. */
static const char *uncounted(nsec_t last_ns, char *buf, size_t size)
{
    if (last_ns)
        snprintf(buf, size, "what it did in its last %.1f s is not counted",
                 seconds_since(last_ns));
    else
        snprintf(buf, size, "nothing of what it did is counted");
    return buf;
}

/* One of several workers is gone; its parent tells how. */
static void on_lost(struct process_pool *pool, const json_t *message)
{
    char death[END_TEXT], missing[END_TEXT];
    int signal = (int)json_integer_value(json_object_get(message, "signal"));
    int code = (int)json_integer_value(json_object_get(message, "exit_code"));
    size_t worker = (size_t)json_integer_value(json_object_get(message, "worker"));
    nsec_t last_ns = worker < pool->bridge->stream_count ? pool->streams[worker].last_ns : 0;
    process_report_fail(
        pool, EXIT_SCRIPT_EXCEPTION,
        "the worker process %lld %s after %.1f s of the load: its %lld users are gone, and %s; the "
        "test goes on with the others and fails at its end",
        (long long)json_integer_value(json_object_get(message, "pid")),
        bridge_death_text(signal, code, death, sizeof(death)), load_seconds(pool),
        (long long)json_integer_value(json_object_get(message, "users")),
        uncounted(last_ns, missing, sizeof(missing)));
}

/* What comes until its end is no part of the load. */
static void on_stopped(struct process_pool *pool, const json_t *message)
{
    process_report_cpu(pool);
    pool->base.end_ns = clock_now(clock_monotonic());
    pool->alone_ns = pool->users == 0 ? pool->base.end_ns - pool->deserted_ns : 0;
}

static void on_ended(struct process_pool *pool, const json_t *message)
{
    const json_t *code = json_object_get(message, "exit_code");
    struct control *control = pool->base.run->control;
    process_report_cpu(pool);
    pool->ended = true;
    json_decref(pool->report);
    pool->report = json_incref((json_t *)message);
    if (json_is_integer(code) && json_integer_value(code) != 0) {
        log_printf(pool->base.run->config->log, LOG_ERROR,
                   "the locustfile set process_exit_code to %d", (int)json_integer_value(code));
        control_fail(control);
    }
    if (json_is_false(json_object_get(message, "spawned")) &&
        atomic_load(&control->vus_peak) == 0 && atomic_load(&control->abort_reason) == ABORT_NONE)
        process_report_fail(pool, EXIT_SCRIPT_EXCEPTION,
                            "no user could be started; why stands above");
    if (json_is_true(json_object_get(message, "unhandled")))
        process_report_fail(
            pool, EXIT_SCRIPT_EXCEPTION,
            "an event handler or a greenlet of the locustfile raised an exception, which stands "
            "above; catch it there");
}

/* The file was fine when it was loaded; its workers may have found something wrong since. */
static void on_failed(struct process_pool *pool, const json_t *message)
{
    const char *text = json_string_value(json_object_get(message, "message"));
    text = text ? text : "the locustfile failed";
    control_abort(pool->base.run->control, ABORT_BY_EXCEPTION, text, strlen(text));
}

void process_report_take(struct process_pool *pool, struct span json)
{
    static const struct {
        const char *type;
        void (*fn)(struct process_pool *pool, const json_t *message);
    } HANDLERS[] = {{"users", on_users},
                    {"lost", on_lost},
                    {"stopped", on_stopped},
                    {"ended", on_ended},
                    {"failed", on_failed}};

    json_t *message = json_loadb(json.ptr, json.len, 0, NULL);
    const char *type = json_string_value(json_object_get(message, "type"));
    for (size_t i = 0; type && i < COUNT_OF(HANDLERS); i++) {
        if (strcmp(type, HANDLERS[i].type) == 0)
            HANDLERS[i].fn(pool, message);
    }
    source_locust_log(message, pool->base.run->config->log);
    json_decref(message);
}

void process_report_death(struct process_pool *pool)
{
    struct control *control = pool->base.run->control;
    char death[END_TEXT], missing[END_TEXT], text[sizeof(control->message)];
    nsec_t last_ns = NSEC_NEVER;
    for (unsigned i = 0; i < pool->bridge->stream_count; i++)
        last_ns = MIN_OF(last_ns, pool->streams[i].last_ns);
    int len = snprintf(
        text, sizeof(text),
        "the Python process %d %s after %.1f s of the load: its %lld users are gone, "
        "and %s",
        (int)pool->bridge->pid, bridge_end_text(pool->bridge, death, sizeof(death)),
        load_seconds(pool), (long long)pool->users, uncounted(last_ns, missing, sizeof(missing)));
    control_abort(control, ABORT_BY_EXCEPTION, text, (size_t)len);
    /* Whoever interrupted it before must know it too. */
    if (atomic_load(&control->abort_reason) != ABORT_BY_EXCEPTION)
        log_line(pool->base.run->config->log, LOG_ERROR, NULL, span_of(text, (size_t)len));
}

/* Shapes and stages may want nobody for a while. */
static bool wants_users(const struct scenario *scenario)
{
    return !scenario->shape &&
           (!scenario->stage_count || scenario->stages[scenario->stage_count - 1].target > 0);
}

static void note_desertion(const struct process_pool *pool, struct notes *notes)
{
    const struct run *run = pool->base.run;
    if (pool->alone_ns > DESERTED_NS && wants_users(&run->config->plan->scenarios[0]))
        run_add_note(notes,
                     "no user was left for the last %.1f s of the load: all had ended, by StopUser "
                     "or by an exception in on_start; rates are about the whole load",
                     (double)pool->alone_ns / 1e9);
}

void process_report_notes(const struct pool *base, struct notes *notes)
{
    const json_t *report = process_pool_of(base)->report;
    size_t i;
    json_t *sentence;
    long long lost = json_integer_value(json_object_get(report, "lost_samples"));
    if (base->failure.code)
        run_add_note(notes, "%s", base->failure.message);
    note_desertion(process_pool_of(base), notes);
    json_array_foreach(json_object_get(report, "blocking"), i, sentence)
    {
        run_add_note(notes, "%s", json_string_value(sentence));
    }
    if (lost > 0)
        run_add_note(
            notes,
            "%lld requests with catch_response=True were never judged, because their "
            "response was used without `with` or its block was left by an exception: Locust "
            "leaves such requests out, here they are counted",
            lost);
}
