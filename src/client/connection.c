/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection: name, TCP, a proxy's tunnel and TLS on the way up, then one exchange at a time.
 * Its timer is its exchange's deadline or, if that comes first, the end of connecting or of
 * silence. While idle it only listens for the server's close, or for bytes that nobody asked for,
 * and drops out of the pool on either.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "client/client_private.h"
#include "net/tls_context.h"
#include "net/tls_stream.h"
#include "net/tunnel.h"

static nsec_t now(const struct connection *connection)
{
    return clock_now(connection->session->client->clock);
}

/* The exchange learns it; the connection is gone. */
static void fail(struct connection *connection, struct failure failure)
{
    struct exchange *exchange = connection->exchange;
    struct list others;
    list_init(&others);
    if (connection->multiplex)
        multiplex_take_all(connection->multiplex, &others);
    connection_close(connection);
    if (exchange)
        exchange_fail(exchange, failure);
    multiplex_fail_all(&others, failure);
}

static void on_timer(struct timer *timer)
{
    struct connection *connection = CONTAINER_OF(timer, struct connection, timer);
    bool is_dial = connection->state != CONNECTION_READY &&
                   connection->connect_deadline_ns < connection->exchange->deadline_ns;
    struct exchange *exchange = connection->exchange;
    if (!is_dial && connection->multiplex) {
        connection_leave(connection);
        exchange_fail(exchange, failure_of(OUTCOME_TIMEOUT));
        return;
    }
    fail(connection, failure_of(is_dial ? OUTCOME_DIAL_TIMEOUT : OUTCOME_TIMEOUT));
}

static void set_timer(struct connection *connection, nsec_t deadline_ns)
{
    if (deadline_ns == NSEC_NEVER)
        timer_cancel(&connection->timer);
    else
        timer_set(&connection->timer, deadline_ns);
}

/* Bytes moved at `at_ns`, and more have to, unless the silence is ours. */
static void limit_silence(struct connection *connection, nsec_t at_ns)
{
    const struct exchange *exchange = connection->exchange;
    nsec_t silence_ns =
        connection->is_paused ? NSEC_NEVER : deadline_after(at_ns, exchange->idle_timeout_ns);
    set_timer(connection, MIN_OF(silence_ns, exchange->deadline_ns));
}

/* Nobody can share it after all. */
static void become_http1(struct connection *connection)
{
    origin_note_http1(connection->origin);
    multiplex_dissolve(connection->multiplex);
    multiplex_free(&connection->multiplex);
}

static bool speaks_http2(const struct connection *connection)
{
    return !connection->tls || span_equal(tls_stream_alpn(connection->tls), SPAN("h2"));
}

static void become_ready(struct connection *connection, nsec_t at_ns)
{
    struct exchange *exchange = connection->exchange;
    bool is_http2 = connection->multiplex && speaks_http2(connection);
    if (connection->origin->version == HTTP_2 && !is_http2) {
        fail(connection, failure_of(OUTCOME_NO_HTTP2));
        return;
    }
    connection->state = CONNECTION_READY;
    connection->session->client->counts.connections++;
    if (is_http2) {
        timer_cancel(&connection->timer);
        multiplex_open(connection->multiplex, at_ns);
        return;
    }
    if (connection->multiplex)
        become_http1(connection);
    exchange->ready_ns = at_ns;
    connection_lend(connection, exchange);
    if (exchange->only_connects)
        exchange_connected(exchange);
    else
        exchange_ready(exchange);
}

static void on_secured(struct stream *stream, const struct stream_failure *failure)
{
    struct connection *connection = stream->owner;
    struct timings *timings = &connection->exchange->timings;
    if (failure) {
        connection->exchange->tls_problem = tls_stream_verify_problem(connection->tls);
        fail(connection, failure_of_stream(connection->session->client, failure));
        return;
    }
    struct client_counts *counts = &connection->session->client->counts;
    nsec_t at_ns = now(connection);
    counts->handshakes++;
    counts->resumed += tls_stream_is_resumed(connection->tls);
    timings->tls_handshaking_ns = at_ns - connection->phase_start_ns;
    become_ready(connection, at_ns);
}

/* False when the exchange was cancelled meanwhile; nothing of it may be looked at then. */
static bool tell_progress(struct connection *connection)
{
    struct exchange *exchange = connection->exchange;
    exchange->ops->on_progress(exchange, &connection->exchange);
    return connection->exchange == exchange;
}

/* The answers to a pipelined message, as `step` and `*used` say of the first. A server that will
 * not go on has no more of them. */
