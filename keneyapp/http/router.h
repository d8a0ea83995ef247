/* SPDX-License-Identifier: Apache-2.0
 *
 * Which handler a request belongs to. Patterns are literal but for one `{id}` segment; a trailing
 * slash makes no difference and is never redirected.
 */
#ifndef KENEYAPP_HTTP_ROUTER_H
#define KENEYAPP_HTTP_ROUTER_H

#include "keneyapp/http/message.h"
#include "keneyapp/model/role.h"

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
    const char *id_name;  /* what {id} is called in complaints */
};

struct route_match {
    const struct route *route; /* NULL: 404, or 405 when `allowed` is not empty */
    struct span id;            /* the text at {id} */
    char allowed[64];          /* "GET, HEAD" */
};

void router_match(const struct route *routes, size_t count, enum http_method method,
                  struct span path, struct route_match *ret_match);

#endif
