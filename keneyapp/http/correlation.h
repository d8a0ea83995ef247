/* SPDX-License-Identifier: Apache-2.0
 *
 * The id that a request, its log lines and its audit entry have in common: the client's
 * (X-Correlation-ID) when it is harmless, else a new UUID (RFC 9562, version 4).
 */
#ifndef KENEYAPP_HTTP_CORRELATION_H
#define KENEYAPP_HTTP_CORRELATION_H

#include "base/span.h"

enum {
    CORRELATION_MAX_BYTES = 64, /* of a client's */
    CORRELATION_BYTES = 68,
};

/* Any thread. */
void correlation_id(struct span given, char ret_id[CORRELATION_BYTES]);

#endif
