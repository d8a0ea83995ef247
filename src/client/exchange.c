/* SPDX-License-Identifier: Apache-2.0
 *
 * One message out, one response in. The clock is read three times for a keep-alive exchange:
 * before the write, after it, and when bytes arrive (the last such reading is the end of the
 * response: that is when its last byte was there).
 *
 * A connection that was idle may have been closed by the server just before it was used. Then the
 * exchange is tried again on a fresh one, once, if that cannot do anything twice: nothing was
 * written, or the method is idempotent and has no body (RFC 9110 §9.2.2, and Go's rule). The
 * request may say otherwise; one that never retries asks the kernel first, as urllib3 does.
 */
#include <errno.h>

#include "client/client_private.h"
#include "http/http2.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"

#define MAX_REFUSALS 6

static nsec_t now(const struct exchange *exchange)
{
    return clock_now(exchange->session->client->clock);
}

static nsec_t span_ns(nsec_t from_ns, nsec_t to_ns)
{
    return from_ns && to_ns > from_ns ? to_ns - from_ns : 0;
}

/* The phases from the marks, by k6's definitions. An answer may come, or the exchange fail, before
 * all is written; writing lasted until then. (k6 says 0 there, and a stalled upload looks fast.) */
void exchange_set_timings(struct exchange *exchange)
{
    struct timings *timings = &exchange->timings;
    nsec_t heard_ns = exchange->first_byte_ns ? exchange->first_byte_ns : exchange->end_ns;
    nsec_t sent_ns = exchange->sent_ns ? MIN_OF(exchange->sent_ns, heard_ns) : heard_ns;
    timings->blocked_ns = span_ns(timings->start_ns, exchange->ready_ns);
    timings->sending_ns = span_ns(exchange->ready_ns, sent_ns);
    timings->waiting_ns = span_ns(sent_ns, heard_ns);
    timings->receiving_ns = span_ns(heard_ns, exchange->end_ns);
    timings->end_ns = exchange->end_ns;
}

static void report(struct exchange *exchange)
{
    struct client_counts *counts = &exchange->session->client->counts;
    exchange_set_timings(exchange);
    exchange->is_under_way = false;
    counts->reported++;
    counts->never_delivered += exchange->is_undelivered;
}

static void end(struct exchange *exchange)
{
    if (UNLIKELY(exchange->only_connects)) {
        exchange_set_timings(exchange);
        exchange->is_under_way = false;
        exchange->ops->on_connected(exchange);
        return;
    }
    report(exchange);
    exchange->ops->on_end(exchange);
}

static void end_late(struct deferred *deferred)
{
    end(CONTAINER_OF(deferred, struct exchange, late));
}

static void open_fresh(struct exchange *exchange)
{
    struct failure failure = connection_open(exchange->session, exchange);
    if (failure.outcome == OUTCOME_OK)
        return;
    exchange->failure = failure;
    exchange->end_ns = now(exchange);
    loop_defer(exchange->session->client->loop, &exchange->late);
}

/* Its own, or one that others share; `at_ns` is now. */
static void acquire_shared(struct exchange *exchange, nsec_t at_ns)
{
    struct connection *connection = multiplex_find(exchange);
    if (connection)
        multiplex_join(connection->multiplex, exchange, at_ns);
    else
        open_fresh(exchange);
}

static bool may_share(const struct exchange *exchange)
{
    return exchange->origin->version != HTTP_1_1;
}

void exchange_look_again(struct exchange *exchange)
{
    if (may_share(exchange))
        acquire_shared(exchange, now(exchange));
    else
        open_fresh(exchange);
}

static bool may_retry(const struct exchange *exchange)
{
    bool is_safe = exchange->sent_bytes == 0 || exchange->is_idempotent;
    return exchange->is_reused && exchange->first_byte_ns == 0 &&
           (exchange->retry == RETRY_ALWAYS || (exchange->retry == RETRY_SAFE && is_safe));
}

static void begin_attempt(struct exchange *exchange)
{
    exchange->session->client->counts.attempts += !exchange->only_connects;
    exchange->received_bytes = exchange->body_bytes = 0;
    exchange->keeps_alive = exchange->until_close = exchange->has_surplus = false;
    exchange->failure = failure_of(OUTCOME_OK);
    exchange->sent_bytes = 0;
    exchange->ready_ns = exchange->sent_ns = 0;
    exchange->first_byte_ns = exchange->end_ns = 0;
    exchange->is_http2 = false;
    exchange->is_sent = exchange->is_broken = exchange->is_undelivered = false;
    exchange->tls_version = exchange->tls_cipher = exchange->peer_text = "";
    exchange->tls_problem = "";
    exchange->peer_port = 0;
}

