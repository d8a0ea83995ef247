/* SPDX-License-Identifier: Apache-2.0
 *
 * A request's way: head, route, body, handler, answer. An exchange belongs to its connection's
 * epoll thread, except between suspend and resume, when it belongs to whoever runs it;
 * libmicrohttpd's resume is the hand-over.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "keneyapp/http/assets.h"
#include "keneyapp/http/call.h"
#include "keneyapp/http/cors.h"
#include "keneyapp/http/deadlines.h"
#include "keneyapp/http/exchange.h"
#include "keneyapp/http/framing.h"
#include "keneyapp/http/middleware.h"
#include "keneyapp/http/server_private.h"
#include "keneyapp/telemetry/metrics.h"
#include "keneyapp/telemetry/request_log.h"

enum {
    DRAIN_MAX_BYTES = 8 * 1024 * 1024, /* of a body that is refused */
    SEND_MAX_S = 300,                  /* for a peer to take its answer */
};

static struct exchange *exchange_of(struct call *call)
{
    return CONTAINER_OF(call, struct exchange, call);
}

/* libmicrohttpd goes on to make a list of the parameters, which nobody asks it for, in the memory
 * that bounds the head of a request. With more than some 230 of them that is full, and then version
 * 0.9.75 never answers. The text is the connection's own; behind the '?' it is looked at again only
 * for that list. */
static void hide_parameters(const char *uri)
{
    char *query = uri ? strchr(uri, '?') : NULL;
    if (query)
        query[1] = '\0';
}

void *server_on_target(void *context, const char *uri, struct MHD_Connection *connection)
{
    const struct server *server = context;
    struct exchange *exchange = exchange_new(server->config.app, connection, uri);
    hide_parameters(uri);
    return exchange;
}

void server_on_completed(void *context, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode why)
{
    struct server *server = context;
    struct exchange *exchange = TAKE(*slot);
    if (!exchange)
        return;
    if (exchange->is_accepted)
        atomic_fetch_sub(&server->accepted, 1);
    if (exchange->deadline)
        deadline_set(server->deadlines, exchange->deadline, server->config.request_max_ns);
    exchange_free(&exchange);
}

static size_t endpoint_of(const struct server *server, const struct exchange *exchange)
{
    const struct route *route = exchange->match.route;
    if (exchange->is_page)
        return server->config.route_count + 1;
    return route ? (size_t)(route - server->config.routes) : server->config.route_count;
}

static void write_log(const struct server *server, const struct exchange *exchange,
                      nsec_t duration_ns, size_t bytes)
{
    const struct request *request = &exchange->request;
    const struct request_line line = {
        .method = http_method_name(request->method),
        .endpoint = server->config.endpoints[endpoint_of(server, exchange)],
        .path = request->path,
        .status = exchange->response.status,
        .duration_ns = duration_ns,
        .bytes = bytes,
        .user_id = exchange->call.user.id,
        .tenant_id = exchange->call.user.tenant_id,
        .remote = request->peer,
        .correlation_id = request->correlation_id,
    };
    request_log_write(server->config.app->log, &line);
}

static void record(const struct server *server, const struct exchange *exchange, size_t bytes)
{
    const struct app *app = server->config.app;
    unsigned status = exchange->response.status;
    nsec_t duration_ns = clock_now(app->clock) - exchange->started_ns;
    metrics_record(app->metrics, endpoint_of(server, exchange), exchange->request.method, status,
                   duration_ns);
    if (request_log_wants(app->log, status, duration_ns))
        write_log(server, exchange, duration_ns, bytes);
}

static enum MHD_Result answer(struct server *server, struct exchange *exchange)
{
    if (exchange->response.body.overflow)
        response_problem(&exchange->response, 500, "Internal server error");
    size_t bytes = exchange_body_bytes(exchange);
    struct MHD_Response *response = exchange_response(exchange);
    if (!response)
        return MHD_NO;
    record(server, exchange, bytes);
    deadline_set(server->deadlines, exchange->deadline, SEND_MAX_S * NSEC_PER_SEC);
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, exchange->response.status, response);
    MHD_destroy_response(response);
    return result;
}

/* Back to the epoll thread, which sends the answer. The exchange is not ours afterwards. */
static void resume(struct exchange *exchange)
{
    exchange->phase = EXCHANGE_ANSWERED;
    MHD_resume_connection(exchange->connection);
}

