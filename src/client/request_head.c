/* SPDX-License-Identifier: Apache-2.0
 *
 * The message of one hop: the script's headers and what the client adds to them, User-Agent,
 * Referer, Authorization from the URL, Cookie, Connection. Built in the client's scratch buffer,
 * then copied once: a retry sends the same bytes again.
 */
#include "client/client_private.h"
#include "http/basic_auth.h"
#include "http/cookie.h"
#include "http/cookie_jar.h"
#include "http/http1_writer.h"
#include "http/http2_head.h"

/* What is kept for the next message. */
#define SCRATCH_KEPT_BYTES ((size_t)64 * 1024)

/* How many fields the client may add. */
#define EXTRA_FIELDS 6

static void add(struct headers *fields, struct span name, struct span value)
{
    fields->items[fields->count++] = (struct header){name, value};
}

static bool is_ours(const struct call *call, struct span name)
{
    if (span_equal_nocase(name, SPAN("Host")))
        return true;
    if (call->request->headers_as_given)
        return false;
    return span_equal_nocase(name, SPAN("Cookie")) ||
           (span_equal_nocase(name, SPAN("User-Agent")) &&
            headers_get(&call->headers, name).len == 0);
}

static bool is_replaced(const struct request *request, struct span name)
{
    for (size_t i = 0; i < request->cookie_count; i++) {
        if (request->cookies[i].replace && span_equal(request->cookies[i].name, name))
            return true;
    }
    return false;
}

static bool replaces_any(const struct request *request)
{
    for (size_t i = 0; i < request->cookie_count; i++) {
        if (request->cookies[i].replace)
            return true;
    }
    return false;
}

static void write_jar(const struct call *call, struct strbuf *out)
{
    const struct request *request = call->request;
    struct cookie_pair *pairs;
    if (!request->jar || cookie_jar_count(request->jar) == 0)
        return;
    if (replaces_any(request)) {
        size_t count =
            cookie_jar_list(request->jar, &call->url, clock_wall(), request->arena, &pairs);
        for (size_t i = 0; i < count; i++) {
            if (!is_replaced(request, pairs[i].name))
                cookie_write(pairs[i].name, pairs[i].value, false, out);
        }
        return;
    }
    cookie_jar_write(request->jar, &call->url, clock_wall(), out);
}

/* In Go's order: the script's own header, the call's cookies, the jar's. */
static void add_cookies(const struct call *call, struct headers *fields)
{
    const struct request *request = call->request;
    struct strbuf *out = &call->exchange.session->client->scratch;
    if (request->headers_as_given && headers_find(&call->headers, SPAN("Cookie")))
        return;
    strbuf_reset(out);
    strbuf_add_span(out, headers_get(&call->headers, SPAN("Cookie")));
    for (size_t i = 0; i < request->cookie_count; i++)
        cookie_write(request->cookies[i].name, request->cookies[i].value, false, out);
    write_jar(call, out);
    if (out->len > 0)
        add(fields, SPAN("Cookie"), arena_dup_span(request->arena, strbuf_span(out)));
}

static void add_authorization(const struct call *call, struct headers *fields)
{
    struct arena *arena = call->request->arena;
    struct strbuf *out = &call->exchange.session->client->scratch;
    if (!call->url.has_user || headers_find(&call->headers, SPAN("Authorization")))
        return;
    strbuf_reset(out);
    basic_auth_write(url_decode(arena, call->url.user), url_decode(arena, call->url.password), out);
    add(fields, SPAN("Authorization"), arena_dup_span(arena, strbuf_span(out)));
}

/* Inside a tunnel the proxy sees nothing; CONNECT has told it who we are. */
static void add_proxy_authorization(const struct call *call, struct headers *fields)
{
    const struct origin *origin = call->exchange.origin;
    if (origin_is_proxied(origin) && origin->transport->proxy.authorization.len > 0 &&
        !headers_find(&call->headers, SPAN("Proxy-Authorization")))
        add(fields, SPAN("Proxy-Authorization"), origin->transport->proxy.authorization);
}

/* requests writes the cookies before what it adds for a body. */
static bool follows_cookies(const struct call *call, const struct header *field)
{
    return call->request->headers_as_given &&
           span_equal_nocase(field->name, SPAN("Content-Length"));
}