static enum step feed_pipelined(struct connection *connection, struct span bytes, enum step step,
                                size_t *used)
{
    struct http1_parser *parser = &connection->parser;
    struct exchange *exchange = connection->exchange;
    while (step == STEP_DONE && exchange->answers_due > 1 && http1_parser_keep_alive(parser)) {
        size_t more = 0;
        exchange_part(exchange);
        http1_parser_reset(parser, exchange->is_head);
        step = http1_parser_feed(parser, span_from(bytes, *used), &more);
        *used += more;
    }
    return step;
}

static void on_bytes(struct stream *stream, const char *bytes, size_t len)
{
    struct connection *connection = stream->owner;
    struct exchange *exchange = connection->exchange;
    size_t used = 0;
    if (UNLIKELY(!exchange)) {
        connection_close(connection);
        return;
    }
    exchange->end_ns = now(connection);
    if (exchange->first_byte_ns == 0)
        exchange->first_byte_ns = exchange->end_ns;
    exchange->received_bytes += len;
    enum step step = http1_parser_feed(&connection->parser, span_of(bytes, len), &used);
    if (UNLIKELY(exchange->answers_due > 1))
        step = feed_pipelined(connection, span_of(bytes, len), step, &used);
    if (UNLIKELY(exchange->is_streamed) && !tell_progress(connection))
        return;
    if (LIKELY(step == STEP_DONE))
        exchange_answered(exchange, used < len);
    else if (step == STEP_FAILED)
        fail(connection, failure_of_problem(http1_parser_problem(&connection->parser)));
    else if (exchange->failure.outcome != OUTCOME_OK)
        fail(connection, exchange->failure);
    else if (exchange->idle_timeout_ns)
        limit_silence(connection, exchange->end_ns);
}

static void on_end(struct stream *stream, const struct stream_failure *failure)
{
    struct connection *connection = stream->owner;
    struct exchange *exchange = connection->exchange;
    if (!exchange) {
        connection_close(connection);
        return;
    }
    exchange->end_ns = now(connection);
    if (failure)
        fail(connection, failure_of_stream(connection->session->client, failure));
    else if (http1_parser_eof(&connection->parser) == STEP_DONE)
        exchange_answered(exchange, true);
    else
        fail(connection, failure_of_problem(http1_parser_problem(&connection->parser)));
}

static void on_writable(struct stream *stream)
{
    struct connection *connection = stream->owner;
    if (connection->exchange)
        exchange_writable(connection->exchange);
    if (connection->exchange && connection->exchange->idle_timeout_ns)
        limit_silence(connection, now(connection));
}

static const struct stream_events tls_events = {
    .on_open = on_secured,
    .on_bytes = on_bytes,
    .on_end = on_end,
    .on_writable = on_writable,
};

/* Protocols in the wire form of RFC 7301 §3.1, the preferred one first. */
static struct span alpn_of(enum http_version version)
{
    switch (version) {
    case HTTP_AUTO:
        return SPAN("\x02h2\x08http/1.1");
    case HTTP_2:
        return SPAN("\x02h2");
    case HTTP_1_1:
        break;
    }
    return SPAN("\x08http/1.1");
}

static void start_tls(struct connection *connection, nsec_t at_ns)
{
    const struct origin *origin = connection->origin;
    const struct tls_peer peer = {
        .host = origin->host,
        .session_key = origin->key,
        .is_ip = origin->is_ip,
        .alpn = alpn_of(origin->version),
    };

    connection->state = CONNECTION_SECURING;
    connection->phase_start_ns = at_ns;
    connection->tls = tls_stream_new(origin->transport->tls, &connection->tcp.stream, &tls_events,
                                     connection, &peer);
    if (!connection->tls) {
        fail(connection, failure_of(OUTCOME_TLS));
        return;
    }
    connection->stream = tls_stream_base(connection->tls);
    tls_stream_start(connection->tls);
}

static void on_tunnel(void *owner, const struct stream_failure *failure)
{
    struct connection *connection = owner;
    if (failure)
        fail(connection, failure_of_stream(connection->session->client, failure));
    else
        start_tls(connection, now(connection));
}

static void start_tunnel(struct connection *connection)
{
    const struct origin *origin = connection->origin;
    struct strbuf *scratch = &connection->session->client->scratch;
    bool is_ipv6 = span_find(origin->host, ':') >= 0;
    strbuf_reset(scratch);
    strbuf_addf(scratch, is_ipv6 ? "[%.*s]:%u" : "%.*s:%u", SPAN_ARG(origin->host), origin->port);
    connection->state = CONNECTION_TUNNELING;
    connection->tunnel = tunnel_new(&connection->tcp.stream, strbuf_span(scratch),
                                    origin->transport->proxy.authorization, on_tunnel, connection);
    tunnel_start(connection->tunnel);
}

/* Whose name is looked up. */
static struct span dial_host(const struct connection *connection)
{
    const struct origin *origin = connection->origin;
    return origin->transport->proxy.host.len > 0 ? origin->transport->proxy.host : origin->host;
}

