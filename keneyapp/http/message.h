/* SPDX-License-Identifier: Apache-2.0
 *
 * A request and its answer, free of any server library. A call is one request on its way through
 * the clinic: the route's handler gets all three.
 */
#ifndef KENEYAPP_HTTP_MESSAGE_H
#define KENEYAPP_HTTP_MESSAGE_H

#include "base/arena.h"
#include "base/span.h"
#include "base/strbuf.h"
#include "keneyapp/http/correlation.h"
#include "keneyapp/model/complaints.h"
#include "keneyapp/store/store.h"
#include "keneyapp/telemetry/timing.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER,
    HTTP_METHODS,
};

enum {
    REQUEST_BODY_MAX_BYTES = 1024 * 1024,
    RESPONSE_BODY_MAX_BYTES = 64 * 1024 * 1024,
};

/* Valid until the call is finished. */
struct request {
    enum http_method method;
    struct span path, query; /* as sent, still percent-encoded */
    struct span authorization, content_type, user_agent;
    struct span accept, accept_encoding, if_none_match, origin;
    char correlation_id[CORRELATION_BYTES];
    char peer[48]; /* address without port */
    struct strbuf body;
};

struct response {
    unsigned status;
    const char *content_type; /* static */
    struct strbuf body;
    bool authenticate;      /* WWW-Authenticate: Bearer */
    unsigned retry_after_s; /* 0: none */
    bool closes;            /* the connection ends with it */
    char allow[64];         /* of a 405; empty: none */
    char etag[48];          /* with its quotes; empty: none */
    /* Static or in the call's arena; NULL: "no-store", none, none, identity. */
    const char *cache_control, *location, *disposition, *encoding;
    struct cached *cached;   /* our reference: the body is in it, and not in `body` */
    struct span cached_body; /* the one of its bodies that is sent */
};

struct app;
struct cached;
struct call;
struct route;

/* A handler that answers later returns HANDLED_LATER and calls `finish` exactly once, from any
 * thread; the call may be gone when `finish` returns. */
enum handled {
    HANDLED,
    HANDLED_LATER,
};

struct call {
    const struct app *app;
    const struct route *route;
    struct arena *arena;     /* ends with the call */
    struct session *session; /* http/call.h; handlers say call_session() */
    struct store_user user;  /* on routes that need one */
    size_t route_index;      /* in the table of routes */
    bool is_counted;         /* by the rate limits */
    bool is_unaudited;       /* refused for want of room in the audit log */
    struct timing timing;    /* where its time went */
    int64_t path_id;         /* of patterns with {id} */
    enum entity_id entity;   /* the route's */
    struct audit_row audit;  /* prepared; handlers add resource_id and details,
                               which live in the arena */
    void (*finish)(struct call *call);
};

enum http_method http_method_of(struct span name);
const char *http_method_name(enum http_method method);

/* The names in the order of the enum. */
const char *const *http_method_names(void);

/* {"detail": "..."}, in place of whatever answer was begun. */
void response_problem(struct response *response, unsigned status, const char *detail);

/* 503 with Retry-After: one second. */
void response_busy(struct response *response, const char *detail);

/* 401 with WWW-Authenticate: Bearer. */
void response_unauthorized(struct response *response, const char *detail);

/* 422 with the complaints as the `detail` list. */
void response_invalid(struct response *response, const struct complaints *complaints);

/* 400 for STORE_DUPLICATE, 409 for STORE_CONFLICT, 422 for STORE_BAD_REFERENCE, 503 with
 * Retry-After for STORE_BUSY and STORE_UNAVAILABLE, 507 for STORE_FULL, else 500: without the
 * store's details. */
void response_store_problem(struct response *response, enum store_result result);

#endif