/* The first start stays: the time that the dead connection took is time the user was blocked. */
static void retry(struct exchange *exchange)
{
    struct client *client = exchange->session->client;
    client->counts.retried++;
    client->counts.never_delivered += exchange->is_undelivered;
    if (!exchange->silent)
        recorder_add(client->recorder, METRIC_HTTP_RETRIES, exchange->tags, 1);
    begin_attempt(exchange);
    exchange->is_reused = false;
    exchange_look_again(exchange);
}

/* -errno when the connection broke. */
static int push(struct exchange *exchange)
{
    struct span rest = span_from(exchange->message, exchange->sent_bytes);
    ssize_t sent = stream_send(exchange->connection->stream, rest.ptr, rest.len);
    if (UNLIKELY(sent < 0))
        return (int)sent;
    exchange->sent_bytes += (size_t)sent;
    if (LIKELY((size_t)sent == rest.len)) {
        exchange->is_sent = true;
        exchange->sent_ns = now(exchange);
    }
    return 0;
}

/* The connection broke while writing. Its peer may have answered first (an early refusal, an alert
 * of TLS), so it is read to its end, which is sure to come; unless it is TLS that broke. */
static void push_failed(struct exchange *exchange, int error)
{
    struct connection *connection = exchange->connection;
    if (!may_retry(exchange) && error != -EPROTO) {
        exchange->is_broken = true;
        return;
    }
    connection_close(connection);
    exchange_fail(exchange, failure_of(OUTCOME_BROKEN_PIPE));
}

void exchange_init(struct exchange *exchange, struct session *session,
                   const struct exchange_ops *ops)
{
    exchange->ops = ops;
    exchange->session = session;
    list_push_back(&session->exchanges, &exchange->link);
    session->client->live_objects++;
}

static void cut(struct exchange *exchange)
{
    struct client *client = exchange->session->client;
    if (exchange->channel)
        channel_cancel(exchange);
    else if (exchange->connection)
        connection_leave(exchange->connection);
    if (exchange->only_connects)
        return;
    client->counts.cut++;
    client->counts.never_delivered += exchange->is_undelivered;
    if (!exchange->silent)
        recorder_add(client->recorder, METRIC_HTTP_CUT, exchange->tags, 1);
}

void exchange_done(struct exchange *exchange)
{
    if (exchange->is_under_way)
        cut(exchange);
    deferred_cancel(&exchange->late);
    list_remove(&exchange->link);
    exchange->session->client->live_objects--;
}

static int status_so_far(const struct exchange *exchange)
{
    if (exchange->channel)
        return (int)http2_stream_status(channel_stream(exchange));
    return (int)http1_parser_status(&exchange->connection->parser);
}

int64_t exchange_content_length(const struct exchange *exchange)
{
    if (exchange->channel)
        return http2_stream_content_length(channel_stream(exchange));
    return http1_parser_content_length(&exchange->connection->parser);
}

bool exchange_has_body(const struct exchange *exchange)
{
    if (exchange->channel)
        return http2_stream_has_body(channel_stream(exchange));
    return http1_parser_framing(&exchange->connection->parser) != HTTP1_BODY_NONE;
}

void exchange_close(struct exchange *exchange)
{
    exchange->status = status_so_far(exchange);
    exchange->failure = failure_of_status(exchange->status);
    if (exchange->channel)
        channel_cancel(exchange);
    else
        connection_close(exchange->connection);
    report(exchange);
}

static struct connection *take_connection(struct exchange *exchange)
{
    struct session *session = exchange->session;
    struct connection *connection = pool_take(session, exchange->origin);
    while (connection && UNLIKELY(exchange->retry == RETRY_NEVER) &&
           connection_is_stale(connection)) {
        connection_close(connection);
        connection = pool_take(session, exchange->origin);
    }
    return connection;
}

static void begin(struct exchange *exchange, bool is_reused)
{
    exchange->is_under_way = true;
    exchange->late.fn = end_late;
    exchange->timings = (struct timings){.start_ns = now(exchange), .due_ns = exchange->due_ns};
    exchange->status = 0;
    exchange->is_reused = is_reused;
    exchange->refusals = 0;
    begin_attempt(exchange);
}

static void start_shared(struct exchange *exchange)
{
    const struct connection *connection = multiplex_find(exchange);
    begin(exchange, connection && connection->state == CONNECTION_READY);
    acquire_shared(exchange, exchange->timings.start_ns);
}

/* The connection was there already. */
static void end_connected(struct exchange *exchange)
{
    exchange->ready_ns = exchange->end_ns = exchange->timings.start_ns;
    loop_defer(exchange->session->client->loop, &exchange->late);
}

