/* SPDX-License-Identifier: Apache-2.0
 *
 * The closed model without a script: a worker thread with one session per connection. The client,
 * the loop and the recorder live on that thread alone; the struct itself is read by others only
 * after the join.
 */
#include "load/repeater.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "metrics/tags.h"

struct lane {
    struct repeater *repeater;
    struct session *session;
    struct repeat repeat;
    bool active;
};

struct repeater {
    struct repeater_config config;
    pthread_t thread;
    struct loop *loop;
    struct tag_table *tags;
    struct recorder *recorder;
    struct client *client;
    struct lane *lanes;
    unsigned active;
    uint64_t sent; /* requests begun, against config.requests */
    struct timer end, tick;
    nsec_t next_tick_ns;
    struct waker stop;
    struct repeater_tally tally;
    struct client_counts counts;
    nsec_t cpu_ns;
};

static void lane_ended(struct lane *lane)
{
    struct repeater *repeater = lane->repeater;
    lane->active = false;
    if (--repeater->active == 0)
        loop_stop(repeater->loop);
}

static bool on_response(struct repeat *repeat, enum outcome outcome, int status,
                        const struct timings *timings)
{
    struct lane *lane = repeat->arg;
    struct repeater *repeater = lane->repeater;
    repeater->tally.by_outcome[outcome]++;
    if (status > 0 && status < REPEATER_STATUS_MAX)
        repeater->tally.by_status[status]++;
    if (repeater->config.requests && repeater->sent >= repeater->config.requests) {
        lane_ended(lane);
        return false;
    }
    repeater->sent++;
    return true;
}

static void stop_all(struct repeater *repeater)
{
    for (unsigned i = 0; i < repeater->config.connections; i++) {
        struct lane *lane = &repeater->lanes[i];
        if (!lane->active)
            continue;
        repeat_stop(&lane->repeat);
        lane_ended(lane);
    }
}

static void on_end(struct timer *timer)
{
    stop_all(CONTAINER_OF(timer, struct repeater, end));
}

static void on_stop(struct waker *waker)
{
    stop_all(CONTAINER_OF(waker, struct repeater, stop));
}

static void cut_snapshot(struct repeater *repeater)
{
    const struct client_counts *counts = client_counts(repeater->client);
    struct recorder *recorder = repeater->recorder;
    recorder_add(recorder, METRIC_LOOP_LAG, NULL, nsec_to_ms(loop_take_lag(repeater->loop)));
    recorder_add(recorder, METRIC_DATA_SENT, NULL,
                 (double)(counts->bytes_sent - repeater->counts.bytes_sent));
    recorder_add(recorder, METRIC_DATA_RECEIVED, NULL,
                 (double)(counts->bytes_received - repeater->counts.bytes_received));
    repeater->counts = *counts;
    struct snapshot *snapshot = recorder_cut(recorder, clock_now(loop_clock(repeater->loop)));
    repeater->config.on_snapshot(repeater->config.arg, recorder, snapshot);
}

static void on_tick(struct timer *timer)
{
    struct repeater *repeater = CONTAINER_OF(timer, struct repeater, tick);
    cut_snapshot(repeater);
    repeater->next_tick_ns += NSEC_PER_SEC;
    timer_set(timer, repeater->next_tick_ns);
}

static void start_lane(struct repeater *repeater, struct lane *lane)
{
    const struct repeater_config *config = &repeater->config;
    *lane = (struct lane){.repeater = repeater, .session = session_new(repeater->client)};
    if (config->requests && repeater->sent >= config->requests)
        return;
    repeater->sent++;
    repeater->active++;
    lane->active = true;
    lane->repeat = (struct repeat){
        .message = config->message,
        .url = config->url,
        .method = config->method,
        .on_response = on_response,
        .arg = lane,
        .timeout_ns = config->timeout_ns,
    };
    repeat_start(lane->session, &lane->repeat);
}

static nsec_t thread_cpu_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (nsec_t)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* Their descriptors may be what the report needs. */
static void close_sessions(struct repeater *repeater)
{
    for (unsigned i = 0; i < repeater->config.connections; i++)
        session_free(&repeater->lanes[i].session);
}

static void *repeater_main(void *arg)
{
    struct repeater *repeater = arg;
    nsec_t now = clock_now(loop_clock(repeater->loop));
    if (repeater->config.duration_ns != NSEC_NEVER)
        timer_set(&repeater->end, now + repeater->config.duration_ns);
    repeater->next_tick_ns = now + NSEC_PER_SEC;
    timer_set(&repeater->tick, repeater->next_tick_ns);
    recorder_begin(repeater->recorder, now);
    for (unsigned i = 0; i < repeater->config.connections; i++)
        start_lane(repeater, &repeater->lanes[i]);
    loop_run(repeater->loop);
    cut_snapshot(repeater);
    close_sessions(repeater);
    repeater->cpu_ns = thread_cpu_ns();
    repeater->config.on_end(repeater->config.arg);
    return NULL;
}

static int make_parts(struct repeater *repeater, struct error *err)
{
    const struct repeater_config *config = &repeater->config;
    repeater->loop = loop_new(clock_monotonic(), err);
    if (!repeater->loop)
        return -1;
    waker_init(&repeater->stop, repeater->loop, on_stop);
    timer_init(&repeater->end, repeater->loop, "repeater end", on_end);
    timer_init(&repeater->tick, repeater->loop, "repeater tick", on_tick);
    repeater->tags = tag_table_new(config->registry);
    repeater->recorder = recorder_new(config->registry, config->index);
    repeater->client =
        client_new(repeater->loop, repeater->recorder, repeater->tags, config->client, err);
    return repeater->client ? 0 : -1;
}

struct repeater *repeater_start(const struct repeater_config *config, struct error *err)
{
    AUTO(repeater_free) struct repeater *repeater = NEW(struct repeater);
    repeater->config = *config;
    repeater->lanes = NEW_ARRAY(struct lane, config->connections);
    if (make_parts(repeater, err) < 0)
        return NULL;
    int failed = pthread_create(&repeater->thread, NULL, repeater_main, repeater);
    if (failed) {
        error_set(err, EXIT_USAGE,
                  "a worker thread could not be started: %s; use fewer --workers or raise the "
                  "limit on threads (ulimit -u)",
                  strerror(failed));
        return NULL;
    }
    return TAKE(repeater);
}

void repeater_stop(struct repeater *repeater)
{
    waker_wake(&repeater->stop);
}

void repeater_join(struct repeater *repeater)
{
    pthread_join(repeater->thread, NULL);
}

const struct repeater_tally *repeater_tally(const struct repeater *repeater)
{
    return &repeater->tally;
}

const struct client_counts *repeater_counts(const struct repeater *repeater)
{
    return client_counts(repeater->client);
}

nsec_t repeater_cpu_ns(const struct repeater *repeater)
{
    return repeater->cpu_ns;
}

void repeater_free(struct repeater **ptr)
{
    struct repeater *repeater = TAKE(*ptr);
    if (!repeater)
        return;
    close_sessions(repeater);
    client_free(&repeater->client);
    recorder_free(&repeater->recorder);
    tag_table_free(&repeater->tags);
    if (repeater->loop) {
        waker_done(&repeater->stop);
        timer_done(&repeater->end);
        timer_done(&repeater->tick);
    }
    loop_free(&repeater->loop);
    free(repeater->lanes);
    free(repeater);
}
