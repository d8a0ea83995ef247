/* SPDX-License-Identifier: Apache-2.0
 *
 * Promise jobs first, then the earliest timer, then waiting: on the user's coroutine for users, by
 * sleeping in the first init. k6 checks for unhandled rejections each time the jobs have run dry.
 */
#include "script/k6/event_loop.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "load/host.h"
#include "script/k6/js.h"

/* What one script may have pending at once. */
#define MAX_TIMERS 100000

/* A cut iteration whose jobs make new ones for ever is left with them after this many. */
#define MAX_DRAINED_JOBS 10000

static void free_timer(struct js *js, struct js_timer *timer)
{
    JS_FreeValue(js->ctx, timer->callback);
    JS_FreeValue(js->ctx, timer->arguments);
}

static void remove_at(struct event_loop *loop, size_t index)
{
    loop->timers[index] = loop->timers[--loop->timer_count];
}

static nsec_t delay_of(JSContext *ctx, JSValueConst value)
{
    double ms = 0;
    if (JS_ToFloat64(ctx, &ms, value) < 0)
        return -1;
    if (!(ms > 0))
        return 0;
    return ms > 1e12 ? (nsec_t)1e18 : (nsec_t)(ms * 1e6);
}

static JSValue rest_arguments(JSContext *ctx, int argc, JSValueConst *argv)
{
    JSValue list = JS_NewArray(ctx);
    for (int i = 2; i < argc; i++)
        JS_SetPropertyUint32(ctx, list, (uint32_t)i - 2, JS_DupValue(ctx, argv[i]));
    return list;
}

/* setTimeout(fn, ms, ...args), setInterval(): `repeats` tells which. */
static JSValue set_timer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                         int repeats)
{
    struct js *js = js_of(ctx);
    struct event_loop *loop = &js->loop;
    if (!JS_IsFunction(ctx, argv[0]))
        return JS_ThrowTypeError(ctx, "%s's callback isn't a callable function",
                                 repeats ? "setInterval" : "setTimeout");
    nsec_t delay_ns = argc > 1 ? delay_of(ctx, argv[1]) : 0;
    if (delay_ns < 0)
        return JS_EXCEPTION;
    if (loop->timer_count >= MAX_TIMERS)
        return js_throw(ctx, "more than %d timers are pending; clear some first", MAX_TIMERS);
    if (loop->timer_count == loop->timer_cap) {
        loop->timer_cap = MAX_OF(loop->timer_cap * 2, (size_t)4);
        loop->timers = GROW_ARRAY(loop->timers, loop->timer_cap);
    }
    loop->timers[loop->timer_count++] = (struct js_timer){
        .id = ++loop->next_id,
        .due_ns = clock_now(clock_monotonic()) + delay_ns,
        .interval_ns = repeats ? delay_ns : -1,
        .callback = JS_DupValue(ctx, argv[0]),
        .arguments = rest_arguments(ctx, argc, argv),
    };
    return JS_NewUint32(ctx, loop->next_id);
}

static JSValue clear_timer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js *js = js_of(ctx);
    uint32_t id = 0;
    if (js_nullish(argv[0]) || JS_ToUint32(ctx, &id, argv[0]) < 0)
        return JS_HasException(ctx) ? JS_EXCEPTION : JS_UNDEFINED;
    for (size_t i = 0; i < js->loop.timer_count; i++) {
        if (js->loop.timers[i].id != id)
            continue;
        struct js_timer gone = js->loop.timers[i];
        remove_at(&js->loop, i);
        free_timer(js, &gone);
        break;
    }
    return JS_UNDEFINED;
}

void event_loop_install(struct js *js, JSValueConst target)
{
    JSContext *ctx = js->ctx;
    js_set(ctx, target, "setTimeout",
           JS_NewCFunctionMagic(ctx, set_timer, "setTimeout", 2, JS_CFUNC_generic_magic, 0));
    js_set(ctx, target, "setInterval",
           JS_NewCFunctionMagic(ctx, set_timer, "setInterval", 2, JS_CFUNC_generic_magic, 1));
    js_set_fn(ctx, target, "clearTimeout", clear_timer, 1);
    js_set_fn(ctx, target, "clearInterval", clear_timer, 1);
}

void event_loop_track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason,
                                JS_BOOL is_handled, void *opaque)
{
    struct js *js = opaque;
    struct event_loop *loop = &js->loop;
    if (!is_handled) {
        if (loop->rejected_count == loop->rejected_cap) {
            loop->rejected_cap = MAX_OF(loop->rejected_cap * 2, (size_t)4);
            loop->rejected = GROW_ARRAY(loop->rejected, loop->rejected_cap);
        }
        loop->rejected[loop->rejected_count++] = JS_DupValue(ctx, promise);
        return;
    }
    for (size_t i = 0; i < loop->rejected_count; i++) {
        if (JS_VALUE_GET_PTR(loop->rejected[i]) != JS_VALUE_GET_PTR(promise))
            continue;
        JS_FreeValue(ctx, loop->rejected[i]);
        loop->rejected[i] = loop->rejected[--loop->rejected_count];
        return;
    }
}

