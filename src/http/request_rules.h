/* SPDX-License-Identifier: Apache-2.0
 *
 * What may stand in a request, whichever version of HTTP carries it: what http1_writer.c and
 * http2_head.c refuse and add alike. Pure; any thread.
 */
#ifndef HTTP_REQUEST_RULES_H
#define HTTP_REQUEST_RULES_H

#include <stdbool.h>

#include "base/span.h"

struct headers;

/* NULL, or a constant sentence that says why this cannot be sent. `headers` may be NULL. */
const char *request_rules_check(struct span method, struct span target, struct span host,
                                const struct headers *headers);

/* POST, PUT and PATCH: a server may wait for the body unless told that there is none, so that
 * Content-Length is sent as 0 too (RFC 9110 §8.6). */
bool request_rules_expects_body(struct span method);

/* Content-Length and Transfer-Encoding, which say where a body ends (RFC 9112 §6). */
bool request_rules_is_framing(struct span name);

#endif
