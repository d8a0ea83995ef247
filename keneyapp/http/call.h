/* SPDX-License-Identifier: Apache-2.0
 *
 * A call's way to the database: a session from the connection pool, taken when a handler first
 * needs one and given back when the handler is done. Handler threads only.
 */
#ifndef KENEYAPP_HTTP_CALL_H
#define KENEYAPP_HTTP_CALL_H

#include "keneyapp/http/message.h"

/* The call's session, which acts for the user's tenant once the user is known. NULL when there is
 * none to be had: then `response` is a 503 with Retry-After, and the handler returns HANDLED. */
MUST_CHECK struct session *call_session(struct call *call, struct response *response);

/* Gives the session back; harmless without one. A handler that answers later calls it before it
 * hands the call on, so that nobody holds a connection while a password is hashed; for all others
 * the server does. */
void call_release(struct call *call);

#endif
