/* SPDX-License-Identifier: Apache-2.0
 *
 * A virtual user: its coroutine from the first line of init code to the end of the test, and what
 * is recorded of each iteration.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "load/load_private.h"
#include "loop/coro.h"
#include "metrics/recorder.h"

/* Enough for an ordinary request and its answer, so that most iterations need one chunk. */
enum {
    ARENA_CHUNK_BYTES = 4096,
    GROUP_PATH_MAX_BYTES = 64 * 1024
};

static nsec_t now_of(const struct vu *vu)
{
    return clock_now(vu->worker->config.clock);
}

void vu_schedule(struct vu *vu)
{
    if (list_linked(&vu->ready))
        return;
    list_push_back(&vu->worker->ready, &vu->ready);
    loop_defer(vu->worker->loop, &vu->worker->run_ready);
}

void vu_suspend(struct vu *vu)
{
    vu->suspended = true;
    coro_yield();
}

void vu_interrupt(struct vu *vu)
{
    vu->interrupted = true;
    vu_schedule(vu);
}

void vu_assign(struct vu *vu, nsec_t intended_ns, int64_t index)
{
    vu->assigned = true;
    vu->interrupted = false;
    vu->intended_ns = intended_ns;
    vu->index = index;
    vu_schedule(vu);
}

void vu_record_bytes(struct vu *vu)
{
    uint64_t sent, received;
    session_take_bytes(vu->session, &sent, &received);
    recorder_add(vu->worker->recorder, METRIC_DATA_SENT, host_tags(vu), (double)sent);
    recorder_add(vu->worker->recorder, METRIC_DATA_RECEIVED, host_tags(vu), (double)received);
}

void vu_record_iteration(struct vu *vu, nsec_t start_ns, nsec_t end_ns)
{
    struct recorder *recorder = vu->worker->recorder;
    const struct tag_set *tags = host_tags(vu);
    nsec_t from_ns = start_ns;
    if (vu->intended_ns != INTENDED_NOW) {
        from_ns = vu->intended_ns;
        recorder_add(recorder, METRIC_ITERATION_LATENESS, tags, nsec_to_ms(start_ns - from_ns));
    }
    recorder_add(recorder, METRIC_ITERATION_DURATION, tags, nsec_to_ms(end_ns - from_ns));
    recorder_add(recorder, METRIC_ITERATIONS, tags, 1);
}

static void count_start(struct vu *vu)
{
    const struct plan *plan = vu->worker->config.plan;
    vu->started++;
    if (!vu->scenario_started)
        vu->scenario_started = NEW_ARRAY(uint64_t, plan->scenario_count);
    vu->scenario_started[vu->run->number]++;
    if (plan->client.system_tags & TAG_ITER)
        vu->tags = NULL;
}

/* True unless the iteration was interrupted. */
static bool run_iteration(struct vu *vu, nsec_t start_ns)
{
    const struct plan *plan = vu->worker->config.plan;
    count_start(vu);
    if (!plan->no_cookies_reset)
        session_clear_cookies(vu->session);
    vu->worker->config.front_end->vu_iterate(vu->instance, vu, vu->run->scenario);
    bool whole = !host_interrupted(vu);
    nsec_t end_ns = now_of(vu);
    host_cancel_calls(vu);
    if (vu->group.len > 0) {
        /* An interrupted group() never ended. */
        strbuf_reset(&vu->group);
        vu->tags = NULL;
    }
    if (plan->no_vu_connection_reuse)
        session_close_idle(vu->session);
    vu_record_bytes(vu);
    if (whole)
        vu_record_iteration(vu, start_ns, end_ns);
    arena_reset(&vu->arena);
    return whole;
}

static void iterate(struct vu *vu)
{
    nsec_t pace_ns = vu->worker->config.plan->min_iteration_duration_ns;
    vu->assigned = false;
    vu->suspended = false;
    list_remove(&vu->ready);
    nsec_t start_ns = now_of(vu);
    bool whole = !host_interrupted(vu) && run_iteration(vu, start_ns);
    /* A script that never waits must not keep the worker's other users from running. */
    if (!vu->suspended)
        host_yield(vu);
    nsec_t rest_ns = start_ns + pace_ns - now_of(vu);
    if (whole && rest_ns > 0)
        host_sleep(vu, rest_ns);
    scenario_run_idle(vu->run, vu->slot, !whole);
}

static void live(struct vu *vu)
{
    coro_trim(vu->coro); /* init code may have gone deep */
    while (!vu->leaving) {
        if (vu->assigned)
            iterate(vu);
        else
            vu_suspend(vu);
    }
}

static void run_once(struct vu *vu)
{
    struct once *once = vu->once;
    strbuf_add_span(&vu->group, once->group);
    once->fn(vu->instance, vu, once->arg);
    host_cancel_calls(vu);
    vu_record_bytes(vu);
}

static void vu_main(void *arg)
{
    struct vu *vu = arg;
    const struct worker_config *config = &vu->worker->config;
    struct error *err = NEW(struct error);
    vu->instance = config->front_end->vu_new(config->script, vu, err);
    host_cancel_calls(vu);
    arena_release(&vu->arena);
    if (!vu->instance && err->code == 0)
        error_set(err, EXIT_SCRIPT_EXCEPTION, "the init code was interrupted");
    if (!vu->once)
        worker_user_made(vu->worker, vu, vu->instance ? NULL : err);
    else if (!vu->instance)
        vu->once->error = *err;
    free(err);
    if (vu->instance) {
        if (vu->once)
            run_once(vu);
        else
            live(vu);
        config->front_end->vu_free(vu->instance);
    }
}

static void on_timer(struct timer *timer)
{
    vu_schedule(CONTAINER_OF(timer, struct vu, timer));
}

struct vu *vu_new_idle(struct worker *worker)
{
    struct vu *vu = NEW(struct vu);
    vu->worker = worker;
    vu->base_tags = worker->run_tags;
    arena_init(&vu->arena, ARENA_CHUNK_BYTES);
    strbuf_init(&vu->group, GROUP_PATH_MAX_BYTES);
    list_init(&vu->calls);
    timer_init(&vu->timer, worker->loop, "vu", on_timer);
    vu->session = session_new(worker->client);
    list_push_back(&worker->users, &vu->link);
    worker->user_count++;
    return vu;
}

struct vu *vu_new(struct worker *worker, struct once *once, struct error *err)
{
    struct vu *vu = vu_new_idle(worker);
    vu->coro = coro_new(worker->coros, vu_main, vu);
    if (!vu->coro) {
        coro_error(errno, err);
        vu_free(vu);
        return NULL;
    }
    vu->once = once;
    if (!once)
        vu->id = atomic_fetch_add(&worker->config.control->next_vu_id, 1);
    vu_schedule(vu);
    return vu;
}

void vu_free(struct vu *vu)
{
    if (vu->once)
        vu->once->over = true;
    list_remove(&vu->ready);
    list_remove(&vu->pool);
    list_remove(&vu->link);
    vu->worker->user_count--;
    session_free(&vu->session);
    timer_done(&vu->timer);
    arena_done(&vu->arena);
    strbuf_done(&vu->group);
    free(vu->scenario_started);
    free(vu);
}

void vu_resume(struct vu *vu)
{
    if (!coro_resume(vu->coro))
        vu_free(vu);
}