/* -1 with the exception pending. Only what cannot be caught gets out of a job. */
static int run_jobs(struct js *js)
{
    JSContext *ctx;
    for (;;) {
        int rc = JS_ExecutePendingJob(js->rt, &ctx);
        if (rc < 0 || js->interrupted)
            return -1;
        if (rc == 0)
            return 0;
    }
}

static int throw_rejection(struct js *js)
{
    JSValue reason = JS_PromiseResult(js->ctx, js->loop.rejected[0]);
    JS_Throw(js->ctx, reason);
    return -1;
}

static size_t earliest_timer(const struct event_loop *loop)
{
    size_t best = 0;
    for (size_t i = 1; i < loop->timer_count; i++) {
        const struct js_timer *a = &loop->timers[i], *b = &loop->timers[best];
        if (a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->id < b->id))
            best = i;
    }
    return best;
}

/* False when the iteration was cut meanwhile. */
static bool wait_until(struct js *js, nsec_t due_ns)
{
    while (clock_now(clock_monotonic()) < due_ns) {
        if (js->vu) {
            if (!host_wait(js->vu, due_ns))
                return false;
            continue;
        }
        struct timespec at = {due_ns / NSEC_PER_SEC, due_ns % NSEC_PER_SEC};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    }
    return true;
}

static JSValue call_timer(struct js *js, JSValueConst callback, JSValueConst arguments)
{
    JSContext *ctx = js->ctx;
    int64_t count = js_length(ctx, arguments);
    JSValueConst *argv = NEW_ARRAY(JSValueConst, (size_t)count);
    for (int64_t i = 0; i < count; i++)
        argv[i] = JS_GetPropertyUint32(ctx, arguments, (uint32_t)i);
    JSValue result = JS_Call(ctx, callback, JS_UNDEFINED, (int)count, argv);
    for (int64_t i = 0; i < count; i++)
        JS_FreeValue(ctx, argv[i]);
    free(argv);
    return result;
}

/* Waits for the next timer and runs it. */
static int run_timer(struct js *js)
{
    struct event_loop *loop = &js->loop;
    size_t index = earliest_timer(loop);
    if (!wait_until(js, loop->timers[index].due_ns)) {
        js_throw_interrupted(js);
        return -1;
    }
    struct js_timer timer = loop->timers[index];
    if (timer.interval_ns >= 0) {
        loop->timers[index].due_ns += MAX_OF(timer.interval_ns, NSEC_PER_MSEC);
        JS_DupValue(js->ctx, timer.callback);
        JS_DupValue(js->ctx, timer.arguments);
    } else {
        remove_at(loop, index);
    }
    JSValue result = call_timer(js, timer.callback, timer.arguments);
    free_timer(js, &timer);
    bool threw = JS_IsException(result);
    JS_FreeValue(js->ctx, result);
    return threw ? -1 : 0;
}

static int run(struct js *js, bool *ret_uncaught)
{
    for (;;) {
        if (run_jobs(js) < 0)
            return -1;
        if (js->loop.rejected_count) {
            *ret_uncaught = true;
            return throw_rejection(js);
        }
        if (!js->loop.timer_count)
            return 0;
        if (run_timer(js) < 0)
            return -1;
    }
}

int event_loop_run(struct js *js, bool *ret_uncaught)
{
    *ret_uncaught = false;
    int rc = run(js, ret_uncaught);
    if (rc < 0)
        event_loop_clear(js);
    return rc;
}

/* The engine cannot forget jobs; those of a cut iteration end at their first call into the host. */
static void drain_jobs(struct js *js)
{
    JSContext *ctx;
    for (int i = 0; i < MAX_DRAINED_JOBS; i++) {
        int rc = JS_ExecutePendingJob(js->rt, &ctx);
        if (rc == 0)
            return;
        if (rc < 0)
            js_drop_exception(js->ctx);
    }
}

void event_loop_clear(struct js *js)
{
    if (js->interrupted)
        drain_jobs(js);
    struct event_loop *loop = &js->loop;
    while (loop->timer_count)
        free_timer(js, &loop->timers[--loop->timer_count]);
    while (loop->rejected_count)
        JS_FreeValue(js->ctx, loop->rejected[--loop->rejected_count]);
}

void event_loop_done(struct js *js)
{
    event_loop_clear(js);
    free(js->loop.timers);
    free(js->loop.rejected);
}
