/* SPDX-License-Identifier: Apache-2.0
 *
 * What keeps an iteration alive after its function returned: promise jobs and timers. k6's rule:
 * the iteration ends when nothing is registered any more; an unhandled rejection or an exception
 * in a timer ends it at once. One per engine.
 */
#ifndef SCRIPT_K6_EVENT_LOOP_H
#define SCRIPT_K6_EVENT_LOOP_H

#include <quickjs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct js;

struct js_timer {
    uint32_t id;
    nsec_t due_ns;
    nsec_t interval_ns; /* -1: once */
    JSValue callback;   /* function */
    JSValue arguments;  /* array */
};

struct event_loop {
    struct js_timer *timers; /* unordered; scripts have few */
    size_t timer_count, timer_cap;
    uint32_t next_id;
    JSValue *rejected; /* promises rejected without a handler so far */
    size_t rejected_count, rejected_cap;
};

/* Adds setTimeout and its kin to `target` (the global object, k6/timers). */
void event_loop_install(struct js *js, JSValueConst target);

/* Runs jobs and timers until none is left: 0. -1 with an exception pending; the loop is empty
 * then, too. `*ret_uncaught` tells a rejection from a thrown exception. */
int event_loop_run(struct js *js, bool *ret_uncaught);

/* Forgets timers and rejections. */
void event_loop_clear(struct js *js);
void event_loop_done(struct js *js);

/* JSHostPromiseRejectionTracker; opaque is the engine. */
void event_loop_track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason,
                                JS_BOOL is_handled, void *opaque);

#endif
