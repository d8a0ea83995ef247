/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1.1 requests as bytes (RFC 9112 §3). Refuses anything that would let one part of a request
 * become another: a line break or NUL anywhere, a space in the target.
 */
#ifndef HTTP_HTTP1_WRITER_H
#define HTTP_HTTP1_WRITER_H

#include <stdbool.h>

#include "base/span.h"
#include "base/strbuf.h"
#include "base/util.h"

struct headers;

struct http1_request {
    struct span method;            /* a token; sent as it is */
    struct span target;            /* "/path?query", from url_write_target() */
    struct span host;              /* host[:port] */
    const struct headers *headers; /* in this order; Host, Content-Length and Transfer-Encoding are
                                      this module's to write and left out. May be NULL */
    struct span body;              /* length 0: none; as it goes on the wire */
    bool framing_given; /* Content-Length or Transfer-Encoding in `headers` are written as they
                           stand, right or wrong, and then no other */
};

/* Appends head and body to `out`. Content-Length is written when there is a body, and as 0 for
 * POST, PUT and PATCH (RFC 9110 §8.6). 0, or -1 with a constant sentence in `*ret_problem`; `out`
 * then holds what it held before. */
MUST_CHECK int http1_writer_request(struct strbuf *out, const struct http1_request *request,
                                    const char **ret_problem);

#endif
