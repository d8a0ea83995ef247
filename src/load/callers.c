/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread of callers, and the turn from one call to the next.
 */
#include "load/callers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/thread.h"
#include "loop/loop.h"
#include "metrics/recorder.h"
#include "metrics/tags.h"

enum {
    ARENA_CHUNK_BYTES = 4096,
};

struct callers {
    struct callers_config config;
    pthread_t thread;
    bool has_thread;
    struct loop *loop;
    struct tag_table *tags;
    struct recorder *recorder; /* the client wants one; all requests are silent */
    struct client *client;
    const struct transport *transport;
    struct session *shared; /* NULL: each user has its own */
    struct caller *users;
    unsigned active;
    bool is_stopping;
    nsec_t begin_ns, end_ns;
    struct waker stop;
};

nsec_t callers_now_ns(const struct callers *callers)
{
    return clock_now(loop_clock(callers->loop));
}

nsec_t callers_begin_ns(const struct callers *callers)
{
    return callers->begin_ns;
}

static void retire(struct caller *caller)
{
    struct callers *callers = caller->callers;
    if (!caller->is_active)
        return;
    caller->is_active = false;
    if (--callers->active == 0)
        loop_stop(callers->loop);
}

static void call(struct caller *caller)
{
    struct callers *callers = caller->callers;
    arena_reset(&caller->arena);
    caller->calls++;
    caller->begun_ns = callers_now_ns(callers);
    callers->config.ops->begin(callers->config.state, caller);
    request_start(caller->session, &caller->request);
}

/* The tick that a call may begin on, which may be long past. */
static nsec_t next_tick_ns(struct caller *caller, nsec_t now_ns)
{
    const struct callers *callers = caller->callers;
    nsec_t interval_ns = callers->config.interval_ns;
    uint64_t passed = (uint64_t)((now_ns - callers->begin_ns) / interval_ns);
    caller->tick = MAX_OF(passed, caller->tick + 1);
    return callers->begin_ns + (nsec_t)caller->tick * interval_ns;
}

static void go_on(struct caller *caller)
{
    const struct callers *callers = caller->callers;
    uint64_t calls = callers->config.calls;
    nsec_t now_ns = callers_now_ns(callers), due_ns = now_ns;
    if (callers->is_stopping || (calls && caller->calls >= calls)) {
        retire(caller);
        return;
    }
    if (callers->config.interval_ns > 0)
        due_ns = next_tick_ns(caller, now_ns);
    if (now_ns >= callers->end_ns || due_ns > callers->end_ns)
        retire(caller);
    else if (due_ns > now_ns)
        timer_set(&caller->pause, due_ns);
    else
        call(caller);
}

static void on_pause_over(struct timer *timer)
{
    call(CONTAINER_OF(timer, struct caller, pause));
}

static void on_done(struct request *request)
{
    struct caller *caller = request->arg;
    const struct callers_config *config = &caller->callers->config;
    if (config->ops->on_done(config->state, caller))
        request_start(caller->session, request);
    else
        go_on(caller);
}

static void on_stop(struct waker *waker)
{
    struct callers *callers = CONTAINER_OF(waker, struct callers, stop);
    callers->is_stopping = true;
    for (unsigned i = 0; i < callers->config.users; i++) {
        struct caller *caller = &callers->users[i];
        if (timer_armed(&caller->pause)) {
            timer_cancel(&caller->pause);
            retire(caller);
        }
    }
}

static void make_user(struct callers *callers, struct caller *caller)
{
    caller->callers = callers;
    caller->session = callers->shared ? callers->shared : session_new(callers->client);
    caller->is_active = true;
    arena_init(&caller->arena, ARENA_CHUNK_BYTES);
    timer_init(&caller->pause, callers->loop, "caller", on_pause_over);
    caller->request = (struct request){
        .arena = &caller->arena,
        .transport = callers->transport,
        .silent = true,
        .on_done = on_done,
        .arg = caller,
    };
}

static void close_sessions(struct callers *callers)
{
    for (unsigned i = 0; callers->users && i < callers->config.users; i++) {
        if (callers->shared)
            callers->users[i].session = NULL;
        session_free(&callers->users[i].session);
    }
    session_free(&callers->shared);
}

static void *callers_main(void *arg)
{
    struct callers *callers = arg;
    nsec_t duration_ns = callers->config.duration_ns;
    callers->begin_ns = callers_now_ns(callers);
    callers->end_ns = duration_ns == NSEC_NEVER ? NSEC_NEVER : callers->begin_ns + duration_ns;
    callers->active = callers->config.users;
    for (unsigned i = 0; i < callers->config.users; i++)
        go_on(&callers->users[i]);
    loop_run(callers->loop);
    close_sessions(callers);
    return NULL;
}

static int make_parts(struct callers *callers, struct error *err)
{
    const struct callers_config *config = &callers->config;
    callers->loop = loop_new(clock_monotonic(), err);
    if (!callers->loop)
        return -1;
    waker_init(&callers->stop, callers->loop, on_stop);
    callers->tags = tag_table_new(config->registry);
    callers->recorder = recorder_new(config->registry, 0);
    callers->client =
        client_new(callers->loop, callers->recorder, callers->tags, config->client, err);
    if (!callers->client)
        return -1;
    if (config->transport)
        callers->transport = client_transport(callers->client, config->transport, err);
    if (config->transport && !callers->transport)
        return -1;
    if (config->shares_connections)
        callers->shared = session_new(callers->client);
    callers->users = NEW_ARRAY(struct caller, config->users);
    for (unsigned i = 0; i < config->users; i++)
        make_user(callers, &callers->users[i]);
    return 0;
}

struct callers *callers_start(const struct callers_config *config, struct error *err)
{
    AUTO(callers_free) struct callers *callers = NEW(struct callers);
    callers->config = *config;
    if (make_parts(callers, err) < 0)
        return NULL;
    if (thread_start(&callers->thread, callers_main, callers, "a worker thread (see --processes)",
                     err) != 0)
        return NULL;
    callers->has_thread = true;
    return TAKE(callers);
}

void callers_stop(struct callers *callers)
{
    waker_wake(&callers->stop);
}

void callers_join(struct callers *callers)
{
    if (callers->has_thread)
        pthread_join(callers->thread, NULL);
    callers->has_thread = false;
}

void callers_free(struct callers **ptr)
{
    struct callers *callers = TAKE(*ptr);
    if (!callers)
        return;
    callers_join(callers);
    close_sessions(callers);
    for (unsigned i = 0; callers->users && i < callers->config.users; i++) {
        timer_done(&callers->users[i].pause);
        arena_done(&callers->users[i].arena);
    }
    client_free(&callers->client);
    recorder_free(&callers->recorder);
    tag_table_free(&callers->tags);
    if (callers->loop)
        waker_done(&callers->stop);
    loop_free(&callers->loop);
    free(callers->users);
    free(callers);
}
