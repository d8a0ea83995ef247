/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast lane: one exchange that starts again as soon as it ends. No arena, no body; headers only
 * if somebody listens; all else is the path of every request. A peer that cannot be connected to is
 * tried again after 10 ms, then twice as long each time up to a second, so that a dead server costs
 * no core.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "client/client_private.h"
#include "http/http2_head.h"
#include "net/tls_stream.h"

#define DEFAULT_TIMEOUT_NS (60 * NSEC_PER_SEC)
#define FIRST_PAUSE_NS     (10 * NSEC_PER_MSEC)
#define MAX_PAUSE_NS       NSEC_PER_SEC

struct repetition {
    struct exchange exchange;
    struct repeat *repeat;
    struct timer pause;
    nsec_t pause_ns; /* the next one */
};

static struct repetition *repetition_of(struct exchange *exchange)
{
    return CONTAINER_OF(exchange, struct repetition, exchange);
}

static void release(struct repetition *repetition)
{
    timer_done(&repetition->pause);
    exchange_done(&repetition->exchange);
    repetition->repeat->exchange = NULL;
    free(repetition);
}

static void on_abandon(struct exchange *exchange)
{
    release(repetition_of(exchange));
}

/* A message of the caller's may be another method than its target. */
static void set_method(struct exchange *exchange, const struct repeat *repeat)
{
    struct span message = repeat->message;
    exchange->is_head = span_starts_with(message, SPAN("HEAD "));
    exchange->is_idempotent = exchange->is_head || span_starts_with(message, SPAN("GET "));
    exchange->message = message;
}

static void prepare(struct exchange *exchange, const struct repeat *repeat)
{
    const struct repeat_target *target = repeat->target;
    nsec_t timeout_ns = repeat->timeout_ns > 0 ? repeat->timeout_ns : DEFAULT_TIMEOUT_NS;
    exchange->origin = target->origin;
    exchange->tags = target->tags;
    exchange->message = target->message;
    exchange->head = target->head;
    exchange->body = target->body;
    exchange->is_head = target->is_head;
    exchange->is_idempotent = target->is_idempotent;
    if (repeat->message.ptr)
        set_method(exchange, repeat);
    exchange->answers_due = repeat->answers ? repeat->answers : 1;
    exchange->retry = repeat->retry;
    exchange->silent = repeat->silent;
    exchange->events = repeat->events;
    exchange->events_arg = repeat->events_arg;
    exchange->deadline_ns = deadline_after(loop_now(exchange->session->client->loop), timeout_ns);
}

static void go(struct repetition *repetition)
{
    struct exchange *exchange = &repetition->exchange;
    prepare(exchange, repetition->repeat);
    exchange->due_ns = repetition->repeat->due_ns;
    repetition->repeat->due_ns = 0;
    exchange_start(exchange);
}

static void on_pause_over(struct timer *timer)
{
    go(CONTAINER_OF(timer, struct repetition, pause));
}

static void go_on(struct repetition *repetition)
{
    struct exchange *exchange = &repetition->exchange;
    if (LIKELY(exchange->sent_bytes > 0)) {
        repetition->pause_ns = FIRST_PAUSE_NS;
        go(repetition);
        return;
    }
    timer_set(&repetition->pause, loop_now(exchange->session->client->loop) + repetition->pause_ns);
    repetition->pause_ns = MIN_OF(repetition->pause_ns * 2, MAX_PAUSE_NS);
}

static void record(struct exchange *exchange, const struct repeat_target *target)
{
    const struct record_facts facts = {
        .tags = target->tags,
        .url = &target->parsed,
        .method = target->method,
        .failure = exchange->failure,
        .status = exchange->status,
        .http_minor = 1,
        .is_http2 = exchange->is_http2,
        .tls_version = exchange->tls_version,
        .peer_text = exchange->peer_text,
    };
    record_hop(exchange->session->client, &facts, &exchange->timings);
}

