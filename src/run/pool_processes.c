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
#include <sys/epoll.h>
#include <unistd.h>

#include "base/mem.h"
#include "load/control.h"
#include "load/plan.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "run/bridge.h"
#include "run/collector.h"
#include "run/process_report.h"
#include "run/run_private.h"

enum {
    END_WITHIN_MS = 15000, /* of an interpreter that said it is through */
    EVENTS = 16,
};

/* Which of the connections an event is about: a stream's number, or one of these. */
enum {
    EVENT_CONTROL = -1,
    EVENT_EXIT = -2,
};

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
    process_report_users(pool);
    cut(pool, now_ns);
    while (pool->next_cut_ns <= now_ns)
        pool->next_cut_ns += NSEC_PER_SEC;
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
static void refuse(struct process_pool *pool, struct frame_reader *reader)
{
    static const char MESSAGE[] =
        "what a Python process says cannot be read: program and Python package are of different "
        "versions; install KeneyPerf whole, or correct KENEYPERF_PYTHON_PACKAGE";
    frame_reader_done(reader);
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
            refuse(pool, reader);
            return;
        }
    }
    if (step == STEP_FAILED)
        refuse(pool, reader);
}

static void take_control(struct process_pool *pool)
{
    struct frame_reader *reader = &pool->bridge->control;
    struct frame frame;
    enum step step;
    frame_reader_fill(reader);
    while ((step = frame_reader_next(reader, &frame)) == STEP_DONE)
        process_report_take(pool, frame.payload);
    if (step == STEP_FAILED)
        refuse(pool, reader);
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

/* The process has ended; what it said before is still in the connections. */
static void take_exit(struct process_pool *pool)
{
    take_control(pool);
    drain(pool);
    if (!bridge_reap(pool->bridge, 0) || pool->ended)
        return;
    pool->ended = true;
    process_report_death(pool);
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
    struct process_pool *pool = process_pool_of(base);
    if (!pool->stop_sent && atomic_load(&base->run->control->state) == CONTROL_STOPPING) {
        pool->stop_sent = true;
        tell(pool, "stop");
    }
    take_events(pool, 0);
    cut_if_due(pool);
    process_report_cpu(pool);
    process_report_iterations(pool);
}

/* The life of the pool */

/* The interpreter is there since the file was loaded. */
static int make(struct pool *base, struct error *err)
{
    return 0;
}

static void begin(struct pool *base)
{
    struct process_pool *pool = process_pool_of(base);
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
    return process_pool_of(base)->ended;
}

static void give_up(struct pool *base)
{
    struct process_pool *pool = process_pool_of(base);
    pool->ended = true;
    process_report_fail(
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
    struct process_pool *pool = process_pool_of(base);
    if (!pool->ended)
        tell(pool, "stop");
    pool->ended = true;
    frame_reader_done(&pool->bridge->control); /* its end is the word to leave */
    await_exit(pool);
    if (!pool->bridge->reaped) {
        process_report_fail(
            pool, EXIT_TIMEOUT,
            "Python process %d did not end with the test and was killed; look for threads and exit "
            "handlers of the locustfile that wait",
            (int)pool->bridge->pid);
        bridge_kill(pool->bridge);
        bridge_reap(pool->bridge, -1);
    }
    drain(pool);
    process_report_set_users(pool, 0);
    cut(pool, clock_now(clock_monotonic()));
    collector_drain(base->run->collector);
    process_report_iterations(pool);
}

static nsec_t cpu_ns(const struct pool *base)
{
    struct process_pool *pool = process_pool_of(base);
    nsec_t sum = 0;
    process_report_cpu(pool);
    for (size_t i = 0; i <= pool->bridge->worker_count; i++)
        sum += pool->cpu_ns[i];
    return sum;
}

static void free_pool(struct pool *base)
{
    struct process_pool *pool = process_pool_of(base);
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
    .add_notes = process_report_notes,
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
