/* SPDX-License-Identifier: Apache-2.0
 *
 * The exchanges that share one connection over HTTP/2, each on a `channel`: a stream, and the timer
 * that an HTTP/1 exchange borrows from its connection. While the connection is being opened, or has
 * as many streams as its peer allows, channels wait in line.
 *
 * What the streams have to say is gathered and written once, at the end of the loop's turn: one
 * record of TLS, one system call, however many requests. Nothing is called back from inside the
 * codec; an exchange that ends there is told afterwards, so it may start, cancel and free anything.
 * The connection, and with it this, lives to the end of the turn.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "client/client_private.h"
#include "http/http2.h"

/* Written in one go; a large upload is written in so many pieces. */
#define WRITE_BYTES ((size_t)64 * 1024)

/* Of streams that may be paused: what their peer sends until it hears of that. */
#define BOUNDED_WINDOW (1 << 20)

struct channel {
    struct http2_stream stream;
    struct multiplex *multiplex;
    struct exchange *exchange; /* NULL: spare */
    struct timer timer;        /* the deadline, or the end of silence */
    struct list link;          /* waiting, busy, spare, or among those that fail */
    uint64_t start_bytes;      /* the connection's, when the stream began */
};

struct multiplex {
    struct connection *connection;
    struct http2 *http2; /* NULL until the connection is open */
    struct list waiting, busy, spare;
    struct channel *telling; /* not to be used again yet */
    struct deferred flush;
    struct strbuf unsent;  /* for which the kernel had no room */
    uint64_t framed_bytes; /* of frames that were made so far */
    bool is_bounded;       /* small windows: streams may be paused */
    bool has_silence;      /* some exchange limits it */
    bool is_broken;        /* cannot be written to any more; its end is awaited */
};

static struct client *client_of(const struct multiplex *multiplex)
{
    return multiplex->connection->session->client;
}

static bool is_ready(const struct multiplex *multiplex)
{
    return multiplex->connection->state == CONNECTION_READY;
}

static void flush_soon(struct multiplex *multiplex)
{
    loop_defer(client_of(multiplex)->loop, &multiplex->flush);
}

/* Whether more streams may begin here, now or later. */
static bool is_open(const struct multiplex *multiplex)
{
    return !multiplex->is_broken && !client_of(multiplex)->config.no_connection_reuse &&
           (!multiplex->http2 || http2_is_open(multiplex->http2));
}

static bool has_room(const struct multiplex *multiplex)
{
    return http2_active(multiplex->http2) < http2_max_active(multiplex->http2);
}

/* Channels */

static void detach(struct channel *channel)
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
static void note_delivery(const struct channel *channel, uint64_t pending_bytes)
{
    struct exchange *exchange = channel->exchange;
    uint64_t later_bytes = channel->multiplex->framed_bytes - channel->start_bytes;
    exchange->is_undelivered =
        exchange->first_byte_ns == 0 && (!channel->stream.id || pending_bytes >= later_bytes);
    if (!channel->stream.is_begun)
        exchange->sent_bytes = 0;
}

static uint64_t pending_bytes(const struct multiplex *multiplex)
{
    return tcp_stream_unacknowledged(&multiplex->connection->tcp) + multiplex->unsent.len;
}

static void limit(struct channel *channel, nsec_t at_ns)
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

static void start_waiting(struct multiplex *multiplex, nsec_t at_ns);

/* After streams ended: others begin, or the connection is of no more use. */
static void settle(struct multiplex *multiplex, nsec_t at_ns)
{
    if (!is_ready(multiplex))
        return;
    if (is_open(multiplex))
        start_waiting(multiplex, at_ns);
    else if (list_empty(&multiplex->busy) && list_empty(&multiplex->waiting))
        connection_close(multiplex->connection);
}

static void fail(struct channel *channel, struct failure failure)
{
    struct exchange *exchange = channel->exchange;
    detach(channel);
    exchange_fail(exchange, failure);
}

/* Gives up a stream that goes on; the peer is told. */
static void stop(struct channel *channel)
{
    struct multiplex *multiplex = channel->multiplex;
    note_delivery(channel, is_ready(multiplex) ? pending_bytes(multiplex) : UINT64_MAX);
    if (!is_ready(multiplex))
        return;
    http2_cancel(multiplex->http2, &channel->stream);
    flush_soon(multiplex);
}

static void on_timer(struct timer *timer)
{
    struct channel *channel = CONTAINER_OF(timer, struct channel, timer);
    struct multiplex *multiplex = channel->multiplex;
    stop(channel);
    fail(channel, failure_of(OUTCOME_TIMEOUT));
    settle(multiplex, loop_now(client_of(multiplex)->loop));
}

