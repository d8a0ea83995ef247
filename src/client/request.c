/* SPDX-License-Identifier: Apache-2.0
 *
 * A script's call from its URL to on_done: hop after hop, each one recorded with its own URL. The
 * deadline covers them all.
 */
#include "client/client_private.h"
#include "http/body_decoder.h"

#define DEFAULT_TIMEOUT_NS (60 * NSEC_PER_SEC)

static void on_progress(struct exchange *exchange, struct exchange *const *holder);
static void on_end(struct exchange *exchange);
static void on_abandon(struct exchange *exchange);

static const struct exchange_ops call_ops = {
    .on_progress = on_progress,
    .on_end = on_end,
    .on_abandon = on_abandon,
};

static struct call *call_of(struct exchange *exchange)
{
    return CONTAINER_OF(exchange, struct call, exchange);
}

static void release(struct call *call)
{
    body_decoder_free(&call->decoder);
    if (call->exchange.is_streamed)
        strbuf_done(&call->piece);
    exchange_done(&call->exchange);
    call->request->exchange = NULL;
}

static void on_abandon(struct exchange *exchange)
{
    release(call_of(exchange));
}

static void finish(struct call *call)
{
    struct request *request = call->request;
    release(call);
    request->on_done(request);
}

static void finish_late(struct deferred *deferred)
{
    finish(call_of(CONTAINER_OF(deferred, struct exchange, late)));
}

/* Errors that come before any byte is on its way. */
static void set_error(struct call *call, enum outcome outcome, const char *text)
{
    struct response *response = &call->request->response;
    response->outcome = outcome;
    response->error = arena_dup(call->request->arena, span_cstr(text));
    response->error_code = outcome_code(outcome, 0);
    response->status = 0;
    response->body = SPAN_EMPTY;
}

/* What cannot be sent counts as a request that failed before its first byte, as in k6: a test whose
 * base URL is missing must not pass for want of requests. */
static void refuse(struct call *call, enum outcome outcome, const char *problem)
{
    const struct request *request = call->request;
    struct client *client = call->exchange.session->client;
    set_error(call, outcome, problem);
    const struct record_facts facts = {
        .tags = request->tags,
        .url = &call->url,
        .name = request->name.len ? request->name : request->url,
        .method = request->method,
        .failure = failure_of(outcome),
        .tls_version = "",
        .peer_text = "",
        .expected = request->expected,
    };
    client->counts.attempts++;
    client->counts.reported++;
    client->counts.never_delivered++;
    if (!request->silent)
        record_hop(client, &facts, &request->response.timings);
}

static struct span url_text(const struct call *call)
{
    struct strbuf *scratch = &call->exchange.session->client->scratch;
    strbuf_reset(scratch);
    url_write_public(&call->url, scratch);
    return arena_dup_span(call->request->arena, strbuf_span(scratch));
}

/* False: the hop cannot be sent, and the response says why. */
static bool start_hop(struct call *call)
{
    struct request *request = call->request;
    struct client *client = call->exchange.session->client;
    const struct transport *transport =
        request->transport ? request->transport : transport_usual(client, &call->url);
    const char *problem;
    request->response = (struct response){
        .error = "", .tls_problem = "", .tls_version = "", .tls_cipher_suite = ""};
    request->response.url = call->redirects ? url_text(call) : request->url;
    request->response.request_method = call->method;
    request->response.request_body = call->body;
    call->location = call->encoding = SPAN_EMPTY;
    call->follows = call->wants_body = false;
    call->has_head = false;
    if (!transport) {
        refuse(call, OUTCOME_PROXY, "proxy: HTTP_PROXY or HTTPS_PROXY is no URL of a proxy");
        return false;
    }
    call->exchange.origin = origin_of(client, transport, &call->url);
    call->body_cap = 0;
    if (!request_head_build(call, &problem)) {
        refuse(call, OUTCOME_GENERIC, problem);
        return false;
    }
    exchange_start(&call->exchange);
    return true;
}

/* 0 when there is no whole answer. */
static int answered_status(const struct exchange *exchange)
{
    bool is_answered = outcome_category(exchange->failure.outcome) == OUTCOME_CATEGORY_ANSWERED;
    return is_answered ? exchange->status : 0;
}

static void fill_response(struct call *call, struct failure failure, int status)
{
    const struct exchange *exchange = &call->exchange;
    struct response *response = &call->request->response;
    response->outcome = failure.outcome;
    response->error_code = failure_code(&failure, status);
    if (failure.text[0])
        response->error = arena_dup(call->request->arena, span_cstr(failure.text));
    if (status == 0) {
        response->broken_bytes = response->body.len;
        response->body = SPAN_EMPTY;
    }
    if (status == 0 && !call->told_head && !call->request->keep_broken_head)
        response->headers = (struct headers){0};
    if (status > 0 || !call->told_head)
        response->status = status;
    response->body_bytes = exchange->body_bytes;
    response->timings = exchange->timings;
    response->remote_port = exchange->peer_port;
    memcpy(response->remote_ip, exchange->peer_text, strlen(exchange->peer_text) + 1);
    response->tls_problem = exchange->tls_problem;
    response->tls_version = exchange->tls_version;
    response->tls_cipher_suite = exchange->tls_cipher;
}

