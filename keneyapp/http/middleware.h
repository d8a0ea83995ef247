/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens around every handler: who is asking, may they, and the line in the audit log.
 */
#ifndef KENEYAPP_HTTP_MIDDLEWARE_H
#define KENEYAPP_HTTP_MIDDLEWARE_H

#include "keneyapp/http/router.h"

struct audit_waiter;

enum admission {
    ADMISSION_ANSWERED, /* `response` is complete */
    ADMISSION_WAIT,     /* only a handler thread can say: middleware_run() */
};

/* As far as memory goes: who asks, whether they may, how often they did, and an answer that is
 * inlined or kept. Never waits: for epoll threads. */
enum admission middleware_admit(const struct route *route, struct span id,
                                const struct request *request, struct response *response,
                                struct call *call);

/* The same with the database and Redis at hand, and the handler. On a handler thread. */
enum handled middleware_run(const struct route *route, struct span id,
                            const struct request *request, struct response *response,
                            struct call *call);

/* After the handler, whenever that is, and before the answer is sent: what a success makes stale is
 * forgotten, the answer is encoded. Not on epoll threads. */
void middleware_finish(const struct route *route, const struct request *request,
                       struct response *response, struct call *call);

/* The audit entry of an answered call, unless the route has none or nobody was signed in. True: the
 * answer has to wait for it (--audit strict), `waiter` will be called. An answer that should wait
 * and cannot becomes a 503. */
bool middleware_audit(const struct route *route, const struct request *request,
                      struct response *response, struct call *call, struct audit_waiter *waiter);

#endif