static struct channel *take_channel(struct multiplex *multiplex, struct exchange *exchange)
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
        timer_init(&channel->timer, client_of(multiplex)->loop, "stream", on_timer);
    }
    channel->exchange = exchange;
    exchange->channel = channel;
    exchange->connection = multiplex->connection;
    return channel;
}

static void tell_connected(struct channel *channel, nsec_t at_ns)
{
    struct exchange *exchange = channel->exchange;
    detach(channel);
    exchange->ready_ns = exchange->end_ns = at_ns;
    exchange_end_connecting(exchange);
}

/* In no list. */
static void start(struct channel *channel, nsec_t at_ns)
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
    limit(channel, at_ns);
    flush_soon(multiplex);
}

static void start_waiting(struct multiplex *multiplex, nsec_t at_ns)
{
    while (!list_empty(&multiplex->waiting) && is_ready(multiplex) && has_room(multiplex))
        start(CONTAINER_OF(list_pop_front(&multiplex->waiting), struct channel, link), at_ns);
}

/* Nobody begins here any more. Who waits goes elsewhere; who is under way stays. */
static void retire(struct multiplex *multiplex)
{
    struct list *item;
    list_remove(&multiplex->connection->link);
    while ((item = list_pop_front(&multiplex->waiting))) {
        struct exchange *exchange = CONTAINER_OF(item, struct channel, link)->exchange;
        detach(exchange->channel);
        exchange_look_again(exchange);
    }
}

/* The end of the connection */

static void move_all(struct list *from, struct list *to)
{
    struct list *item;
    while ((item = list_pop_front(from)))
        list_push_back(to, item);
}

void multiplex_take_all(struct multiplex *multiplex, struct list *ret_channels)
{
    uint64_t pending = multiplex->http2 ? pending_bytes(multiplex) : UINT64_MAX;
    LIST_FOREACH (it, &multiplex->busy)
        note_delivery(CONTAINER_OF(it, struct channel, link), pending);
    LIST_FOREACH (it, &multiplex->waiting)
        note_delivery(CONTAINER_OF(it, struct channel, link), UINT64_MAX);
    list_init(ret_channels);
    move_all(&multiplex->busy, ret_channels);
    move_all(&multiplex->waiting, ret_channels);
}

/* Over TLS a GOAWAY may stand in a record behind answers, after which more was begun that never
 * left. */
static void fail_one(struct channel *channel, struct failure failure)
{
    struct exchange *exchange = channel->exchange;
    bool is_refused = failure.outcome == OUTCOME_HTTP2_GOAWAY && !channel->stream.is_begun;
    detach(channel);
    if (is_refused)
        exchange_refused(exchange, failure);
    else
        exchange_fail(exchange, failure);
}

void multiplex_fail_all(struct list *channels, struct failure failure)
{
    struct list *item;
    while ((item = list_pop_front(channels)))
        fail_one(CONTAINER_OF(item, struct channel, link), failure);
}

static void break_off(struct multiplex *multiplex, struct failure failure)
{
    struct list channels;
    multiplex_take_all(multiplex, &channels);
    connection_close(multiplex->connection);
    multiplex_fail_all(&channels, failure);
}

/* What a peer that said GOAWAY closes is no surprise any more. */
static struct failure failure_of_end(const struct multiplex *multiplex,
                                     const struct stream_failure *failure)
{
    uint32_t code;
    if (http2_is_going(multiplex->http2, &code))
        return failure_of_http2(OUTCOME_HTTP2_GOAWAY, code);
    return failure ? failure_of_stream(client_of(multiplex), failure) : failure_of(OUTCOME_CLOSED);
}

static void break_protocol(struct multiplex *multiplex)
{
    struct http2_failure why = http2_failure(multiplex->http2);
    struct failure failure = failure_of_http2(OUTCOME_HTTP2_CONNECTION, why.error_code);
    if (why.text != http2_code_name(why.error_code))
        failure.text = why.text;
    break_off(multiplex, failure);
}

/* What the streams heard */

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
    if (stream->end == HTTP2_END_WHOLE) {
        detach(channel);
        exchange_end_whole(exchange, (int)http2_stream_status(stream),
                           http2_stream_body_bytes(stream), is_open(multiplex));
        return;
    }
    struct failure failure = failure_of_channel(channel);
    bool is_refused = stream->end == HTTP2_END_REFUSED;
    detach(channel);
    if (is_refused)
        exchange_refused(exchange, failure);
    else
        exchange_fail(exchange, failure);
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

static void hear(struct channel *channel, nsec_t at_ns)
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
        fail(channel, exchange->failure);
    } else if (exchange->idle_timeout_ns) {
        limit(channel, at_ns);
    }
}

