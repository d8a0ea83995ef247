/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast lane: one exchange that starts again as soon as it ends. No arena, no header events, no
 * body; all else is the path of every request. A peer that cannot be connected to is tried again
 * after 10 ms, then twice as long each time up to a second, so that a dead server costs no core.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "client/client_private.h"

#define DEFAULT_TIMEOUT_NS (60 * NSEC_PER_SEC)
#define FIRST_PAUSE_NS     (10 * NSEC_PER_MSEC)
#define MAX_PAUSE_NS       NSEC_PER_SEC

struct repeater {
    struct exchange exchange;
    struct repeat *repeat;
    struct url url;
    struct timer pause;
    nsec_t pause_ns; /* the next one */
};

static void on_end(struct exchange *exchange);
static void on_abandon(struct exchange *exchange);

static const struct exchange_ops repeat_ops = {
    .on_end = on_end,
    .on_abandon = on_abandon,
};

static struct repeater *repeater_of(struct exchange *exchange)
{
    return CONTAINER_OF(exchange, struct repeater, exchange);
}

static void release(struct repeater *repeater)
{
    timer_done(&repeater->pause);
    exchange_done(&repeater->exchange);
    repeater->repeat->exchange = NULL;
    free(repeater);
}

static void on_abandon(struct exchange *exchange)
{
    release(repeater_of(exchange));
}

static void go(struct repeater *repeater)
{
    struct exchange *exchange = &repeater->exchange;
    const struct repeat *repeat = repeater->repeat;
    nsec_t timeout_ns = repeat->timeout_ns > 0 ? repeat->timeout_ns : DEFAULT_TIMEOUT_NS;
    exchange->deadline_ns = deadline_after(loop_now(exchange->session->client->loop), timeout_ns);
    exchange_start(exchange);
}

static void on_pause_over(struct timer *timer)
{
    go(CONTAINER_OF(timer, struct repeater, pause));
}

static void go_on(struct repeater *repeater)
{
    struct exchange *exchange = &repeater->exchange;
    if (LIKELY(exchange->sent_bytes > 0)) {
        repeater->pause_ns = FIRST_PAUSE_NS;
        go(repeater);
        return;
    }
    timer_set(&repeater->pause, loop_now(exchange->session->client->loop) + repeater->pause_ns);
    repeater->pause_ns = MIN_OF(repeater->pause_ns * 2, MAX_PAUSE_NS);
}

static void on_end(struct exchange *exchange)
{
    struct repeater *repeater = repeater_of(exchange);
    struct repeat *repeat = repeater->repeat;
    const struct record_facts facts = {
        .tags = repeat->tags,
        .url = &repeater->url,
        .method = repeat->method,
        .failure = exchange->failure,
        .status = exchange->status,
        .http_minor = 1,
        .tls_version = exchange->tls_version,
        .peer_text = exchange->peer_text,
    };

    record_hop(exchange->session->client, &facts, &exchange->timings);
    if (repeat->on_response(repeat, exchange->failure.outcome, exchange->status,
                            &exchange->timings))
        go_on(repeater);
    else
        release(repeater);
}

static void refuse_late(struct deferred *deferred)
{
    struct exchange *exchange = CONTAINER_OF(deferred, struct exchange, late);
    struct repeater *repeater = repeater_of(exchange);
    struct repeat *repeat = repeater->repeat;
    const struct timings none = {0};
    release(repeater);
    repeat->on_response(repeat, OUTCOME_INVALID_URL, 0, &none);
}

void repeat_start(struct session *session, struct repeat *repeat)
{
    struct repeater *repeater = NEW(struct repeater);
    struct exchange *exchange = &repeater->exchange;
    struct loop *loop = session->client->loop;
    const char *problem;
    repeater->repeat = repeat;
    repeater->pause_ns = FIRST_PAUSE_NS;
    timer_init(&repeater->pause, loop, "repeat pause", on_pause_over);
    repeat->exchange = exchange;
    exchange_init(exchange, session, &repeat_ops);
    exchange->message = repeat->message;
    exchange->tags = repeat->tags;
    exchange->is_head = span_equal(repeat->method, SPAN("HEAD"));
    exchange->is_idempotent = exchange->is_head || span_equal(repeat->method, SPAN("GET"));
    if (url_parse(repeat->url, &repeater->url, &problem) < 0) {
        exchange->late.fn = refuse_late;
        loop_defer(loop, &exchange->late);
        return;
    }
    exchange->origin = origin_of(session->client, session->client->usual, &repeater->url);
    go(repeater);
}

void repeat_stop(struct repeat *repeat)
{
    if (repeat->exchange)
        release(repeater_of(repeat->exchange));
}
