/* SPDX-License-Identifier: Apache-2.0
 *
 * A worker's life: it makes its users one after another, waits for the start, runs its share of
 * every scenario, hands over a snapshot each second, and ends when nothing runs any more.
 */
#include "load/worker.h"

#include <stdlib.h>
#include <sys/prctl.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "load/load_private.h"
#include "loop/coro.h"
#include "metrics/recorder.h"
#include "metrics/tags.h"

/* Users that run between two looks at the sockets. */
enum {
    READY_BATCH = 16
};

#define MANY_TAG_SETS 100000

struct waiter {
    struct list link;
    struct scenario_run *run;
    int64_t slot;
};

static int control_state(const struct worker *worker)
{
    return atomic_load(&worker->config.control->state);
}

static void run_ready(struct deferred *deferred)
{
    struct worker *worker = CONTAINER_OF(deferred, struct worker, run_ready);
    for (int i = 0; i < READY_BATCH; i++) {
        struct list *link = list_pop_front(&worker->ready);
        if (!link)
            return;
        vu_resume(CONTAINER_OF(link, struct vu, ready));
    }
    if (!list_empty(&worker->ready))
        loop_defer(worker->loop, &worker->run_ready);
}

bool worker_keeps_tags(const struct worker *worker, enum builtin_metric metric)
{
    return worker->config.tap || worker->config.plan->client.keep_all_tags ||
           registry_metric(worker->config.registry, metric)->submetric_count > 0;
}

/* Users */

static void fail(struct worker *worker, const struct error *err)
{
    pthread_mutex_lock(&worker->mutex);
    if (worker->error.code == 0)
        worker->error = *err;
    pthread_mutex_unlock(&worker->mutex);
}

static void signal_ready(struct worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    worker->ready_or_failed = true;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
}

static void make_next(struct worker *worker)
{
    struct error err;
    if (worker->to_make == 0 || control_state(worker) == CONTROL_STOPPING) {
        worker->phase = WORKER_WAITING;
    } else if (vu_new(worker, NULL, &err)) {
        worker->to_make--;
    } else {
        fail(worker, &err);
        worker->phase = WORKER_ENDING;
    }
}

/* During the load a user that cannot be made ends the test: from then on the schedule could not be
 * kept for a reason that is not the system under test. */
static void growth_failed(struct scenario_run *run, int64_t slot, const struct error *err)
{
    struct span message = span_cstr(err->message);
    control_abort(run->worker->config.control, ABORT_BY_EXCEPTION, message.ptr, message.len);
    scenario_run_abort(run);
    scenario_run_lost(run, slot);
}

void worker_user_made(struct worker *worker, struct vu *vu, const struct error *err)
{
    if (!err)
        atomic_fetch_add(&worker->config.control->vus_initialized, 1);
    if (vu->run) {
        if (err)
            growth_failed(vu->run, vu->slot, err);
        else
            scenario_run_give(vu->run, vu->slot, vu);
        return;
    }
    if (err) {
        if (control_state(worker) != CONTROL_STOPPING)
            fail(worker, err);
        worker->phase = WORKER_ENDING;
        return;
    }
    worker_return_user(worker, vu);
    make_next(worker);
}

void worker_take_user(struct worker *worker, struct scenario_run *run, int64_t slot)
{
    struct list *link = list_pop_front(&worker->pool);
    if (link) {
        scenario_run_give(run, slot, CONTAINER_OF(link, struct vu, pool));
        return;
    }
    struct waiter *waiter = NEW(struct waiter);
    *waiter = (struct waiter){.run = run, .slot = slot};
    list_push_back(&worker->waiters, &waiter->link);
}

void worker_make_user(struct worker *worker, struct scenario_run *run, int64_t slot)
{
    if (worker->user_count >= worker->user_limit) {
        worker_take_user(worker, run, slot);
        return;
    }
    struct error err;
    struct vu *vu = vu_new(worker, NULL, &err);
    if (vu) {
        vu->run = run;
        vu->slot = slot;
    } else {
        growth_failed(run, slot, &err);
    }
}

/* Not inside of worker_return_user(): a scenario that has nothing left to do gives its user back at
 * once, and thousands of waiters would nest as deep as they are many. */
static void serve_waiters(struct deferred *deferred)
{
    struct worker *worker = CONTAINER_OF(deferred, struct worker, serve_waiters);
    while (!list_empty(&worker->waiters) && !list_empty(&worker->pool)) {
        struct list *link = list_pop_front(&worker->waiters);
        struct waiter waiter = *CONTAINER_OF(link, struct waiter, link);
        free(CONTAINER_OF(link, struct waiter, link));
        worker_take_user(worker, waiter.run, waiter.slot);
    }
}

void worker_return_user(struct worker *worker, struct vu *vu)
{
    vu->run = NULL;
    list_push_back(&worker->pool, &vu->pool);
    if (!list_empty(&worker->waiters))
        loop_defer(worker->loop, &worker->serve_waiters);
}

/* Snapshots */