static void connect_shared(struct exchange *exchange)
{
    begin(exchange, false);
    if (multiplex_find(exchange))
        end_connected(exchange);
    else
        open_fresh(exchange);
}

void exchange_connect(struct exchange *exchange)
{
    exchange->only_connects = true;
    if (UNLIKELY(may_share(exchange))) {
        connect_shared(exchange);
        return;
    }
    struct connection *connection = take_connection(exchange);
    begin(exchange, connection != NULL);
    if (!connection) {
        open_fresh(exchange);
        return;
    }
    pool_put(exchange->session, connection);
    end_connected(exchange);
}

void exchange_connected(struct exchange *exchange)
{
    exchange->end_ns = exchange->ready_ns;
    connection_release(exchange->connection, true);
    end(exchange);
}

void exchange_end_connecting(struct exchange *exchange)
{
    end(exchange);
}

void exchange_start(struct exchange *exchange)
{
    exchange->only_connects = false;
    if (UNLIKELY(may_share(exchange))) {
        start_shared(exchange);
        return;
    }
    struct connection *connection = take_connection(exchange);
    begin(exchange, connection != NULL);
    if (!connection) {
        open_fresh(exchange);
        return;
    }
    exchange->ready_ns = exchange->timings.start_ns;
    connection_lend(connection, exchange);
    exchange_ready(exchange);
}

void exchange_ready(struct exchange *exchange)
{
    int error = push(exchange);
    if (UNLIKELY(error < 0))
        push_failed(exchange, error);
}

void exchange_writable(struct exchange *exchange)
{
    if (!exchange->is_sent && !exchange->is_broken)
        exchange_ready(exchange);
}

static void take_answer(struct exchange *exchange, int status, uint64_t body_bytes)
{
    exchange->status = status;
    exchange->body_bytes = body_bytes;
    if (exchange->failure.outcome == OUTCOME_OK)
        exchange->failure = failure_of_status(exchange->status);
}

static void take_parsed(struct exchange *exchange, const struct http1_parser *parser)
{
    exchange->until_close = http1_parser_framing(parser) == HTTP1_BODY_UNTIL_CLOSE;
    take_answer(exchange, (int)http1_parser_status(parser), http1_parser_body_bytes(parser));
}

void exchange_part(struct exchange *exchange)
{
    exchange->answers_due--;
    take_parsed(exchange, &exchange->connection->parser);
    exchange_set_timings(exchange);
    exchange->ops->on_part(exchange);
    exchange->failure = failure_of(OUTCOME_OK);
}

void exchange_answered(struct exchange *exchange, bool has_leftovers)
{
    struct connection *connection = exchange->connection;
    bool reuse = !has_leftovers && exchange->is_sent && !exchange->closes &&
                 !exchange->session->client->config.no_connection_reuse &&
                 http1_parser_keep_alive(&connection->parser);
    take_parsed(exchange, &connection->parser);
    exchange->keeps_alive = reuse;
    exchange->has_surplus = has_leftovers && !exchange->until_close;
    connection_release(connection, reuse);
    end(exchange);
}

void exchange_end_whole(struct exchange *exchange, int status, uint64_t body_bytes,
                        bool keeps_alive)
{
    take_answer(exchange, status, body_bytes);
    exchange->keeps_alive = keeps_alive;
    end(exchange);
}

static bool is_closing(enum outcome outcome)
{
    return outcome == OUTCOME_CLOSED || outcome == OUTCOME_RESET || outcome == OUTCOME_BROKEN_PIPE;
}

void exchange_fail(struct exchange *exchange, struct failure failure)
{
    if (is_closing(failure.outcome) && may_retry(exchange)) {
        retry(exchange);
        return;
    }
    /* The write's own error took the socket's, so that the read saw a plain end. */
    if (failure.outcome == OUTCOME_CLOSED && exchange->is_broken && !exchange->first_byte_ns)
        failure = failure_of(OUTCOME_BROKEN_PIPE);
    exchange->failure = failure;
    exchange->status = 0;
    exchange->end_ns = now(exchange);
    end(exchange);
}

/* Nothing was done with it, so it may be sent again whatever it is (RFC 9113 §8.7); Go gives up
 * after as many times. */
void exchange_refused(struct exchange *exchange, struct failure failure)
{
    exchange->is_undelivered = true;
    if (exchange->retry == RETRY_NEVER || exchange->refusals == MAX_REFUSALS) {
        exchange_fail(exchange, failure);
        return;
    }
    exchange->refusals++;
    retry(exchange);
}
