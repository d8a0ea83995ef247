/* SPDX-License-Identifier: Apache-2.0
 *
 * What a request's head has to say clearly before anything else of it counts: where the request
 * ends, and for whom it is. When two readers can disagree about the end, what one of them takes for
 * the body is the next request for the other: a proxy in front could be made to pass on what it
 * never looked at (RFC 9112 §11.2).
 */
#ifndef KENEYAPP_HTTP_FRAMING_H
#define KENEYAPP_HTTP_FRAMING_H

#include <microhttpd.h>

/* NULL, or a sentence for whoever sent the request, which has to be answered 400 and its connection
 * ended: more than one Content-Length, one beside Transfer-Encoding, a coding that is not chunked
 * (§6.3), white space in a header's name (§5.1); no Host in anything but HTTP/1.0, more than one,
 * or one that is none (§3.2). Static. `version` is as libmicrohttpd tells it: "HTTP/1.1". */
const char *framing_problem(struct MHD_Connection *connection, const char *version);

#endif