void worker_cut(struct worker *worker, nsec_t now_ns)
{
    struct snapshot *snapshot = recorder_cut(worker->recorder, now_ns);
    worker->config.on_snapshot(worker->config.arg, worker, snapshot);
}

/* The sums over all workers, by one of them: merging gauges of several would not add them up. */
static void record_gauges(struct worker *worker)
{
    struct control *control = worker->config.control;
    if (worker->config.leaves_users_out || !control_take_tick(control, worker->next_snapshot_ns))
        return;
    recorder_add(worker->recorder, METRIC_VUS, worker->run_tags,
                 (double)atomic_load(&control->vus_active));
    recorder_add(worker->recorder, METRIC_VUS_MAX, worker->run_tags,
                 (double)atomic_load(&control->vus_initialized));
}

static void record_lag(struct worker *worker)
{
    recorder_add(worker->recorder, METRIC_LOOP_LAG, worker->run_tags,
                 nsec_to_ms(loop_take_lag(worker->loop)));
}

/* Every combination of tags is kept to the end, and a test that tags with ids makes them without
 * end. k6 warns from the same number on. */
static void warn_of_tags(struct worker *worker)
{
    struct control *control = worker->config.control;
    size_t all = tag_table_count(worker->tags) * worker->config.count; /* about */
    if (all > MANY_TAG_SETS && !atomic_exchange(&control->warned_of_tags, true))
        log_printf(worker->config.log, LOG_WARNING,
                   "The test has made about %zu different combinations of tags, which cost memory "
                   "for as long as it runs: do not tag with ids or other values of which there is "
                   "no end, and give URLs that hold some a `name` tag",
                   all);
}

static void on_snapshot_timer(struct timer *timer)
{
    struct worker *worker = CONTAINER_OF(timer, struct worker, snapshot_timer);
    nsec_t now_ns = clock_now(worker->config.clock);
    record_gauges(worker);
    record_lag(worker);
    warn_of_tags(worker);
    worker_cut(worker, now_ns);
    /* On one grid for all workers, whatever was missed. */
    while (worker->next_snapshot_ns <= now_ns)
        worker->next_snapshot_ns += worker->config.snapshot_interval_ns;
    timer_set(timer, worker->next_snapshot_ns);
}

void worker_begin_snapshots(struct worker *worker, nsec_t start_ns)
{
    worker->next_snapshot_ns = start_ns + worker->config.snapshot_interval_ns;
    timer_set(&worker->snapshot_timer, worker->next_snapshot_ns);
    recorder_begin(worker->recorder, start_ns);
    loop_take_lag(worker->loop); /* of the time before */
}

void worker_end_snapshots(struct worker *worker)
{
    timer_cancel(&worker->snapshot_timer);
    record_lag(worker);
}

/* Phases */

static void stop(struct worker *worker)
{
    if (worker->stopped)
        return;
    worker->stopped = true;
    for (size_t i = 0; worker->phase == WORKER_LOADING && i < worker->config.plan->scenario_count;
         i++)
        scenario_run_abort(&worker->runs[i]);
    /* Init code too: it may be in an endless loop. Not teardown(). */
    LIST_FOREACH (link, &worker->users) {
        struct vu *vu = CONTAINER_OF(link, struct vu, link);
        if (!vu->once || vu->once->heeds_abort)
            vu_interrupt(vu);
    }
}

void worker_heed_control(struct worker *worker)
{
    if (control_state(worker) == CONTROL_STOPPING)
        stop(worker);
}

static void on_wake(struct waker *waker)
{
    worker_heed_control(CONTAINER_OF(waker, struct worker, waker));
}

static void on_control_change(struct control_watcher *watcher)
{
    waker_wake(&CONTAINER_OF(watcher, struct worker, watcher)->waker);
}

void worker_run_ended(struct worker *worker)
{
    if (--worker->runs_left == 0)
        worker->phase = WORKER_ENDING;
}

static void make_users(struct worker *worker)
{
    const struct worker_config *config = &worker->config;
    worker->to_make = plan_worker_vus(config->plan, config->index, config->count, true);
    worker->user_limit = plan_worker_vus(config->plan, config->index, config->count, false);
    make_next(worker);
    while (worker->phase == WORKER_MAKING)
        loop_turn(worker->loop, NSEC_NEVER);
    signal_ready(worker);
}

static void load(struct worker *worker)
{
    size_t count = worker->config.plan->scenario_count;
    nsec_t start_ns = atomic_load(&worker->config.control->start_ns);
    worker->phase = count > 0 ? WORKER_LOADING : WORKER_ENDING;
    worker->runs_left = count;
    worker_begin_snapshots(worker, start_ns);
    for (size_t i = 0; i < count; i++)
        scenario_run_begin(&worker->runs[i], start_ns);
    while (worker->phase == WORKER_LOADING)
        loop_turn(worker->loop, NSEC_NEVER);
    worker_end_snapshots(worker);
}