static void on_audited(struct audit_waiter *waiter, bool written)
{
    struct exchange *exchange = CONTAINER_OF(waiter, struct exchange, waiter);
    if (!written)
        response_busy(&exchange->response, "The audit log cannot be written");
    resume(exchange);
}

/* True: the answer waits for its audit entry, and is sent by on_audited(). */
static bool waits_for_audit(struct exchange *exchange)
{
    exchange->waiter.done = on_audited;
    return middleware_audit(exchange->match.route, &exchange->request, &exchange->response,
                            &exchange->call, &exchange->waiter);
}

/* The end of a call that was suspended; any thread. */
static void finish_suspended(struct call *call)
{
    struct exchange *exchange = exchange_of(call);
    middleware_finish(exchange->match.route, &exchange->request, &exchange->response, call);
    if (!waits_for_audit(exchange))
        resume(exchange);
}

/* What the store said is for those who run the clinic, not for its clients. */
static void say_problem(const struct exchange *exchange)
{
    const struct session *session = exchange->call.session;
    if (exchange->response.status == 500 && session && session_problem(session)[0])
        log_printf(exchange->call.app->log, LOG_ERROR, "request %s: %s",
                   exchange->request.correlation_id, session_problem(session));
}

static void run_suspended(struct task *task)
{
    struct exchange *exchange = CONTAINER_OF(task, struct exchange, task);
    struct call *call = &exchange->call;
    timing_attach(&call->timing);
    enum handled handled = middleware_run(exchange->match.route, exchange->match.id,
                                          &exchange->request, &exchange->response, call);
    timing_attach(NULL);
    if (handled == HANDLED_LATER)
        return;
    say_problem(exchange);
    call_release(call);
    finish_suspended(call);
}

static enum MHD_Result refuse(struct server *server, struct exchange *exchange, unsigned status,
                              const char *detail)
{
    exchange->phase = EXCHANGE_ANSWERED;
    response_problem(&exchange->response, status, detail);
    if (status == 503)
        exchange->response.retry_after_s = 1;
    return answer(server, exchange);
}

