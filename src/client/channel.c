/* SPDX-License-Identifier: Apache-2.0
 *
 * One exchange on a shared connection: its stream, its time limit, and what became of it.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "client/multiplex_private.h"

void channel_detach(struct channel *channel)
{
    struct multiplex *multiplex = channel->multiplex;
    channel->exchange->channel = NULL;
    channel->exchange->connection = NULL;
    channel->exchange = NULL;
    timer_cancel(&channel->timer);
    list_remove(&channel->link);
    if (channel != multiplex->telling)
        list_push_front(&multiplex->spare, &channel->link);
}

/* A stream of which the peer's machine acknowledged nothing, its part of the last TLS record apart:
 * without that record's end the peer can make nothing of it. */
void channel_note_delivery(const struct channel *channel, uint64_t pending_bytes)
{
    struct exchange *exchange = channel->exchange;
    uint64_t later_bytes = channel->multiplex->framed_bytes - channel->start_bytes;
    exchange->is_undelivered =
        exchange->first_byte_ns == 0 && (!channel->stream.id || pending_bytes >= later_bytes);
    if (!channel->stream.is_begun)
        exchange->sent_bytes = 0;
}

void channel_limit(struct channel *channel, nsec_t at_ns)
{
    const struct exchange *exchange = channel->exchange;
    nsec_t deadline_ns = exchange->deadline_ns;
    if (UNLIKELY(exchange->idle_timeout_ns) && !channel->stream.is_paused)
        deadline_ns = MIN_OF(deadline_ns, deadline_after(at_ns, exchange->idle_timeout_ns));
    if (deadline_ns == NSEC_NEVER)
        timer_cancel(&channel->timer);
    else
        timer_set(&channel->timer, deadline_ns);
}

/* Refused: the server did nothing with it. */
static void fail(struct channel *channel, struct failure failure, bool is_refused)
{
    struct exchange *exchange = channel->exchange;
    channel_detach(channel);
    if (is_refused)
        exchange_refused(exchange, failure);
    else
        exchange_fail(exchange, failure);
}

/* Gives up a stream that goes on; the peer is told. */
static void stop(struct channel *channel)
{
    struct multiplex *multiplex = channel->multiplex;
    channel_note_delivery(
        channel, multiplex_is_ready(multiplex) ? multiplex_pending_bytes(multiplex) : UINT64_MAX);
    if (!multiplex_is_ready(multiplex))
        return;
    http2_cancel(multiplex->http2, &channel->stream);
    multiplex_flush_soon(multiplex);
}

static void on_timer(struct timer *timer)
{
    struct channel *channel = CONTAINER_OF(timer, struct channel, timer);
    struct multiplex *multiplex = channel->multiplex;
    stop(channel);
    fail(channel, failure_of(OUTCOME_TIMEOUT), false);
    multiplex_settle(multiplex, loop_now(multiplex_client(multiplex)->loop));
}

struct channel *channel_take(struct multiplex *multiplex, struct exchange *exchange)
{
    struct list *item = list_pop_front(&multiplex->spare);
    struct channel *channel;
    if (item) {
        channel = CONTAINER_OF(item, struct channel, link);
        channel->stream.id = 0;
        channel->stream.is_begun = false;
    } else {
        channel = NEW(struct channel);
        channel->multiplex = multiplex;
        timer_init(&channel->timer, multiplex_client(multiplex)->loop, "stream", on_timer);
    }
    channel->exchange = exchange;
    exchange->channel = channel;
    exchange->connection = multiplex->connection;
    return channel;
}

void channel_free(struct channel *channel)
{
    timer_done(&channel->timer);
    free(channel);
}

static void tell_connected(struct channel *channel, nsec_t at_ns)
{
    struct exchange *exchange = channel->exchange;
    channel_detach(channel);
    exchange->ready_ns = exchange->end_ns = at_ns;
    exchange_end_connecting(exchange);
}

void channel_start(struct channel *channel, nsec_t at_ns)
{
    struct multiplex *multiplex = channel->multiplex;
    struct exchange *exchange = channel->exchange;
    connection_describe(multiplex->connection, exchange);
    if (UNLIKELY(exchange->only_connects)) {
        tell_connected(channel, at_ns);
        return;
    }
    list_push_back(&multiplex->busy, &channel->link);
    exchange->ready_ns = at_ns;
    exchange->is_http2 = true;
    exchange->sent_bytes = 1; /* as far as repeating it is concerned */
    channel->start_bytes = multiplex->framed_bytes;
    multiplex->has_silence |= exchange->idle_timeout_ns != 0;
    http2_start(multiplex->http2, &channel->stream, exchange->head, exchange->body,
                exchange->events, exchange->events_arg);
    channel_limit(channel, at_ns);
    multiplex_flush_soon(multiplex);
}

