/* SPDX-License-Identifier: Apache-2.0
 *
 * From libmicrohttpd's connection to a request, and from a response back to it.
 */
#include "keneyapp/http/exchange.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "keneyapp/app.h"
#include "keneyapp/cache/cache.h"
#include "keneyapp/http/correlation.h"
#include "keneyapp/http/cors.h"
#include "keneyapp/http/host.h"
#include "keneyapp/http/security_headers.h"
#include "keneyapp/telemetry/metrics.h"

enum {
    ARENA_CHUNK_BYTES = 2048,
    TIMING_MAX_BYTES = 512,
};

/* How many bytes "http://" or "https://" has at its start; 0: it begins otherwise. */
static size_t scheme_bytes(struct span target)
{
    static const char *const SCHEMES[] = {"http://", "https://"};
    for (size_t i = 0; i < COUNT_OF(SCHEMES); i++) {
        struct span scheme = span_cstr(SCHEMES[i]);
        if (span_equal_nocase(span_head(target, scheme.len), scheme))
            return scheme.len;
    }
    return 0;
}

/* Every server has to take targets that name their origin (RFC 9112 §3.2.2). One without a valid
 * host stays as it is, and no route has such a path. */
static struct span without_origin(struct span path)
{
    size_t scheme = scheme_bytes(path);
    struct span rest = span_from(path, scheme);
    ptrdiff_t slash = span_find(rest, '/');
    struct span host = slash < 0 ? rest : span_head(rest, (size_t)slash);
    if (!scheme || !host.len || host.ptr[0] == ':' || !host_is_valid(host))
        return path;
    return slash < 0 ? SPAN("/") : span_from(rest, (size_t)slash);
}

struct exchange *exchange_new(const struct app *app, struct MHD_Connection *connection,
                              const char *uri)
{
    struct exchange *exchange = NEW(struct exchange);
    exchange->started_ns = clock_now(app->clock);
    metrics_request_begins(app->metrics);
    exchange->connection = connection;
    arena_init(&exchange->arena, ARENA_CHUNK_BYTES);
    exchange->call.app = app;
    exchange->call.arena = &exchange->arena;
    strbuf_init(&exchange->request.body, REQUEST_BODY_MAX_BYTES);
    strbuf_init(&exchange->response.body, RESPONSE_BODY_MAX_BYTES);
    exchange->response.status = 200;
    exchange->response.content_type = "application/json";
    struct span target = arena_dup_span(&exchange->arena, span_cstr(uri));
    exchange->request.path = without_origin(span_cut(target, '?', &exchange->request.query));
    return exchange;
}

void exchange_free(struct exchange **exchange)
{
    struct exchange *e = TAKE(*exchange);
    if (!e)
        return;
    metrics_request_ends(e->call.app->metrics);
    strbuf_done(&e->request.body);
    strbuf_done(&e->response.body);
    cached_unref(&e->response.cached);
    arena_done(&e->arena);
    free(e);
}

static struct span header(struct exchange *exchange, const char *name)
{
    return span_cstr(MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name));
}

static void set_peer(struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    char *peer = exchange->request.peer;
    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, peer,
                  sizeof(exchange->request.peer));
    else if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, peer,
                  sizeof(exchange->request.peer));
}

