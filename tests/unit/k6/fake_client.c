/* SPDX-License-Identifier: Apache-2.0
 *
 * A client without a network, in the place of the real one. Paths decide what comes back:
 *   /status/404  that status     /refused  no connection     /hang  nothing, ever
 *   /text/...    the rest of the path as the body
 *   others       the request itself as JSON
 */
#include <stdlib.h>

#include "base/jsonw.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "client/client.h"
#include "http/cookie_jar.h"
#include "http/url.h"
#include "loop/loop.h"
#include "loop/timer.h"

struct client {
    struct loop *loop;
    struct client_counts counts;
};

struct session {
    struct client *client;
    struct cookie_jar *jar;
};

struct exchange {
    struct timer timer;
    struct request *request;
};

struct client_config client_config_defaults(void)
{
    return (struct client_config){.system_tags = TAG_DEFAULT, .user_agent = "test"};
}

struct client *client_new(struct loop *loop, struct recorder *recorder, struct tag_table *tags,
                          const struct client_config *config, struct error *err)
{
    struct client *client = NEW(struct client);
    client->loop = loop;
    return client;
}

void client_free(struct client **client)
{
    free(*client);
    *client = NULL;
}

const struct client_counts *client_counts(struct client *client)
{
    return &client->counts;
}

struct session *session_new(struct client *client)
{
    struct session *session = NEW(struct session);
    session->client = client;
    session->jar = cookie_jar_new();
    return session;
}

void session_free(struct session **session)
{
    cookie_jar_free(&(*session)->jar);
    free(*session);
    *session = NULL;
}

struct cookie_jar *session_jar(struct session *session)
{
    return session->jar;
}

void session_clear_cookies(struct session *session)
{
    cookie_jar_reset(session->jar);
}

void session_close_idle(struct session *session)
{
}

void session_take_bytes(struct session *session, uint64_t *ret_sent, uint64_t *ret_received)
{
    *ret_sent = *ret_received = 0;
}

static void write_headers(struct jsonw *json, const struct request *request)
{
    jsonw_key(json, "headers");
    jsonw_begin_object(json);
    for (size_t i = 0; i < request->headers.count; i++) {
        jsonw_key_span(json, request->headers.items[i].name);
        jsonw_string(json, request->headers.items[i].value);
    }
    jsonw_end_object(json);
}

static void write_cookies(struct jsonw *json, const struct request *request)
{
    jsonw_key(json, "cookies");
    jsonw_begin_object(json);
    for (size_t i = 0; i < request->cookie_count; i++) {
        jsonw_key_span(json, request->cookies[i].name);
        jsonw_string(json, request->cookies[i].value);
    }
    jsonw_end_object(json);
}

static struct span echo(const struct request *request)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 20);
    struct jsonw json;
    jsonw_init(&json, &out);
    jsonw_begin_object(&json);
    jsonw_key(&json, "method");
    jsonw_string(&json, request->method);
    jsonw_key(&json, "url");
    jsonw_string(&json, request->url);
    jsonw_key(&json, "name");
    jsonw_string(&json, request->name);
    jsonw_key(&json, "body");
    jsonw_string(&json, request->body);
    jsonw_key(&json, "timeout_ms");
    jsonw_integer(&json, request->timeout_ns / NSEC_PER_MSEC);
    jsonw_key(&json, "redirects");
    jsonw_integer(&json, request->max_redirects);
    write_headers(&json, request);
    write_cookies(&json, request);
    jsonw_end_object(&json);
    return arena_dup_span(request->arena, strbuf_span(&out));
}

static void fill_body(struct request *request, const struct url *url)
{
    struct response *response = &request->response;
    struct span text = SPAN("/text/");
    if (request->discard_body)
        return;
    if (span_starts_with(url->path, text))
        response->body = url_decode(request->arena, span_from(url->path, text.len));
    else
        response->body = echo(request);
}

static void fill_response(struct request *request)
{
    struct response *response = &request->response;
    struct arena *arena = request->arena;
    struct url url;
    const char *problem;
    uint64_t status = 200;
    response->error = "";
    if (url_parse(request->url, &url, &problem) < 0) {
        response->outcome = OUTCOME_INVALID_URL;
        response->error = problem;
        response->error_code = 1020;
        return;
    }
    if (span_equal(url.path, SPAN("/refused"))) {
        response->outcome = OUTCOME_DIAL_REFUSED;
        response->error = outcome_text(OUTCOME_DIAL_REFUSED);
        response->error_code = 1212;
        return;
    }
    if (span_starts_with(url.path, SPAN("/status/")))
        (void)!span_to_u64(span_from(url.path, 8), 999, &status);
    response->status = (int)status;
    response->status_text = SPAN("Fine");
    response->http_minor = 1;
    response->timings = (struct timings){.sending_ns = 1000000, .waiting_ns = 2500000};
    response->url = request->url;
    headers_add(&response->headers, arena, SPAN("content-type"), SPAN("application/json"));
    headers_add(&response->headers, arena, SPAN("x-two"), SPAN("1"));
    headers_add(&response->headers, arena, SPAN("X-Two"), SPAN("2"));
    headers_add(&response->headers, arena, SPAN("set-cookie"), SPAN("a=b; Path=/; HttpOnly"));
    fill_body(request, &url);
}

static void answer(struct timer *timer)
{
    struct exchange *exchange = CONTAINER_OF(timer, struct exchange, timer);
    struct request *request = exchange->request;
    fill_response(request);
    timer_done(&exchange->timer);
    free(exchange);
    request->exchange = NULL;
    request->on_done(request);
}

void request_start(struct session *session, struct request *request)
{
    struct exchange *exchange = NEW(struct exchange);
    request->exchange = exchange;
    exchange->request = request;
    timer_init(&exchange->timer, session->client->loop, "fake", answer);
    if (!span_ends_with(request->url, SPAN("/hang")))
        timer_set(&exchange->timer, loop_now(session->client->loop));
}

void request_cancel(struct request *request)
{
    struct exchange *exchange = request->exchange;
    timer_done(&exchange->timer);
    free(exchange);
    request->exchange = NULL;
}

void request_close(struct request *request)
{
    request_cancel(request);
}