/* Over TLS a GOAWAY may stand in a record behind answers, after which more was begun that never
 * left. */
void channel_break(struct channel *channel, struct failure failure)
{
    fail(channel, failure, failure.outcome == OUTCOME_HTTP2_GOAWAY && !channel->stream.is_begun);
}

static struct failure failure_of_channel(const struct channel *channel)
{
    const struct http2_stream *stream = &channel->stream;
    uint32_t code;
    switch (stream->end) {
    case HTTP2_END_HEAD_TOO_LONG:
    case HTTP2_END_TOO_MANY_FIELDS:
    case HTTP2_END_BODY_TOO_LONG:
        return (struct failure){OUTCOME_TOO_LARGE, http2_end_text(stream->end), 0};
    case HTTP2_END_TOO_MANY_INTERIM:
        return (struct failure){OUTCOME_MALFORMED, http2_end_text(stream->end), 0};
    case HTTP2_END_REFUSED:
        if (http2_is_going(channel->multiplex->http2, &code))
            return failure_of_http2(OUTCOME_HTTP2_GOAWAY, code);
        break;
    default:
        break;
    }
    return failure_of_http2(OUTCOME_HTTP2_STREAM, stream->error_code);
}

static void finish(struct channel *channel)
{
    struct multiplex *multiplex = channel->multiplex;
    struct exchange *exchange = channel->exchange;
    const struct http2_stream *stream = &channel->stream;
    exchange->received_bytes = http2_stream_wire_bytes(stream);
    if (stream->end != HTTP2_END_WHOLE) {
        fail(channel, failure_of_channel(channel), stream->end == HTTP2_END_REFUSED);
        return;
    }
    channel_detach(channel);
    exchange_end_whole(exchange, (int)http2_stream_status(stream), http2_stream_body_bytes(stream),
                       multiplex_is_open(multiplex));
}

/* False when the exchange went meanwhile. */
static bool tell_progress(struct channel *channel)
{
    struct multiplex *multiplex = channel->multiplex;
    multiplex->telling = channel;
    channel->exchange->ops->on_progress(channel->exchange, &channel->exchange);
    multiplex->telling = NULL;
    if (channel->exchange)
        return true;
    list_push_front(&multiplex->spare, &channel->link);
    return false;
}

void channel_hear(struct channel *channel, nsec_t at_ns)
{
    struct exchange *exchange = channel->exchange;
    exchange->end_ns = at_ns;
    if (exchange->first_byte_ns == 0 && channel->stream.is_heard)
        exchange->first_byte_ns = at_ns;
    if (UNLIKELY(exchange->is_streamed) && channel->stream.is_heard && !tell_progress(channel))
        return;
    if (LIKELY(channel->stream.end != HTTP2_END_NONE)) {
        finish(channel);
    } else if (exchange->failure.outcome != OUTCOME_OK) {
        stop(channel);
        fail(channel, exchange->failure, false);
    } else if (exchange->idle_timeout_ns) {
        channel_limit(channel, at_ns);
    }
}

void channel_cancel(struct exchange *exchange)
{
    struct channel *channel = exchange->channel;
    struct multiplex *multiplex = channel->multiplex;
    stop(channel);
    channel_detach(channel);
    multiplex_settle(multiplex, loop_now(multiplex_client(multiplex)->loop));
}

void channel_pause(struct exchange *exchange)
{
    struct channel *channel = exchange->channel;
    if (!channel->stream.id)
        return;
    http2_pause(&channel->stream);
    channel_limit(channel, 0);
}

void channel_resume(struct exchange *exchange)
{
    struct channel *channel = exchange->channel;
    struct multiplex *multiplex = channel->multiplex;
    if (!channel->stream.is_paused || !multiplex_is_ready(multiplex))
        return;
    http2_resume(multiplex->http2, &channel->stream);
    channel_limit(channel, clock_now(multiplex_client(multiplex)->clock));
    multiplex_flush_soon(multiplex);
}

const struct http2_stream *channel_stream(const struct exchange *exchange)
{
    return &exchange->channel->stream;
}
