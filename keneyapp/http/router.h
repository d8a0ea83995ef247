/* SPDX-License-Identifier: Apache-2.0
 *
 * Which handler a request belongs to. Patterns are literal but for one segment in braces, which
 * stands for an id; a trailing slash makes no difference and is never redirected.
 */
#ifndef KENEYAPP_HTTP_ROUTER_H
#define KENEYAPP_HTTP_ROUTER_H

#include "keneyapp/http/message.h"
#include "keneyapp/model/role.h"
#include "keneyapp/model/shape.h"

typedef enum handled handler_fn(const struct request *request, struct response *response,
                                struct call *call);

struct route {
    enum http_method method; /* GET routes answer HEAD too */
    const char *pattern;     /* also the `endpoint` label of metrics */
    handler_fn *handle;
    unsigned roles; /* enum role; 0: open to everyone */
    bool inlined;   /* never waits: may run on the server's own thread */
    enum entity_id entity;
    const char *action;   /* in the audit log; NULL: not audited */
    const char *resource; /* "patients" */
    const char *id_name;  /* what the id in the path is called in complaints */

    /* GET: how long an answer may be kept, and the entities (a bit per enum entity_id) it is made
     * of. Other methods: the entities whose answers it makes stale, unless it is refused (4xx). */
    unsigned ttl_s; /* 0: never kept */
    unsigned entities;
    unsigned entities_included; /* further ones when the query has `include` */
    bool of_figures;            /* the dashboard's figures, which are counted at times, are in it */
    unsigned rate_per_minute;   /* per client address, where limits are on; 0: no limit */
    size_t body_max_bytes;      /* whole MiB; 0: REQUEST_BODY_MAX_BYTES */

    /* What it takes and says, for handlers and the OpenAPI document (routes/openapi.h). */
    const char *summary;
    const struct shape *query; /* parameters it reads; NULL: none */
    const char *body;          /* name of its body's schema; NULL: it takes none */
    const char *answer;        /* name of a success's schema; NULL: no body */
    const char *media;         /* of a success; NULL: application/json */
    unsigned success;          /* its status */
    unsigned refusals[4];      /* statuses besides those that follow from the rest */
};

/* Who has business with what (permissions of the original's routes). */
enum {
    ROLES_CLINICAL = ROLE_ADMIN | ROLE_DOCTOR | ROLE_NURSE,
    ROLES_DESK = ROLE_ADMIN | ROLE_DOCTOR | ROLE_RECEPTIONIST,
    ROLES_PRESCRIBERS = ROLE_ADMIN | ROLE_DOCTOR,
};

/* The entities that the answer to this query is made of. */
unsigned route_entities(const struct route *route, struct span query);

/* The bit of an entity in `entities`. */
#define ENTITY_BIT(id) (1u << (id))

struct route_match {
    const struct route *route; /* NULL: 404, or 405 when `allowed` is not empty */
    struct span id;            /* the text at the segment in braces */
    char allowed[64];          /* "GET, HEAD" */
};

void router_match(const struct route *routes, size_t count, enum http_method method,
                  struct span path, struct route_match *ret_match);

#endif