static bool next_address(const struct connection *connection, struct address *ret_address)
{
    const struct client *client = connection->session->client;
    struct address failed;
    return client->config.try_all_addresses &&
           address_parse(span_cstr(connection->peer_text), connection->peer_port, &failed) == 0 &&
           resolver_next(client->resolver, dial_host(connection), &failed, ret_address);
}

static struct failure start_tcp(struct connection *connection, const struct address *address);

static void dial_failed(struct connection *connection, int sys_error)
{
    struct failure failure = failure_of_dial(connection->session->client, sys_error);
    struct address next;
    if (next_address(connection, &next)) {
        stream_close(&connection->tcp.stream);
        failure = start_tcp(connection, &next);
    }
    if (failure.outcome != OUTCOME_OK)
        fail(connection, failure);
}

static void on_connected(struct stream *stream, const struct stream_failure *failure)
{
    struct connection *connection = stream->owner;
    if (failure) {
        dial_failed(connection, failure->sys_error);
        return;
    }
    nsec_t at_ns = now(connection);
    connection->exchange->timings.connecting_ns = at_ns - connection->phase_start_ns;
    if (!connection->origin->is_tls)
        become_ready(connection, at_ns);
    else if (connection->origin->transport->proxy.host.len > 0)
        start_tunnel(connection);
    else
        start_tls(connection, at_ns);
}

static const struct stream_events tcp_events = {
    .on_open = on_connected,
    .on_bytes = on_bytes,
    .on_end = on_end,
    .on_writable = on_writable,
};

static int try_address(struct connection *connection, const struct address *address)
{
    struct session *session = connection->session;
    const struct transport *transport = connection->origin->transport;
    const struct tcp_route route = {
        .peer = address,
        .local = transport->has_local ? &transport->local : NULL,
        .buffer_bytes = transport->buffer_bytes,
    };
    address_text(address, connection->peer_text);
    connection->peer_port = address_port(address);
    connection->state = CONNECTION_CONNECTING;
    connection->phase_start_ns = now(connection);
    return tcp_stream_connect(&connection->tcp, session->client->loop, &tcp_events, connection,
                              &route, &session->traffic);
}

/* OUTCOME_OK, or why not even that was possible. */
static struct failure start_tcp(struct connection *connection, const struct address *address)
{
    struct address next;
    int error = try_address(connection, address);
    while (error < 0 && next_address(connection, &next))
        error = try_address(connection, &next);
    if (error < 0)
        return failure_of_dial(connection->session->client, -error);
    return failure_of(OUTCOME_OK);
}

static struct failure failure_of_lookup(enum resolver_problem problem, const char *text)
{
    if (problem == RESOLVER_NO_SUCH_HOST)
        return failure_of(OUTCOME_DNS_NO_SUCH_HOST);
    return (struct failure){OUTCOME_DNS, text, 0};
}

static void on_resolved(struct resolver_query *query, enum resolver_problem problem,
                        const struct address *address, const char *text)
{
    struct connection *connection = CONTAINER_OF(query, struct connection, query);
    connection->exchange->timings.lookup_ns = now(connection) - connection->phase_start_ns;
    struct failure failure =
        problem == RESOLVER_OK ? start_tcp(connection, address) : failure_of_lookup(problem, text);
    if (failure.outcome != OUTCOME_OK)
        fail(connection, failure);
}

static struct failure start(struct connection *connection)
{
    const struct origin *origin = connection->origin;
    const struct proxy *proxy = &origin->transport->proxy;
    struct span host = dial_host(connection);
    uint16_t port = proxy->host.len > 0 ? proxy->port : origin->port;
    struct address address;
    connection->phase_start_ns = now(connection);
    switch (resolver_start(connection->session->client->resolver, &connection->query, host, port,
                           &address)) {
    case STEP_DONE:
        return start_tcp(connection, &address);
    case STEP_FAILED:
        return failure_of(OUTCOME_DNS_NO_SUCH_HOST);
    case STEP_MORE:
        break;
    }
    return failure_of(OUTCOME_OK);
}

/* A retry begins later than its exchange did. */
static nsec_t connect_deadline(const struct exchange *exchange)
{
    const struct client *client = exchange->session->client;
    nsec_t timeout_ns = exchange->connect_timeout_ns ? exchange->connect_timeout_ns
                                                     : client->config.connect_timeout_ns;
    return deadline_after(MAX_OF(exchange->timings.start_ns, loop_now(client->loop)), timeout_ns);
}