static void record(const struct call *call)
{
    const struct request *request = call->request;
    const struct response *response = &request->response;
    const struct record_facts facts = {
        .tags = request->tags,
        .url = &call->url,
        .name = request->name,
        .method = call->method,
        .failure = call->exchange.failure,
        .status = answered_status(&call->exchange),
        .http_minor = response->http_minor,
        .is_http2 = response->is_http2,
        .tls_version = response->tls_version,
        .peer_text = response->remote_ip,
        .expected = request->expected,
    };

    if (!request->silent)
        record_hop(call->exchange.session->client, &facts, &response->timings);
}

static void tell_head(struct call *call)
{
    struct request *request = call->request;
    call->told_head = true;
    exchange_set_timings(&call->exchange);
    fill_response(call, failure_of_status(request->response.status), request->response.status);
    if (request->on_head)
        request->on_head(request);
}

/* A callback may end the request, and its memory with it. */
static void on_progress(struct exchange *exchange, struct exchange *const *holder)
{
    struct call *call = call_of(exchange);
    if (call->has_head && !call->told_head) {
        tell_head(call);
        if (*holder != exchange)
            return;
    }
    if (call->piece.len == 0)
        return;
    call->request->on_body(call->request, strbuf_span(&call->piece));
    if (*holder == exchange)
        strbuf_reset(&call->piece);
}

static void on_end(struct exchange *exchange)
{
    struct call *call = call_of(exchange);
    const char *problem;
    response_finish(call);
    fill_response(call, exchange->failure, answered_status(exchange));
    record(call);
    if (!call->follows || call->request->response.status == 0) {
        finish(call);
        return;
    }
    if (redirect_follow(call, &problem) < 0) {
        set_error(call, OUTCOME_INVALID_URL, problem);
        finish(call);
    } else if (!start_hop(call)) {
        finish(call);
    }
}

void request_start(struct session *session, struct request *request)
{
    struct call *call = ARENA_NEW(request->arena, struct call);
    nsec_t timeout_ns = request->timeout_ns > 0 ? request->timeout_ns : DEFAULT_TIMEOUT_NS;
    const char *problem;
    call->request = request;
    call->method = request->method;
    call->body = request->body;
    call->headers = request->headers;
    request->exchange = &call->exchange;
    exchange_init(&call->exchange, session, &call_ops);
    call->exchange.events = &response_events;
    call->exchange.events_arg = &call->exchange;
    call->exchange.tags = request->tags;
    call->exchange.silent = request->silent;
    call->exchange.retry = request->retry;
    call->exchange.is_streamed = request->on_head || request->on_body;
    if (call->exchange.is_streamed)
        strbuf_init(&call->piece, SIZE_MAX / 2); /* limited by the parser and the decoder */
    /* Not loop_now(): the script may have computed for long in this turn. */
    call->exchange.deadline_ns = deadline_after(clock_now(session->client->clock), timeout_ns);
    call->exchange.connect_timeout_ns = request->connect_timeout_ns;
    call->exchange.idle_timeout_ns = request->idle_timeout_ns;
    if (url_parse(request->url, &call->url, &problem) < 0) {
        request->response = (struct response){
            .tls_problem = "", .tls_version = "", .tls_cipher_suite = "", .url = request->url};
        refuse(call, OUTCOME_INVALID_URL, problem);
    } else if (start_hop(call)) {
        return;
    }
    call->exchange.late.fn = finish_late;
    loop_defer(session->client->loop, &call->exchange.late);
}

void request_cancel(struct request *request)
{
    if (request->exchange)
        release(call_of(request->exchange));
}

void request_close(struct request *request)
{
    struct call *call = request->exchange ? call_of(request->exchange) : NULL;
    if (call && call->told_head) {
        exchange_close(&call->exchange);
        fill_response(call, call->exchange.failure, call->exchange.status);
        record(call);
    }
    request_cancel(request);
}

void request_pause(struct request *request)
{
    struct exchange *exchange = request->exchange;
    if (exchange && exchange->channel)
        channel_pause(exchange);
    else if (exchange && exchange->connection)
        connection_pause(exchange->connection);
}

void request_resume(struct request *request)
{
    struct exchange *exchange = request->exchange;
    if (exchange && exchange->channel)
        channel_resume(exchange);
    else if (exchange && exchange->connection)
        connection_resume(exchange->connection);
}