static const char *header(const struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

static bool is_preflight(const struct server *server, const struct exchange *exchange)
{
    return exchange->request.method == HTTP_OPTIONS &&
           cors_is_preflight(server->config.app->cors, exchange->request.origin,
                             span_cstr(header(exchange, "Access-Control-Request-Method")));
}

static enum MHD_Result answer_preflight(struct server *server, struct exchange *exchange)
{
    exchange->phase = EXCHANGE_ANSWERED;
    exchange->preflight = true;
    exchange->response.status = 204;
    return answer(server, exchange);
}

static enum MHD_Result refuse_unknown(struct server *server, struct exchange *exchange)
{
    if (!assets_answer_unknown(&exchange->request, &exchange->response))
        return refuse(server, exchange, 404, "Not Found");
    exchange->phase = EXCHANGE_ANSWERED;
    return answer(server, exchange);
}

static enum MHD_Result refuse_unmatched(struct server *server, struct exchange *exchange)
{
    if (!exchange->match.allowed[0])
        return refuse_unknown(server, exchange);
    if (is_preflight(server, exchange))
        return answer_preflight(server, exchange);
    snprintf(exchange->response.allow, sizeof(exchange->response.allow), "%s",
             exchange->match.allowed);
    return refuse(server, exchange, 405, "Method Not Allowed");
}

static enum MHD_Result suspend(struct server *server, struct exchange *exchange)
{
    struct MHD_Connection *connection = exchange->connection;
    exchange->phase = EXCHANGE_RUNNING;
    exchange->call.finish = finish_suspended;
    exchange->task.run = run_suspended;
    MHD_suspend_connection(connection);
    if (handlers_submit(server->config.handlers, &exchange->task))
        return MHD_YES;
    exchange->phase = EXCHANGE_ANSWERED;
    response_busy(&exchange->response, "The server is busy");
    MHD_resume_connection(connection);
    return MHD_YES;
}

static enum MHD_Result refuse_too_large(struct server *server, struct exchange *exchange)
{
    char sentence[64];
    snprintf(sentence, sizeof(sentence), "The body is too large: at most %zu MiB",
             exchange->request.body.max >> 20);
    return refuse(server, exchange, 413, sentence);
}

static enum MHD_Result refuse_unclear(struct server *server, struct exchange *exchange,
                                      const char *problem)
{
    exchange->response.closes = true;
    return refuse(server, exchange, 400, problem);
}

/* The connection is suspended before its entry is written: the writer may be done at once. */
static enum MHD_Result answer_admitted(struct server *server, struct exchange *exchange)
{
    bool strict = audit_writer_is_strict(server->config.app->audit);
    if (strict) {
        exchange->phase = EXCHANGE_RUNNING;
        MHD_suspend_connection(exchange->connection);
    }
    if (waits_for_audit(exchange))
        return MHD_YES;
    if (!strict)
        return answer(server, exchange);
    resume(exchange);
    return MHD_YES;
}

/* The whole request is here. */
static enum MHD_Result run(struct server *server, struct exchange *exchange)
{
    const struct route *route = exchange->match.route;
    deadline_clear(exchange->deadline);
    exchange->is_accepted = true;
    atomic_fetch_add(&server->accepted, 1);
    if (exchange->too_large)
        return refuse_too_large(server, exchange);
    if (atomic_load(&server->closing))
        return refuse(server, exchange, 503, "The server is shutting down");
    exchange->is_page = assets_answer(&exchange->request, &exchange->response);
    if (exchange->is_page)
        return answer(server, exchange);
    if (!route)
        return refuse_unmatched(server, exchange);
    if (middleware_admit(route, exchange->match.id, &exchange->request, &exchange->response,
                         &exchange->call) == ADMISSION_WAIT)
        return suspend(server, exchange);
    return answer_admitted(server, exchange);
}

/* A client that is already sending would lose an early answer to the reset of its connection, so
 * its body is read first, within reason; one that waits for 100 Continue is told at once. */
static enum MHD_Result check_length(struct server *server, struct exchange *exchange)
{
    const char *length = header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);
    uint64_t bytes;
    if (!length || span_to_u64(span_cstr(length), exchange->request.body.max, &bytes) == 0)
        return MHD_YES;
    exchange->too_large = true;
    if (header(exchange, MHD_HTTP_HEADER_EXPECT) ||
        span_to_u64(span_cstr(length), DRAIN_MAX_BYTES, &bytes) != 0)
        return refuse_too_large(server, exchange);
    return MHD_YES;
}

static struct deadline *deadline_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static enum MHD_Result read_head(struct server *server, struct exchange *exchange,
                                 const char *method, const char *version)
{
    exchange->phase = EXCHANGE_BODY;
    exchange->deadline = deadline_of(exchange->connection);
    deadline_set(server->deadlines, exchange->deadline, server->config.request_max_ns);
    exchange_read_head(exchange, method);
    router_match(server->config.routes, server->config.route_count, exchange->request.method,
                 exchange->request.path, &exchange->match);
    const struct route *route = exchange->match.route;
    exchange->call.route_index = endpoint_of(server, exchange);
    const char *problem = framing_problem(exchange->connection, version);
    if (problem)
        return refuse_unclear(server, exchange, problem);
    if (route && route->body_max_bytes)
        exchange->request.body.max = route->body_max_bytes;
    return check_length(server, exchange);
}

static enum MHD_Result read_body(struct exchange *exchange, const char *bytes, size_t *size)
{
    struct strbuf *body = &exchange->request.body;
    if (!exchange->too_large)
        strbuf_add(body, bytes, *size);
    exchange->too_large |= body->overflow;
    if (exchange->too_large)
        exchange->drained_bytes += *size;
    *size = 0;
    return exchange->drained_bytes > DRAIN_MAX_BYTES ? MHD_NO : MHD_YES;
}

enum MHD_Result server_on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload_data,
                                  size_t *upload_size, void **slot)
{
    struct server *server = context;
    struct exchange *exchange = *slot;
    switch (exchange->phase) {
    case EXCHANGE_HEAD:
        return read_head(server, exchange, method, version);
    case EXCHANGE_BODY:
        if (*upload_size)
            return read_body(exchange, upload_data, upload_size);
        return run(server, exchange);
    case EXCHANGE_RUNNING:
        return MHD_YES;
    case EXCHANGE_ANSWERED:
        return answer(server, exchange);
    }
    return MHD_NO;
}
