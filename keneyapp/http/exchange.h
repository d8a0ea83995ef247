/* SPDX-License-Identifier: Apache-2.0
 *
 * One request on a libmicrohttpd connection, from its first byte to the last of its answer. Seen
 * only by http/server_request.c and http/exchange.c.
 */
#ifndef KENEYAPP_HTTP_EXCHANGE_H
#define KENEYAPP_HTTP_EXCHANGE_H

#include <microhttpd.h>

#include "keneyapp/http/handlers.h"
#include "keneyapp/http/router.h"
#include "keneyapp/telemetry/audit.h"

enum exchange_phase {
    EXCHANGE_HEAD, /* the head has not been looked at */
    EXCHANGE_BODY,
    EXCHANGE_RUNNING,  /* suspended; owned by a handler or hashing thread */
    EXCHANGE_ANSWERED, /* `response` is complete */
};

struct deadline;

struct exchange {
    struct call call;
    struct request request;
    struct response response;
    struct arena arena;
    struct task task;
    struct audit_waiter waiter;
    struct MHD_Connection *connection;
    enum exchange_phase phase;
    struct deadline *deadline; /* the connection's; from its head on */
    nsec_t started_ns;
    struct route_match match;
    bool is_page;   /* answered by http/assets.h */
    bool preflight; /* OPTIONS of a browser: http/cors.h */
    bool wants_timing;
    bool is_accepted;     /* it is here as a whole, and will be answered */
    bool too_large;       /* the body is read, and thrown away */
    size_t drained_bytes; /* of it */
};

/* `uri` is the request target as sent; copied. */
struct exchange *exchange_new(const struct app *app, struct MHD_Connection *connection,
                              const char *uri);

/* NULL-safe. */
void exchange_free(struct exchange **exchange);

/* Takes what handlers need out of the head; the spans live as long as the connection's request. */
void exchange_read_head(struct exchange *exchange, const char *method);

/* Of the answer, before exchange_response(). */
size_t exchange_body_bytes(const struct exchange *exchange);

/* The answer as a libmicrohttpd response, which takes the body over. */
struct MHD_Response *exchange_response(struct exchange *exchange);

#endif
