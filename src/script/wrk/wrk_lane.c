/* SPDX-License-Identifier: Apache-2.0
 *
 * What a lane needs beside its message: the answer that is being read, when response() wants it.
 * Names and values lie in one buffer, as offsets until the answer is whole, since it moves while it
 * grows.
 */
#include "script/wrk/wrk_lane.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "client/client.h"
#include "load/repeater.h"
#include "script/wrk/wrk_private.h"

enum {
    BODY_MAX_BYTES = 256 << 20,
    HEAD_MAX_BYTES = 1 << 20, /* the parser's limits are smaller */
};

struct field {
    size_t name, name_len, value_len; /* the value follows its name */
};

struct wrk_lane {
    struct list link; /* thread->lanes */
    struct strbuf head, body;
    struct field *fields;
    struct wrk_header *headers; /* for response() */
    size_t count, cap;
    unsigned status;
};

void wrk_lane_on_failure(struct wrk_thread *thread, wrk_failure_fn *on_failure, void *arg)
{
    thread->on_failure = on_failure;
    thread->arg = arg;
}

static void lane_free(struct wrk_lane *own)
{
    list_remove(&own->link);
    strbuf_done(&own->head);
    strbuf_done(&own->body);
    free(own->fields);
    free(own->headers);
    free(own);
}

void wrk_lane_free_all(struct wrk_thread *thread)
{
    struct list *link;
    while ((link = list_first(&thread->lanes)))
        lane_free(CONTAINER_OF(link, struct wrk_lane, link));
}

static struct wrk_lane *own_of(struct wrk_thread *thread, struct lane *lane)
{
    struct wrk_lane *own = lane->user;
    if (own)
        return own;
    own = NEW(struct wrk_lane);
    strbuf_init(&own->head, HEAD_MAX_BYTES);
    strbuf_init(&own->body, BODY_MAX_BYTES);
    list_push_back(&thread->lanes, &own->link);
    lane->user = own;
    return own;
}

static void fail(struct wrk_thread *thread, struct lane *lane)
{
    if (thread->on_failure)
        thread->on_failure(thread->arg, wrk_thread_error(thread));
    thread->is_stopped = true;
    repeater_stop(lane->repeater);
}

/* wrk.thread:stop() ends the thread's loop at once, whatever its other connections wait for. */
static void heed_stop(struct wrk_thread *thread, struct lane *lane)
{
    if (thread->is_stopped)
        repeater_stop(lane->repeater);
}

nsec_t wrk_lane_pause(struct wrk_thread *thread, struct lane *lane)
{
    nsec_t delay_ns = 0;
    if (wrk_thread_delay(thread, &delay_ns) < 0)
        fail(thread, lane);
    heed_stop(thread, lane);
    return delay_ns;
}

void wrk_lane_next(struct wrk_thread *thread, struct lane *lane)
{
    own_of(thread, lane);
    lane->repeat.answers = thread->script->pipelined;
    if (!thread->script->is_dynamic) {
        lane->repeat.message = thread->message;
        return;
    }
    if (wrk_thread_request(thread, lane->index, &lane->repeat.message) < 0)
        fail(thread, lane);
    heed_stop(thread, lane);
}

static bool is_whole(const struct repeat_answer *answer)
{
    return outcome_category(answer->outcome) == OUTCOME_CATEGORY_ANSWERED;
}

static int hand_over(struct wrk_thread *thread, struct wrk_lane *own)
{
    if (own->body.overflow)
        return error_set(&thread->state.error, EXIT_SCRIPT_EXCEPTION,
                         "response() cannot have a body of more than %d MiB; ask for less",
                         BODY_MAX_BYTES >> 20);
    for (size_t i = 0; i < own->count; i++) {
        const struct field *field = &own->fields[i];
        const char *name = own->head.ptr + field->name;
        own->headers[i] = (struct wrk_header){span_of(name, field->name_len),
                                              span_of(name + field->name_len, field->value_len)};
    }
    return wrk_thread_response(thread, own->status, own->headers, own->count,
                               strbuf_span(&own->body));
}

bool wrk_lane_answer(struct wrk_thread *thread, struct lane *lane,
                     const struct repeat_answer *answer)
{
    if (!thread->is_stopped && thread->script->wants_response && is_whole(answer) &&
        hand_over(thread, lane->user) < 0)
        fail(thread, lane);
    heed_stop(thread, lane);
    return !thread->is_stopped;
}

static struct wrk_lane *listening(void *lane)
{
    return ((struct lane *)lane)->user;
}

static void on_status(void *arg, unsigned minor, unsigned code, struct span reason)
{
    struct wrk_lane *own = listening(arg);
    strbuf_reset(&own->head);
    strbuf_reset(&own->body);
    own->count = 0;
    own->status = code;
}

static void on_field(void *arg, struct span name, struct span value)
{
    struct wrk_lane *own = listening(arg);
    if (own->count == own->cap) {
        own->cap = own->cap ? own->cap * 2 : 16;
        own->fields = GROW_ARRAY(own->fields, own->cap);
        own->headers = GROW_ARRAY(own->headers, own->cap);
    }
    own->fields[own->count++] = (struct field){own->head.len, name.len, value.len};
    strbuf_add_span(&own->head, name);
    strbuf_add_span(&own->head, value);
    if (own->head.overflow)
        own->count = 0;
}

static void on_body(void *arg, struct span bytes)
{
    strbuf_add_span(&listening(arg)->body, bytes);
}

const struct http1_events *wrk_lane_events(const struct wrk_script *script)
{
    static const struct http1_events EVENTS = {
        .on_status = on_status,
        .on_header = on_field,
        .on_body = on_body,
        .on_trailer = on_field,
    };
    return script->wants_response ? &EVENTS : NULL;
}