struct failure connection_open(struct session *session, struct exchange *exchange)
{
    struct client *client = session->client;
    struct connection *connection = NEW(struct connection);
    client->live_objects++;
    *connection = (struct connection){
        .session = session,
        .origin = exchange->origin,
        .exchange = exchange,
        .connect_deadline_ns = connect_deadline(exchange),
        .stream = &connection->tcp.stream,
        .tcp.io.fd = -1,
        .query.fn = on_resolved,
    };
    exchange->connection = connection;
    if (exchange->origin->version != HTTP_1_1) {
        connection->multiplex = multiplex_new(connection, exchange->is_streamed);
        list_push_front(&session->shared, &connection->link);
    }
    http1_parser_init(&connection->parser, &client->limits, NULL, NULL);
    timer_init(&connection->timer, client->loop, "connection", on_timer);
    set_timer(connection, MIN_OF(connection->connect_deadline_ns, exchange->deadline_ns));
    struct failure failure = start(connection);
    if (failure.outcome != OUTCOME_OK)
        connection_close(connection);
    return failure;
}

/* Over TLS bytes may be a session ticket. */
bool connection_is_stale(const struct connection *connection)
{
    enum tcp_news news = tcp_stream_news(&connection->tcp);
    return news == TCP_NEWS_END || (news == TCP_NEWS_BYTES && !connection->tls);
}

void connection_describe(const struct connection *connection, struct exchange *exchange)
{
    exchange->peer_text = connection->peer_text;
    exchange->peer_port = connection->peer_port;
    if (connection->tls) {
        exchange->tls_version = tls_stream_version(connection->tls);
        exchange->tls_cipher = tls_stream_cipher(connection->tls);
    }
}

void connection_leave(struct connection *connection)
{
    struct multiplex *multiplex = connection->multiplex;
    struct exchange *next = multiplex ? multiplex_next_waiting(multiplex) : NULL;
    if (!next) {
        connection_close(connection);
        return;
    }
    connection->exchange->is_undelivered = true;
    connection->exchange->connection = NULL;
    connection->exchange = next;
    next->connection = connection;
    set_timer(connection, MIN_OF(connection->connect_deadline_ns, next->deadline_ns));
}

void connection_lend(struct connection *connection, struct exchange *exchange)
{
    connection->exchange = exchange;
    exchange->connection = connection;
    connection_describe(connection, exchange);
    http1_parser_reset(&connection->parser, exchange->is_head);
    http1_parser_listen(&connection->parser, exchange->events, exchange->events_arg);
    if (exchange->idle_timeout_ns)
        limit_silence(connection, exchange->ready_ns);
    else
        set_timer(connection, exchange->deadline_ns);
}

static void restart_reading(struct connection *connection)
{
    connection->is_paused = false;
    stream_resume(connection->stream);
}

void connection_pause(struct connection *connection)
{
    if (connection->is_paused || connection->state != CONNECTION_READY)
        return;
    connection->is_paused = true;
    stream_pause(connection->stream);
    set_timer(connection, connection->exchange->deadline_ns);
}

void connection_resume(struct connection *connection)
{
    if (!connection->is_paused)
        return;
    restart_reading(connection);
    if (connection->exchange->idle_timeout_ns)
        limit_silence(connection, now(connection));
}

void connection_release(struct connection *connection, bool reuse)
{
    connection->exchange->connection = NULL;
    connection->exchange = NULL;
    if (UNLIKELY(connection->is_paused))
        restart_reading(connection);
    if (!reuse) {
        connection_close(connection);
        return;
    }
    timer_cancel(&connection->timer);
    pool_put(connection->session, connection);
}

/* TLS sends a few more bytes than the message has, so part of a first record may have arrived
 * where this says undelivered; without its end the peer can make nothing of it. */
static void abandon(struct exchange *exchange, const struct connection *connection)
{
    exchange->connection = NULL;
    exchange->body_bytes = http1_parser_body_bytes(&connection->parser);
    exchange->is_undelivered = exchange->first_byte_ns == 0 &&
                               tcp_stream_unacknowledged(&connection->tcp) >= exchange->sent_bytes;
}

void connection_close(struct connection *connection)
{
    if (connection->state == CONNECTION_CLOSED)
        return;
    connection->state = CONNECTION_CLOSED;
    if (connection->exchange)
        abandon(connection->exchange, connection);
    connection->exchange = NULL;
    list_remove(&connection->link);
    if (connection->multiplex)
        multiplex_close(connection->multiplex);
    resolver_cancel(&connection->query);
    timer_done(&connection->timer);
    if (connection->tcp.stream.ops)
        stream_close(connection->stream);
    client_bury(connection->session->client, connection);
}

void connection_free(struct connection *connection)
{
    tls_stream_free(&connection->tls);
    tunnel_free(&connection->tunnel);
    multiplex_free(&connection->multiplex);
    http1_parser_done(&connection->parser);
    free(connection);
}
