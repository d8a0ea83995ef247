/* SPDX-License-Identifier: Apache-2.0
 *
 * The exchanges that share one connection over HTTP/2, each on a channel (channel.c). While the
 * connection is being opened, or has as many streams as its peer allows, channels wait in line.
 *
 * What the streams have to say is gathered and written once, at the end of the loop's turn: one
 * record of TLS, one system call, however many requests. Nothing is called back from inside the
 * codec; an exchange that ends there is told afterwards, so it may start, cancel and free anything.
 * The connection, and with it this, lives to the end of the turn.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "client/multiplex_private.h"

/* Written in one go; a large upload is written in so many pieces. */
#define WRITE_BYTES ((size_t)64 * 1024)

/* Of streams that may be paused: what their peer sends until it hears of that. */
#define BOUNDED_WINDOW (1 << 20)

uint64_t multiplex_pending_bytes(const struct multiplex *multiplex)
{
    return tcp_stream_unacknowledged(&multiplex->connection->tcp) + multiplex->unsent.len;
}

static void start_waiting(struct multiplex *multiplex, nsec_t at_ns)
{
    while (!list_empty(&multiplex->waiting) && multiplex_is_ready(multiplex) &&
           multiplex_has_room(multiplex))
        channel_start(CONTAINER_OF(list_pop_front(&multiplex->waiting), struct channel, link),
                      at_ns);
}

void multiplex_settle(struct multiplex *multiplex, nsec_t at_ns)
{
    if (!multiplex_is_ready(multiplex))
        return;
    if (multiplex_is_open(multiplex))
        start_waiting(multiplex, at_ns);
    else if (list_empty(&multiplex->busy) && list_empty(&multiplex->waiting))
        connection_close(multiplex->connection);
}

/* Nobody begins here any more. Who waits goes elsewhere; who is under way stays. */
static void retire(struct multiplex *multiplex)
{
    struct list *item;
    list_remove(&multiplex->connection->link);
    while ((item = list_pop_front(&multiplex->waiting))) {
        struct exchange *exchange = CONTAINER_OF(item, struct channel, link)->exchange;
        channel_detach(exchange->channel);
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
    uint64_t pending = multiplex->http2 ? multiplex_pending_bytes(multiplex) : UINT64_MAX;
    LIST_FOREACH (it, &multiplex->busy)
        channel_note_delivery(CONTAINER_OF(it, struct channel, link), pending);
    LIST_FOREACH (it, &multiplex->waiting)
        channel_note_delivery(CONTAINER_OF(it, struct channel, link), UINT64_MAX);
    list_init(ret_channels);
    move_all(&multiplex->busy, ret_channels);
    move_all(&multiplex->waiting, ret_channels);
}

void multiplex_fail_all(struct list *channels, struct failure failure)
{
    struct list *item;
    while ((item = list_pop_front(channels)))
        channel_break(CONTAINER_OF(item, struct channel, link), failure);
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
    return failure ? failure_of_stream(multiplex_client(multiplex), failure)
                   : failure_of(OUTCOME_CLOSED);
}

static void break_protocol(struct multiplex *multiplex)
{
    struct http2_failure why = http2_failure(multiplex->http2);
    struct failure failure = failure_of_http2(OUTCOME_HTTP2_CONNECTION, why.error_code);
    if (why.text != http2_code_name(why.error_code))
        failure.text = why.text;
    break_off(multiplex, failure);
}

static void dispatch(struct multiplex *multiplex, nsec_t at_ns)
{
    struct http2_stream *stream;
    while (multiplex_is_ready(multiplex) && (stream = http2_next(multiplex->http2)))
        channel_hear(CONTAINER_OF(stream, struct channel, stream), at_ns);
    if (!multiplex_is_ready(multiplex))
        return;
    if (!multiplex_is_open(multiplex))
        retire(multiplex);
    multiplex_settle(multiplex, at_ns);
    /* What is unsent goes first, when there is room. */
    if (multiplex_is_ready(multiplex) && multiplex->unsent.len == 0 &&
        http2_has_output(multiplex->http2))
        multiplex_flush_soon(multiplex);
}

static void on_bytes(struct stream *stream, const char *bytes, size_t len)
{
    struct multiplex *multiplex = ((struct connection *)stream->owner)->multiplex;
    nsec_t at_ns = clock_now(multiplex_client(multiplex)->clock);
    int result = http2_feed(multiplex->http2, span_of(bytes, len));
    dispatch(multiplex, at_ns);
    if (UNLIKELY(result < 0) && multiplex_is_ready(multiplex))
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
        channel_limit(CONTAINER_OF(it, struct channel, link), at_ns);
}

/* -1 when the protocol is broken; what there was to say of that is written. */
static int write_out(struct multiplex *multiplex)
{
    struct strbuf *out = &multiplex_client(multiplex)->frames;
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
    if (!multiplex_is_ready(multiplex) || multiplex->is_broken)
        return;
    int result = write_out(multiplex);
    nsec_t at_ns = clock_now(multiplex_client(multiplex)->clock);
    if (multiplex_is_ready(multiplex) && multiplex->unsent.len == 0)
        mark_sent(multiplex, at_ns);
    dispatch(multiplex, at_ns);
    if (UNLIKELY(result < 0) && multiplex_is_ready(multiplex))
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
    while ((item = list_pop_front(&multiplex->spare)))
        channel_free(CONTAINER_OF(item, struct channel, link));
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
                         (list_empty(&multiplex->waiting) && multiplex_has_room(multiplex));
        if (connection->origin == exchange->origin && multiplex_is_open(multiplex) && has_place &&
            multiplex->is_bounded == exchange->is_streamed)
            return connection;
    }
    return NULL;
}

void multiplex_join(struct multiplex *multiplex, struct exchange *exchange, nsec_t at_ns)
{
    struct channel *channel = channel_take(multiplex, exchange);
    if (multiplex_is_ready(multiplex) && list_empty(&multiplex->waiting) &&
        multiplex_has_room(multiplex)) {
        channel_start(channel, at_ns);
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
    multiplex->http2 = http2_new(&multiplex_client(multiplex)->limits,
                                 multiplex->is_bounded ? BOUNDED_WINDOW : HTTP2_LARGE_WINDOW);
    connection->stream->events = &multiplex_events;
    connection->exchange = NULL;
    tcp_stream_drain(&connection->tcp);
    multiplex_flush_soon(multiplex);
    channel_start(channel_take(multiplex, first), at_ns);
    multiplex_settle(multiplex, at_ns);
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
    channel_detach(exchange->channel);
    return exchange;
}

bool multiplex_is_idle(const struct multiplex *multiplex)
{
    return multiplex_is_ready(multiplex) && list_empty(&multiplex->busy) &&
           list_empty(&multiplex->waiting);
}
