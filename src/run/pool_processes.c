/* SPDX-License-Identifier: Apache-2.0
 *
 * Workers that are processes: a locustfile's. The interpreter is there already and waits (see
 * source_locust.c); from here on come its messages and, straight from each worker, snapshots in
 * their encoding. One thread: the run's, which polls an epoll descriptor that stands for them all.
 */
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "load/control.h"
#include "load/plan.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "run/bridge.h"
#include "run/collector.h"
#include "run/pool.h"
#include "run/run_private.h"
#include "run/source_locust.h"

enum {
    END_WITHIN_MS = 15000, /* of an interpreter that said it is through */
    EVENTS = 16,
    END_TEXT = 80,
};

/* Users leave a little before the load is over. */
static const nsec_t DESERTED_NS = NSEC_PER_SEC;

/* Which of the connections an event is about: a stream's number, or one of these. */
enum {
    EVENT_CONTROL = -1,
    EVENT_EXIT = -2,
};

struct stream_state {
    bool introduced; /* the dictionary came */
    nsec_t last_ns;  /* end of the last snapshot */
};

struct process_pool {
    struct pool base;
    struct bridge *bridge; /* the source's */
    struct stream_state *streams;
    struct recorder *recorder; /* users: the gauges of several workers do not add up */
    nsec_t next_cut_ns;
    bool stop_sent, ended; /* `ended`: the interpreter said so, or is gone */
    int64_t users;
    nsec_t deserted_ns; /* since when there is no user; of use while `users` is 0 */
    nsec_t alone_ns;    /* how long that was when the load was over */
    nsec_t *cpu_ns;     /* of the interpreter, then of each worker */
    json_t *report;     /* the "ended" message; NULL: none came */
};

static struct process_pool *of(const struct pool *pool)
{
    return CONTAINER_OF(pool, struct process_pool, base);
}

/* Something went wrong that the run survives; the first decides the exit code. */
static PRINTF_LIKE(3, 4) void fail(struct process_pool *pool, int code, const char *fmt, ...)
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

/* Users */

static struct scenario_counters *counters_of(struct process_pool *pool)
{
    return &pool->base.run->control->scenarios[0];
}

static void set_users(struct process_pool *pool, int64_t users)
{
    struct control *control = pool->base.run->control;
    control_count_active(control, counters_of(pool), (int)(users - pool->users));
    if (pool->users > 0 && users == 0)
        pool->deserted_ns = clock_now(clock_monotonic());
    pool->users = users;
    if (users > atomic_load(&control->vus_initialized))
        atomic_store(&control->vus_initialized, users);
}

static void record_users(struct process_pool *pool)
{
    double initialized = (double)atomic_load(&pool->base.run->control->vus_initialized);
    recorder_add(pool->recorder, METRIC_VUS, NULL, (double)pool->users);
    recorder_add(pool->recorder, METRIC_VUS_MAX, NULL, initialized);
}

static void cut(struct process_pool *pool, nsec_t now_ns)
{
    struct snapshot *snapshot = recorder_cut(pool->recorder, now_ns);
    collector_push(pool->base.run->collector, pool->recorder, snapshot);
}

static void cut_if_due(struct process_pool *pool)
{
    nsec_t now_ns = clock_now(clock_monotonic());
    if (now_ns < pool->next_cut_ns)
        return;
    record_users(pool);
    cut(pool, now_ns);
    while (pool->next_cut_ns <= now_ns)
        pool->next_cut_ns += NSEC_PER_SEC;
}

/* For the progress. */
static void count_iterations(struct process_pool *pool)
{
    const struct run *run = pool->base.run;
    uint32_t series = registry_metric(run->config->registry, METRIC_ITERATIONS)->series_id;
    const struct sink *sink = snapshot_sink(collector_total(run->collector), series);
    atomic_store(&counters_of(pool)->completed, sink ? (int64_t)sink->sum : 0);
}

/* Snapshots */

/* A worker knows only of its own users. */
static void forget_gauge(struct snapshot *snapshot, enum builtin_metric metric)
{
    snapshot->sinks[registry_metric(snapshot->registry, metric)->series_id].touched = false;
}

static int take_snapshot(struct process_pool *pool, struct stream_state *state, struct span payload)
{
    struct snapshot *snapshot = snapshot_new(pool->base.run->config->registry);
    if (snapshot_decode(snapshot, &payload) < 0 || payload.len) {
        snapshot_free(&snapshot);
        return -1;
    }
    state->last_ns = snapshot->end_ns;
    forget_gauge(snapshot, METRIC_VUS);
    forget_gauge(snapshot, METRIC_VUS_MAX);
    collector_push(pool->base.run->collector, NULL, snapshot);
    return 0;
}

static int take_frame(struct process_pool *pool, struct stream_state *state,
                      const struct frame *frame)
{
    struct span payload = frame->payload;
    if (state->introduced)
        return frame->type == FRAME_SNAPSHOT ? take_snapshot(pool, state, payload) : -1;
    state->introduced = frame->type == FRAME_DICTIONARY &&
                        snapshot_decode_dictionary(pool->base.run->config->registry, &payload) == 0;
    return state->introduced ? 0 : -1;
}