static void dispatch(struct multiplex *multiplex, nsec_t at_ns)
{
    struct http2_stream *stream;
    while (is_ready(multiplex) && (stream = http2_next(multiplex->http2)))
        hear(CONTAINER_OF(stream, struct channel, stream), at_ns);
    if (!is_ready(multiplex))
        return;
    if (!is_open(multiplex))
        retire(multiplex);
    settle(multiplex, at_ns);
    if (is_ready(multiplex) && http2_has_output(multiplex->http2))
        flush_soon(multiplex);
}

static void on_bytes(struct stream *stream, const char *bytes, size_t len)
{
    struct multiplex *multiplex = ((struct connection *)stream->owner)->multiplex;
    nsec_t at_ns = clock_now(client_of(multiplex)->clock);
    int result = http2_feed(multiplex->http2, span_of(bytes, len));
    dispatch(multiplex, at_ns);
    if (UNLIKELY(result < 0) && is_ready(multiplex))
        break_protocol(multiplex);
}

static void on_end(struct stream *stream, const struct stream_failure *failure)
{
    struct multiplex *multiplex = ((struct connection *)stream->owner)->multiplex;
    break_off(multiplex, failure_of_end(multiplex, failure));
}

/* Writing */

/* The peer may have answered before it closed, so the connection is read to its end, unless it is
 * TLS that broke. */
static void write_failed(struct multiplex *multiplex, ssize_t error)
{
    multiplex->is_broken = true;
    strbuf_done(&multiplex->unsent);
    if (error == -EPROTO)
        break_off(multiplex, failure_of(OUTCOME_BROKEN_PIPE));
}

/* True when all of it was taken. */
static bool put(struct multiplex *multiplex, const struct strbuf *bytes)
{
    ssize_t sent = stream_send(multiplex->connection->stream, bytes->ptr, bytes->len);
    if (UNLIKELY(sent < 0)) {
        write_failed(multiplex, sent);
        return false;
    }
    if (LIKELY((size_t)sent == bytes->len))
        return true;
    strbuf_add(&multiplex->unsent, bytes->ptr + sent, bytes->len - (size_t)sent);
    return false;
}

/* The same bytes again, which OpenSSL asks for too. */
static bool put_unsent(struct multiplex *multiplex)
{
    struct strbuf *unsent = &multiplex->unsent;
    if (unsent->len == 0)
        return true;
    ssize_t sent = stream_send(multiplex->connection->stream, unsent->ptr, unsent->len);
    if (UNLIKELY(sent < 0)) {
        write_failed(multiplex, sent);
        return false;
    }
    strbuf_consume(unsent, (size_t)sent);
    if (unsent->len > 0)
        return false;
    strbuf_done(unsent);
    return true;
}

static void mark_sent(struct multiplex *multiplex, nsec_t at_ns)
{
    struct http2_stream *stream;
    while ((stream = http2_next_sent(multiplex->http2))) {
        struct exchange *exchange = CONTAINER_OF(stream, struct channel, stream)->exchange;
        exchange->is_sent = true;
        exchange->sent_ns = at_ns;
    }
    if (LIKELY(!multiplex->has_silence))
        return;
    LIST_FOREACH (it, &multiplex->busy)
        limit(CONTAINER_OF(it, struct channel, link), at_ns);
}

/* -1 when the protocol is broken; what there was to say of that is written. */
static int write_out(struct multiplex *multiplex)
{
    struct strbuf *out = &client_of(multiplex)->frames;
    int result = 0;
    size_t len = WRITE_BYTES;
    while (result == 0 && len >= WRITE_BYTES && put_unsent(multiplex)) {
        strbuf_reset(out);
        result = http2_pull(multiplex->http2, out, WRITE_BYTES);
        len = out->len;
        multiplex->framed_bytes += len;
        if (len == 0 || !put(multiplex, out))
            break;
    }
    return result;
}

static void flush(struct deferred *deferred)
{
    struct multiplex *multiplex = CONTAINER_OF(deferred, struct multiplex, flush);
    if (!is_ready(multiplex) || multiplex->is_broken)
        return;
    int result = write_out(multiplex);
    nsec_t at_ns = clock_now(client_of(multiplex)->clock);
    if (is_ready(multiplex) && multiplex->unsent.len == 0)
        mark_sent(multiplex, at_ns);
    dispatch(multiplex, at_ns);
    if (UNLIKELY(result < 0) && is_ready(multiplex))
        break_protocol(multiplex);
}

static void on_writable(struct stream *stream)
{
    struct multiplex *multiplex = ((struct connection *)stream->owner)->multiplex;
    flush(&multiplex->flush);
}