static void dismiss_users(struct worker *worker)
{
    LIST_FOREACH (link, &worker->users) {
        struct vu *vu = CONTAINER_OF(link, struct vu, link);
        vu->leaving = true;
        vu_interrupt(vu);
    }
    while (worker->user_count > 0)
        loop_turn(worker->loop, NSEC_NEVER);
}

static void *worker_main(void *arg)
{
    struct worker *worker = arg;
    /* Timers to the nanosecond: the default slack would make every arrival 50 us late. */
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    make_users(worker);
    while (worker->phase == WORKER_WAITING && control_state(worker) == CONTROL_STARTING)
        loop_turn(worker->loop, NSEC_NEVER);
    if (worker->phase == WORKER_WAITING && control_state(worker) == CONTROL_RUNNING)
        load(worker);
    worker->phase = WORKER_ENDING;
    dismiss_users(worker);
    worker_cut(worker, clock_now(worker->config.clock));
    if (worker->config.on_end)
        worker->config.on_end(worker->config.arg, worker);
    return NULL;
}

/* Interface */

static const struct tag_set *plan_tags(struct worker *worker)
{
    const struct tag_set *tags = tag_set_empty(worker->tags);
    MAP_FOREACH (entry, &worker->config.plan->tags)
        tags = tag_set_with1(worker->tags, tags, entry->key, span_cstr(entry->value));
    return tags;
}

static void init_runs(struct worker *worker)
{
    size_t count = worker->config.plan->scenario_count;
    worker->runs = NEW_ARRAY(struct scenario_run, MAX_OF(count, (size_t)1));
    for (size_t i = 0; i < count; i++)
        scenario_run_init(&worker->runs[i], worker, i);
}

struct worker *worker_new(const struct worker_config *config, struct error *err)
{
    struct loop *loop = loop_new_on(config->clock, config->poller, err);
    if (!loop)
        return NULL;
    struct worker *worker = NEW(struct worker);
    worker->config = *config;
    worker->loop = loop;
    list_init(&worker->users);
    list_init(&worker->pool);
    list_init(&worker->ready);
    list_init(&worker->waiters);
    worker->run_ready.fn = run_ready;
    worker->serve_waiters.fn = serve_waiters;
    worker->recorder = recorder_new(config->registry, config->index);
    recorder_tap(worker->recorder, config->tap, config->tap_arg);
    worker->tags = tag_table_new(config->registry);
    worker->run_tags = plan_tags(worker);
    worker->coros = coro_pool_new(config->front_end ? config->front_end->stack_bytes : 0);
    pthread_mutex_init(&worker->mutex, NULL);
    pthread_cond_init(&worker->changed, NULL);
    timer_init(&worker->snapshot_timer, loop, "snapshot", on_snapshot_timer);
    waker_init(&worker->waker, loop, on_wake);
    worker->watcher.fn = on_control_change;
    control_watch(config->control, &worker->watcher);
    init_runs(worker);
    worker->client = client_new(loop, worker->recorder, worker->tags, &config->plan->client, err);
    if (!worker->client)
        worker_free(&worker);
    return worker;
}

void worker_free(struct worker **worker_ptr)
{
    struct worker *worker = TAKE(*worker_ptr);
    if (!worker)
        return;
    worker_join(worker);
    control_unwatch(worker->config.control, &worker->watcher);
    for (size_t i = 0; i < worker->config.plan->scenario_count; i++)
        scenario_run_done(&worker->runs[i]);
    free(worker->runs);
    struct list *link;
    while ((link = list_pop_front(&worker->waiters)))
        free(CONTAINER_OF(link, struct waiter, link));
    client_free(&worker->client);
    timer_done(&worker->snapshot_timer);
    waker_done(&worker->waker);
    deferred_cancel(&worker->run_ready);
    deferred_cancel(&worker->serve_waiters);
    coro_pool_free(&worker->coros);
    recorder_free(&worker->recorder);
    tag_table_free(&worker->tags);
    loop_free(&worker->loop);
    pthread_mutex_destroy(&worker->mutex);
    pthread_cond_destroy(&worker->changed);
    free(worker);
}

int worker_start(struct worker *worker, struct error *err)
{
    if (thread_start(&worker->thread, worker_main, worker, "a worker thread (see --workers)",
                     err) != 0)
        return -1;
    worker->started = true;
    return 0;
}

int worker_wait_ready(struct worker *worker, struct error *err)
{
    pthread_mutex_lock(&worker->mutex);
    while (!worker->ready_or_failed)
        pthread_cond_wait(&worker->changed, &worker->mutex);
    int result = worker->error.code ? -1 : 0;
    if (result < 0 && err)
        *err = worker->error;
    pthread_mutex_unlock(&worker->mutex);
    return result;
}

void worker_join(struct worker *worker)
{
    if (!worker->started)
        return;
    pthread_join(worker->thread, NULL);
    worker->started = false;
}

void worker_set_setup_data(struct worker *worker, struct span json)
{
    worker->config.setup_data = json;
}

struct recorder *worker_recorder(struct worker *worker)
{
    return worker->recorder;
}

const struct client_counts *worker_client_counts(const struct worker *worker)
{
    return client_counts(worker->client);
}