/* What cannot be understood would be missing in the figures: there is no test without it. */
static void refuse_stream(struct process_pool *pool, unsigned index)
{
    static const char MESSAGE[] =
        "the figures of a Python worker cannot be read: program and Python package are of "
        "different "
        "versions; install KeneyPerf whole, or correct KENEYPERF_PYTHON_PACKAGE";
    frame_reader_done(&pool->bridge->streams[index]);
    control_abort(pool->base.run->control, ABORT_BY_EXCEPTION, MESSAGE, sizeof(MESSAGE) - 1);
}

static void take_stream(struct process_pool *pool, unsigned index)
{
    struct frame_reader *reader = &pool->bridge->streams[index];
    struct frame frame;
    enum step step;
    frame_reader_fill(reader);
    while ((step = frame_reader_next(reader, &frame)) == STEP_DONE) {
        if (take_frame(pool, &pool->streams[index], &frame) < 0) {
            refuse_stream(pool, index);
            return;
        }
    }
    if (step == STEP_FAILED)
        refuse_stream(pool, index);
}

/* Processor time */

static nsec_t clock_of_process(pid_t pid)
{
    clockid_t clock;
    struct timespec spent;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &spent) != 0)
        return 0;
    return spent.tv_sec * NSEC_PER_SEC + spent.tv_nsec;
}

/* As long as the load lasts; the dead keep what they were last seen with. */
static void note_cpu(struct process_pool *pool)
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
    set_users(pool, json_integer_value(json_object_get(message, "count")));
    record_users(pool);
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
    fail(
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
    note_cpu(pool);
    pool->base.end_ns = clock_now(clock_monotonic());
    pool->alone_ns = pool->users == 0 ? pool->base.end_ns - pool->deserted_ns : 0;
}