static struct headers all_fields(const struct call *call)
{
    const struct client_config *config = &call->exchange.session->client->config;
    struct headers fields = {0};
    fields.cap = call->headers.count + EXTRA_FIELDS;
    fields.items = ARENA_NEW_ARRAY(call->request->arena, struct header, fields.cap);
    if (config->user_agent && config->user_agent[0] &&
        !headers_find(&call->headers, SPAN("User-Agent")))
        add(&fields, SPAN("User-Agent"), span_cstr(config->user_agent));
    bool has_cookies = false;
    for (size_t i = 0; i < call->headers.count; i++) {
        const struct header *field = &call->headers.items[i];
        if (!has_cookies && follows_cookies(call, field)) {
            add_cookies(call, &fields);
            has_cookies = true;
        }
        if (!is_ours(call, field->name))
            add(&fields, field->name, field->value);
    }
    if (call->referer.len > 0)
        add(&fields, SPAN("Referer"), call->referer);
    add_authorization(call, &fields);
    add_proxy_authorization(call, &fields);
    if (!has_cookies)
        add_cookies(call, &fields);
    if (config->no_connection_reuse && !headers_find(&call->headers, SPAN("Connection")))
        add(&fields, SPAN("Connection"), SPAN("close"));
    return fields;
}

static bool is_idempotent(struct span method, struct span body)
{
    return body.len == 0 &&
           (span_equal(method, SPAN("GET")) || span_equal(method, SPAN("HEAD")) ||
            span_equal(method, SPAN("OPTIONS")) || span_equal(method, SPAN("TRACE")));
}

/* Spans of `fields` belong to the script; the response keeps its own. */
static void keep_as_sent(struct call *call, const struct http1_request *message)
{
    struct request *request = call->request;
    struct headers *kept = &request->response.request_headers;
    if (!request->keep_headers)
        return;
    *kept = (struct headers){0};
    for (size_t i = 0; i < message->headers->count; i++)
        headers_add(kept, request->arena, message->headers->items[i].name,
                    message->headers->items[i].value);
}

/* Both forms, as long as it is open which one will be needed. */
static bool build_http2(struct call *call, const struct http1_request *message,
                        const char **ret_problem)
{
    struct exchange *exchange = &call->exchange;
    const struct http2_request request = {
        .method = message->method,
        .scheme = call->url.scheme,
        .authority = message->host,
        .target = message->target,
        .headers = message->headers,
        .body_bytes = message->body.len,
        .length_given = message->framing_given,
    };

    if (exchange->origin->version == HTTP_1_1)
        return true;
    exchange->body = call->body;
    exchange->head = http2_head_new(call->request->arena, &request, ret_problem);
    return exchange->head != NULL;
}

bool request_head_build(struct call *call, const char **ret_problem)
{
    struct exchange *exchange = &call->exchange;
    struct arena *arena = call->request->arena;
    struct strbuf *out = &exchange->session->client->scratch;
    struct headers fields = all_fields(call);
    struct span host = headers_get(&call->headers, SPAN("Host"));
    strbuf_reset(out);
    if (UNLIKELY(origin_is_proxied(exchange->origin))) {
        strbuf_adds(out, "http://");
        strbuf_add_span(out, call->url.authority);
    }
    url_write_target(&call->url, out);
    const struct http1_request message = {
        .method = call->method,
        .target = arena_dup_span(arena, strbuf_span(out)),
        .host = host.len > 0 ? host : call->url.authority,
        .headers = &fields,
        .body = call->body,
        .framing_given = call->request->headers_as_given,
    };

    strbuf_reset(out);
    if (http1_writer_request(out, &message, ret_problem) < 0 ||
        !build_http2(call, &message, ret_problem))
        return false;
    exchange->message = arena_dup_span(arena, strbuf_span(out));
    if (out->cap > SCRATCH_KEPT_BYTES)
        strbuf_done(out);
    exchange->is_head = span_equal(call->method, SPAN("HEAD"));
    exchange->is_idempotent = is_idempotent(call->method, call->body);
    exchange->closes = span_equal_nocase(headers_get(&fields, SPAN("Connection")), SPAN("close"));
    keep_as_sent(call, &message);
    return true;
}
