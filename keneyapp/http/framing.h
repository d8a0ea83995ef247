/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a request ends. When its head lets two readers disagree about that, what one of them takes
 * for the body is the next request for the other: a proxy in front could be made to pass on what
 * it never looked at (RFC 9112 §11.2).
 */
#ifndef KENEYAPP_HTTP_FRAMING_H
#define KENEYAPP_HTTP_FRAMING_H

#include <microhttpd.h>
#include <stdbool.h>

/* False for more than one Content-Length, one beside Transfer-Encoding (§6.3), or white space in a
 * header's name (§5.1). The connection has to end with the refusal. */
bool framing_is_clear(struct MHD_Connection *connection);

#endif
