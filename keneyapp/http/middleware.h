/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens around every handler: who is asking, may they, and the line in the audit log.
 */
#ifndef KENEYAPP_HTTP_MIDDLEWARE_H
#define KENEYAPP_HTTP_MIDDLEWARE_H

#include "keneyapp/http/router.h"

/* Checks the token and the role, reads the id in the path, runs the handler. On a handler thread,
 * or on any thread for inlined routes. */
enum handled middleware_run(const struct route *route, struct span id,
                            const struct request *request, struct response *response,
                            struct call *call);

/* After the handler, whenever that is: the audit row of an answered call, unless the route has none
 * or nobody was signed in. */
void middleware_audit(const struct route *route, const struct request *request,
                      const struct response *response, struct call *call);

#endif