static enum repeat_next tell(struct repetition *repetition, bool is_last)
{
    const struct exchange *exchange = &repetition->exchange;
    const struct repeat_answer answer = {
        .outcome = exchange->failure.outcome,
        .detail = exchange->failure.detail,
        .status = exchange->status,
        .is_last = is_last,
        .is_reused = exchange->is_reused,
        .keeps_alive = exchange->keeps_alive,
        .until_close = exchange->until_close,
        .has_surplus = exchange->has_surplus,
        .bytes = exchange->received_bytes,
        .body_bytes = exchange->body_bytes,
        .timings = &exchange->timings,
    };
    return repetition->repeat->on_answer(repetition->repeat, &answer);
}

static void on_part(struct exchange *exchange)
{
    tell(repetition_of(exchange), false);
}

static void on_end(struct exchange *exchange)
{
    struct repetition *repetition = repetition_of(exchange);
    if (!exchange->silent)
        record(exchange, repetition->repeat->target);
    switch (tell(repetition, true)) {
    case REPEAT_AGAIN:
        go_on(repetition);
        break;
    case REPEAT_REST:
        break;
    case REPEAT_END:
        release(repetition);
    }
}

static void on_connected(struct exchange *exchange)
{
    struct repeat *repeat = repetition_of(exchange)->repeat;
    repeat->on_connected(repeat, exchange->failure.outcome, &exchange->timings);
}

static const struct exchange_ops repeat_ops = {
    .on_part = on_part,
    .on_end = on_end,
    .on_connected = on_connected,
    .on_abandon = on_abandon,
};

static int build_http2(struct repeat_target *target, struct client *client,
                       const char **ret_problem)
{
    strbuf_reset(&client->scratch);
    url_write_target(&target->parsed, &client->scratch);
    struct span host = target->headers ? headers_get(target->headers, SPAN("Host")) : SPAN_EMPTY;
    struct span path = arena_dup_span(&client->lasting, strbuf_span(&client->scratch));
    const struct http2_request request = {
        .method = target->method,
        .scheme = target->parsed.scheme,
        .authority = host.len > 0 ? host : target->parsed.authority,
        .target = path,
        .headers = target->headers,
        .body_bytes = target->body.len,
    };

    target->head = http2_head_new(&client->lasting, &request, ret_problem);
    return target->head ? 0 : -1;
}

int repeat_target_init(struct repeat_target *target, struct client *client,
                       const char **ret_problem)
{
    if (url_parse(target->url, &target->parsed, ret_problem) < 0)
        return -1;
    const struct transport *transport =
        target->transport ? target->transport : transport_usual(client, &target->parsed);
    if (!transport) {
        *ret_problem = "HTTP_PROXY or HTTPS_PROXY is no URL of a proxy";
        return -1;
    }
    target->origin = origin_of(client, transport, &target->parsed);
    target->is_head = span_equal(target->method, SPAN("HEAD"));
    target->is_idempotent = target->is_head || span_equal(target->method, SPAN("GET"));
    return target->origin->version == HTTP_1_1 ? 0 : build_http2(target, client, ret_problem);
}

void repeat_init(struct repeat *repeat, struct session *session)
{
    struct repetition *repetition = NEW(struct repetition);
    repetition->repeat = repeat;
    repetition->pause_ns = FIRST_PAUSE_NS;
    timer_init(&repetition->pause, session->client->loop, "repeat pause", on_pause_over);
    exchange_init(&repetition->exchange, session, &repeat_ops);
    repetition->exchange.waits_in_line = true;
    repeat->exchange = &repetition->exchange;
}

void repeat_connect(struct repeat *repeat)
{
    prepare(repeat->exchange, repeat);
    exchange_connect(repeat->exchange);
}

void repeat_go(struct repeat *repeat)
{
    go(repetition_of(repeat->exchange));
}

bool repeat_tls(const struct repeat *repeat, struct tls_facts *ret_facts)
{
    const struct connection *connection = repetition_of(repeat->exchange)->exchange.connection;
    if (!connection->tls)
        return false;
    tls_stream_facts(connection->tls, ret_facts);
    return true;
}

nsec_t repeat_since_ns(const struct repeat *repeat)
{
    const struct exchange *exchange = repeat->exchange;
    if (!exchange || !exchange->is_under_way || exchange->only_connects)
        return 0;
    return exchange->due_ns ? exchange->due_ns : exchange->timings.start_ns;
}

void repeat_done(struct repeat *repeat)
{
    if (repeat->exchange)
        release(repetition_of(repeat->exchange));
}