static void on_ended(struct process_pool *pool, const json_t *message)
{
    const json_t *code = json_object_get(message, "exit_code");
    struct control *control = pool->base.run->control;
    note_cpu(pool);
    pool->ended = true;
    pool->report = json_incref((json_t *)message);
    if (json_is_integer(code) && json_integer_value(code) != 0) {
        log_printf(pool->base.run->config->log, LOG_ERROR,
                   "the locustfile set process_exit_code to %d", (int)json_integer_value(code));
        control_fail(control);
    }
    if (json_is_false(json_object_get(message, "spawned")) &&
        atomic_load(&control->vus_peak) == 0 && atomic_load(&control->abort_reason) == ABORT_NONE)
        fail(pool, EXIT_SCRIPT_EXCEPTION, "no user could be started; why stands above");
    if (json_is_true(json_object_get(message, "unhandled")))
        fail(pool, EXIT_SCRIPT_EXCEPTION,
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

static void take_message(struct process_pool *pool, struct span json)
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

static void take_control(struct process_pool *pool)
{
    struct frame frame;
    frame_reader_fill(&pool->bridge->control);
    while (frame_reader_next(&pool->bridge->control, &frame) == STEP_DONE)
        take_message(pool, frame.payload);
}

/* What is still in the connections of those that ended. */
static void drain(struct process_pool *pool)
{
    for (unsigned i = 0; i < pool->bridge->stream_count; i++) {
        struct pollfd fd = {.fd = pool->bridge->streams[i].fd, .events = POLLIN};
        while (pool->bridge->streams[i].fd >= 0 && poll(&fd, 1, 0) > 0)
            take_stream(pool, i);
    }
}

static void say_death(struct process_pool *pool)
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

/* The process has ended; what it said before is still in the connections. */
static void take_exit(struct process_pool *pool)
{
    take_control(pool);
    drain(pool);
    if (!bridge_reap(pool->bridge, 0) || pool->ended)
        return;
    pool->ended = true;
    say_death(pool);
}

static void take_event(struct process_pool *pool, int which)
{
    if (which == EVENT_CONTROL)
        take_control(pool);
    else if (which == EVENT_EXIT)
        take_exit(pool);
    else
        take_stream(pool, (unsigned)which);
}

static void tell(struct process_pool *pool, const char *type)
{
    char text[40];
    int len = snprintf(text, sizeof(text), "{\"type\":\"%s\"}", type);
    /* Nobody there: its exit is an event of its own. */
    int sent = bridge_send(pool->bridge, span_of(text, (size_t)len));
    (void)sent;
}

static void take_events(struct process_pool *pool, int timeout_ms)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(pool->base.fd, events, EVENTS, timeout_ms);
    for (int i = 0; i < count; i++)
        take_event(pool, (int)(int32_t)events[i].data.u32);
}

static void turn(struct pool *base)
{
    struct process_pool *pool = of(base);
    if (!pool->stop_sent && atomic_load(&base->run->control->state) == CONTROL_STOPPING) {
        pool->stop_sent = true;
        tell(pool, "stop");
    }
    take_events(pool, 0);
    cut_if_due(pool);
    note_cpu(pool);
    count_iterations(pool);
}

/* The life of the pool */

/* The interpreter is there since the file was loaded. */
static int make(struct pool *base, struct error *err)
{
    return 0;
}

static void begin(struct pool *base)
{
    struct process_pool *pool = of(base);
    nsec_t now_ns = clock_now(clock_monotonic());
    control_start(base->run->control, now_ns);
    recorder_begin(pool->recorder, now_ns);
    pool->next_cut_ns = now_ns + NSEC_PER_SEC;
    pool->deserted_ns = now_ns;
    if (atomic_load(&base->run->control->state) == CONTROL_RUNNING)
        tell(pool, "start");
}

static bool has_ended(const struct pool *base)
{
    return of(base)->ended;
}

static void give_up(struct pool *base)
{
    struct process_pool *pool = of(base);
    pool->ended = true;
    fail(
        pool, EXIT_TIMEOUT,
        "the locustfile does not return: Python process %d was told to stop and did not, so it was "
        "killed, and what it did since its last figures is not counted; look for a loop without "
        "end, or for a call that gevent cannot interrupt",
        (int)pool->bridge->pid);
    bridge_kill(pool->bridge);
}

/* It may still have figures to send, so its connections are read meanwhile. */
static void await_exit(struct process_pool *pool)
{
    nsec_t until_ns = clock_now(clock_monotonic()) + END_WITHIN_MS * NSEC_PER_MSEC, now_ns;
    while (!pool->bridge->reaped && (now_ns = clock_now(clock_monotonic())) < until_ns)
        take_events(pool, (int)((until_ns - now_ns) / NSEC_PER_MSEC) + 1);
}

static void join(struct pool *base)
{
    struct process_pool *pool = of(base);
    if (!pool->ended)
        tell(pool, "stop");
    pool->ended = true;
    frame_reader_done(&pool->bridge->control); /* its end is the word to leave */
    await_exit(pool);
    if (!pool->bridge->reaped) {
        fail(
            pool, EXIT_TIMEOUT,
            "Python process %d did not end with the test and was killed; look for threads and exit "
            "handlers of the locustfile that wait",
            (int)pool->bridge->pid);
        bridge_kill(pool->bridge);
        bridge_reap(pool->bridge, -1);
    }
    drain(pool);
    set_users(pool, 0);
    cut(pool, clock_now(clock_monotonic()));
    collector_drain(base->run->collector);
    count_iterations(pool);
}

static nsec_t cpu_ns(const struct pool *base)
{
    struct process_pool *pool = of(base);
    nsec_t sum = 0;
    note_cpu(pool);
    for (size_t i = 0; i <= pool->bridge->worker_count; i++)
        sum += pool->cpu_ns[i];
    return sum;
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

static void add_notes(const struct pool *base, struct notes *notes)
{
    const json_t *report = of(base)->report;
    size_t i;
    json_t *sentence;
    long long lost = json_integer_value(json_object_get(report, "lost_samples"));
    if (base->failure.code)
        run_add_note(notes, "%s", base->failure.message);
    note_desertion(of(base), notes);
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

static void free_pool(struct pool *base)
{
    struct process_pool *pool = of(base);
    recorder_free(&pool->recorder);
    json_decref(pool->report);
    if (base->fd >= 0)
        close(base->fd);
    free(pool->streams);
    free(pool->cpu_ns);
    free(pool);
}

static const struct pool_ops PROCESSES = {
    .make = make,
    .begin = begin,
    .turn = turn,
    .has_ended = has_ended,
    .give_up = give_up,
    .join = join,
    .cpu_ns = cpu_ns,
    .add_notes = add_notes,
    .free = free_pool,
};

static int watch(struct process_pool *pool, int fd, int which)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)which};
    return epoll_ctl(pool->base.fd, EPOLL_CTL_ADD, fd, &event);
}

static int watch_all(struct process_pool *pool)
{
    pool->base.fd = epoll_create1(EPOLL_CLOEXEC);
    if (pool->base.fd < 0 || watch(pool, pool->bridge->control.fd, EVENT_CONTROL) < 0 ||
        watch(pool, pool->bridge->pid_fd, EVENT_EXIT) < 0)
        return -1;
    for (unsigned i = 0; i < pool->bridge->stream_count; i++) {
        if (watch(pool, pool->bridge->streams[i].fd, (int)i) < 0)
            return -1;
    }
    return 0;
}

struct pool *pool_processes_new(struct run *run, struct error *err)
{
    struct process_pool *pool = NEW(struct process_pool);
    pool->base = (struct pool){.ops = &PROCESSES, .run = run, .fd = -1};
    pool->bridge = run->config->script->bridge;
    pool->streams = NEW_ARRAY(struct stream_state, pool->bridge->stream_count);
    pool->cpu_ns = NEW_ARRAY(nsec_t, pool->bridge->worker_count + 1);
    pool->recorder = recorder_new(run->config->registry, pool->bridge->stream_count);
    if (watch_all(pool) == 0)
        return &pool->base;
    error_set(err, EXIT_USAGE,
              "the Python process cannot be watched: %s; more descriptors: ulimit -n",
              strerror(errno));
    free_pool(&pool->base);
    return NULL;
}