static const struct stream_events multiplex_events = {
    .on_bytes = on_bytes,
    .on_end = on_end,
    .on_writable = on_writable,
};

/* Public */

struct multiplex *multiplex_new(struct connection *connection, bool is_bounded)
{
    struct multiplex *multiplex = NEW(struct multiplex);
    multiplex->connection = connection;
    multiplex->is_bounded = is_bounded;
    multiplex->flush.fn = flush;
    strbuf_init(&multiplex->unsent, SIZE_MAX / 2);
    list_init(&multiplex->waiting);
    list_init(&multiplex->busy);
    list_init(&multiplex->spare);
    return multiplex;
}

void multiplex_close(struct multiplex *multiplex)
{
    deferred_cancel(&multiplex->flush);
}

void multiplex_free(struct multiplex **ptr)
{
    struct multiplex *multiplex = *ptr;
    struct list *item;
    if (!multiplex)
        return;
    deferred_cancel(&multiplex->flush);
    while ((item = list_pop_front(&multiplex->spare))) {
        struct channel *channel = CONTAINER_OF(item, struct channel, link);
        timer_done(&channel->timer);
        free(channel);
    }
    http2_free(&multiplex->http2);
    strbuf_done(&multiplex->unsent);
    free(multiplex);
    *ptr = NULL;
}

struct connection *multiplex_find(const struct exchange *exchange)
{
    LIST_FOREACH (it, &exchange->session->shared) {
        struct connection *connection = CONTAINER_OF(it, struct connection, link);
        const struct multiplex *multiplex = connection->multiplex;
        bool has_place = exchange->waits_in_line || !multiplex->http2 ||
                         (list_empty(&multiplex->waiting) && has_room(multiplex));
        if (connection->origin == exchange->origin && is_open(multiplex) && has_place &&
            multiplex->is_bounded == exchange->is_streamed)
            return connection;
    }
    return NULL;
}

void multiplex_join(struct multiplex *multiplex, struct exchange *exchange, nsec_t at_ns)
{
    struct channel *channel = take_channel(multiplex, exchange);
    if (is_ready(multiplex) && list_empty(&multiplex->waiting) && has_room(multiplex)) {
        start(channel, at_ns);
        return;
    }
    list_push_back(&multiplex->waiting, &channel->link);
    if (exchange->deadline_ns != NSEC_NEVER)
        timer_set(&channel->timer, exchange->deadline_ns);
}

void multiplex_open(struct multiplex *multiplex, nsec_t at_ns)
{
    struct connection *connection = multiplex->connection;
    struct exchange *first = connection->exchange;
    multiplex->http2 = http2_new(&client_of(multiplex)->limits,
                                 multiplex->is_bounded ? BOUNDED_WINDOW : HTTP2_LARGE_WINDOW);
    connection->stream->events = &multiplex_events;
    connection->exchange = NULL;
    flush_soon(multiplex);
    start(take_channel(multiplex, first), at_ns);
    settle(multiplex, at_ns);
}

void multiplex_dissolve(struct multiplex *multiplex)
{
    retire(multiplex);
}

struct exchange *multiplex_next_waiting(struct multiplex *multiplex)
{
    struct list *item = list_first(&multiplex->waiting);
    if (!item)
        return NULL;
    struct exchange *exchange = CONTAINER_OF(item, struct channel, link)->exchange;
    detach(exchange->channel);
    return exchange;
}

void multiplex_cancel(struct exchange *exchange)
{
    struct channel *channel = exchange->channel;
    struct multiplex *multiplex = channel->multiplex;
    stop(channel);
    detach(channel);
    settle(multiplex, loop_now(client_of(multiplex)->loop));
}

bool multiplex_is_idle(const struct multiplex *multiplex)
{
    return is_ready(multiplex) && list_empty(&multiplex->busy) && list_empty(&multiplex->waiting);
}

void multiplex_pause(struct exchange *exchange)
{
    struct channel *channel = exchange->channel;
    if (!channel->stream.id)
        return;
    http2_pause(&channel->stream);
    limit(channel, 0);
}

void multiplex_resume(struct exchange *exchange)
{
    struct channel *channel = exchange->channel;
    struct multiplex *multiplex = channel->multiplex;
    if (!channel->stream.is_paused || !is_ready(multiplex))
        return;
    http2_resume(multiplex->http2, &channel->stream);
    limit(channel, clock_now(client_of(multiplex)->clock));
    flush_soon(multiplex);
}

const struct http2_stream *multiplex_stream(const struct exchange *exchange)
{
    return &exchange->channel->stream;
}