void exchange_read_head(struct exchange *exchange, const char *method)
{
    struct request *request = &exchange->request;
    request->method = http_method_of(span_cstr(method));
    request->authorization = header(exchange, MHD_HTTP_HEADER_AUTHORIZATION);
    request->content_type = header(exchange, MHD_HTTP_HEADER_CONTENT_TYPE);
    request->user_agent = header(exchange, MHD_HTTP_HEADER_USER_AGENT);
    request->accept = header(exchange, MHD_HTTP_HEADER_ACCEPT);
    request->accept_encoding = header(exchange, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    request->if_none_match = header(exchange, MHD_HTTP_HEADER_IF_NONE_MATCH);
    request->origin = header(exchange, MHD_HTTP_HEADER_ORIGIN);
    correlation_id(header(exchange, "X-Correlation-ID"), request->correlation_id);
    set_peer(exchange);
    exchange->wants_timing = span_equal(header(exchange, "X-Server-Timing"), SPAN("1"));
}

static void add_header(struct MHD_Response *out, const char *name, const char *value)
{
    if (value && value[0])
        MHD_add_response_header(out, name, value);
}

static void add_security_headers(struct MHD_Response *out, const char *content_type)
{
    size_t count;
    bool page = span_starts_with(span_cstr(content_type), SPAN("text/html"));
    const struct fixed_header *headers = security_headers(page, &count);
    for (size_t i = 0; i < count; i++)
        MHD_add_response_header(out, headers[i].name, headers[i].value);
}

static void add_cors_headers(struct MHD_Response *out, const struct exchange *exchange)
{
    const struct cors *cors = exchange->call.app->cors;
    struct span origin = exchange->request.origin;
    struct cors_header headers[CORS_HEADERS_MAX];
    size_t count = exchange->preflight
                       ? cors_preflight_headers(cors, origin, exchange->match.allowed, headers)
                       : cors_headers(cors, origin, headers);
    for (size_t i = 0; i < count; i++)
        MHD_add_response_header(out, headers[i].name, headers[i].value);
}

static void add_timing(struct MHD_Response *out, const struct exchange *exchange)
{
    AUTO(strbuf_done) struct strbuf value = STRBUF_INIT(TIMING_MAX_BYTES);
    nsec_t total_ns = clock_now(exchange->call.app->clock) - exchange->started_ns;
    timing_header(&exchange->call.timing, total_ns, &value);
    add_header(out, "Server-Timing", strbuf_cstr(&value));
}

static void add_headers(struct MHD_Response *out, const struct exchange *exchange)
{
    const struct response *response = &exchange->response;
    char seconds[16] = "";
    add_security_headers(out, response->content_type);
    add_cors_headers(out, exchange);
    if (response->retry_after_s)
        snprintf(seconds, sizeof(seconds), "%u", response->retry_after_s);
    add_header(out, MHD_HTTP_HEADER_CONTENT_TYPE, response->content_type);
    add_header(out, MHD_HTTP_HEADER_CACHE_CONTROL,
               response->cache_control ? response->cache_control : "no-store");
    add_header(out, "X-Correlation-ID", exchange->request.correlation_id);
    add_header(out, MHD_HTTP_HEADER_WWW_AUTHENTICATE, response->authenticate ? "Bearer" : NULL);
    add_header(out, MHD_HTTP_HEADER_ALLOW, response->allow);
    add_header(out, MHD_HTTP_HEADER_ETAG, response->etag);
    if (response->etag[0] || response->encoding)
        add_header(out, MHD_HTTP_HEADER_VARY, "Accept-Encoding, Authorization");
    add_header(out, MHD_HTTP_HEADER_LOCATION, response->location);
    add_header(out, MHD_HTTP_HEADER_CONTENT_DISPOSITION, response->disposition);
    add_header(out, MHD_HTTP_HEADER_CONTENT_ENCODING, response->encoding);
    add_header(out, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    add_header(out, MHD_HTTP_HEADER_CONNECTION, response->closes ? "close" : NULL);
    if (exchange->wants_timing && exchange->call.user.id)
        add_timing(out, exchange);
}

static void release_cached(void *context)
{
    struct cached *cached = context;
    cached_unref(&cached);
}

static struct MHD_Response *response_of_cached(struct response *response)
{
    struct cached *cached = TAKE(response->cached);
    struct span body = response->cached_body;
    return MHD_create_response_from_buffer_with_free_callback_cls(
        body.len, (void *)(uintptr_t)body.ptr, release_cached, cached); /* only read */
}

static struct MHD_Response *response_of_body(struct response *response)
{
    size_t len = response->body.len;
    return MHD_create_response_from_buffer(len, strbuf_take(&response->body),
                                           MHD_RESPMEM_MUST_FREE);
}

size_t exchange_body_bytes(const struct exchange *exchange)
{
    const struct response *response = &exchange->response;
    return response->cached ? response->cached_body.len : response->body.len;
}

struct MHD_Response *exchange_response(struct exchange *exchange)
{
    struct response *response = &exchange->response;
    struct MHD_Response *out =
        response->cached ? response_of_cached(response) : response_of_body(response);
    if (out)
        add_headers(out, exchange);
    return out;
}
