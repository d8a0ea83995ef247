/* SPDX-License-Identifier: Apache-2.0
 *
 * A response as it comes off the parser: into the request's arena, and only what somebody wants.
 * Cookies go to the jar as their headers appear. Bodies are decoded as they stream in; those of
 * redirects that will be followed are dropped.
 */
#include "client/client_private.h"
#include "http/body_decoder.h"
#include "http/cookie_jar.h"
#include "http/redirect_rules.h"
#include "http/status_text.h"

/* A declared length is believed up to here; beyond, the body's buffer grows as bytes come. */
#define TRUSTED_BYTES ((size_t)1 << 20)
#define FIRST_BYTES   ((size_t)4096)

static struct call *call_of(void *arg)
{
    return CONTAINER_OF(arg, struct call, exchange);
}

static void on_status(void *arg, unsigned minor, unsigned code, struct span reason)
{
    struct call *call = call_of(arg);
    struct response *response = &call->request->response;
    response->status = (int)code;
    response->http_minor = (int)minor;
    response->is_http2 = call->exchange.channel != NULL;
    if (response->is_http2)
        response->status_text = status_text(code);
    else if (call->request->keep_headers)
        response->status_text = arena_dup_span(call->request->arena, reason);
}

/* The length first: most fields differ in it. */
static inline bool is_name(struct span name, struct span wanted)
{
    return name.len == wanted.len && span_equal_nocase(name, wanted);
}

static void on_header(void *arg, struct span name, struct span value)
{
    struct call *call = call_of(arg);
    struct request *request = call->request;
    if (request->keep_headers)
        headers_add(&request->response.headers, request->arena, name, value);
    if (request->jar && is_name(name, SPAN("Set-Cookie")))
        cookie_jar_take(request->jar, &call->url, value, clock_wall());
    else if (is_name(name, SPAN("Location")) && call->location.len == 0)
        call->location = arena_dup_span(request->arena, value);
    else if (is_name(name, SPAN("Content-Encoding")) && call->encoding.len == 0)
        call->encoding = arena_dup_span(request->arena, value);
}

static void append(void *arg, struct span bytes)
{
    struct call *call = arg;
    struct span *body = &call->request->response.body;
    if (UNLIKELY(call->request->on_body != NULL)) {
        strbuf_add_span(&call->piece, bytes);
        return;
    }
    size_t needed = body->len + bytes.len;
    if (needed > call->body_cap) {
        size_t cap = MAX_OF(MAX_OF(needed, call->body_cap * 2), FIRST_BYTES);
        char *grown = arena_alloc(call->request->arena, cap + 1);
        memcpy(grown, body->ptr, body->len);
        body->ptr = grown;
        call->body_cap = cap;
    }
    if (bytes.len > 0)
        memcpy((char *)body->ptr + body->len, bytes.ptr, bytes.len);
    body->len = needed;
}

static void reserve(struct call *call)
{
    int64_t length = exchange_content_length(&call->exchange);
    size_t cap = length > 0 ? MIN_OF((size_t)length, TRUSTED_BYTES) : 0;
    call->request->response.body = SPAN("");
    call->body_cap = cap;
    if (cap > 0)
        call->request->response.body.ptr = arena_alloc(call->request->arena, cap + 1);
}

static void on_headers_done(void *arg)
{
    struct call *call = call_of(arg);
    struct request *request = call->request;
    call->follows = redirect_rules_applies(request->response.status) && call->location.len > 0 &&
                    call->redirects < request->max_redirects;
    call->wants_body =
        !call->follows && !request->discard_body && exchange_has_body(&call->exchange);
    call->has_head = !call->follows;
    if (!call->wants_body)
        return;
    if (!request->on_body)
        reserve(call);
    if (call->encoding.len > 0)
        call->decoder = body_decoder_new(
            call->encoding, call->exchange.session->client->config.max_body_bytes, append, call);
}

static void judge(struct call *call, enum body_result result)
{
    if (result == BODY_RESULT_OK)
        return;
    call->exchange.failure = (struct failure){
        result == BODY_RESULT_TOO_LARGE ? OUTCOME_TOO_LARGE : OUTCOME_DECOMPRESSION,
        body_result_text(result),
        0,
    };
}

static void on_body(void *arg, struct span bytes)
{
    struct call *call = call_of(arg);
    if (!call->wants_body)
        return;
    if (call->decoder)
        judge(call, body_decoder_feed(call->decoder, bytes));
    else
        append(call, bytes);
}

void response_finish(struct call *call)
{
    if (call->decoder &&
        outcome_category(call->exchange.failure.outcome) == OUTCOME_CATEGORY_ANSWERED)
        judge(call, body_decoder_finish(call->decoder));
    body_decoder_free(&call->decoder);
}

const struct http1_events response_events = {
    .on_status = on_status,
    .on_header = on_header,
    .on_headers_done = on_headers_done,
    .on_body = on_body,
};
