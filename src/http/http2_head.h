/* SPDX-License-Identifier: Apache-2.0
 *
 * The head of an HTTP/2 request (RFC 9113 §8.3.1), made once and sent as often as wanted: names in
 * lower case, pseudo-header fields first, fields that belong to a connection left out (§8.2.2).
 * Refuses what http1_writer.h refuses. Never changes afterwards; any thread.
 */
#ifndef HTTP_HTTP2_HEAD_H
#define HTTP_HTTP2_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct arena;
struct headers;

struct http2_request {
    struct span method;    /* a token; sent as it is */
    struct span scheme;    /* "http" or "https" */
    struct span authority; /* host[:port] */
    struct span target;    /* "/path?query", from url_write_target() */
    const struct headers
        *headers; /* in this order, names in any case. Connection, Host, Keep-Alive,
                     Proxy-Connection, Transfer-Encoding, Upgrade, Content-Length
                     and a TE other than "trailers" are left out. May be NULL */
    size_t body_bytes;
    bool length_given; /* a Content-Length among `headers` is sent as it stands, and no other */
};

struct http2_head;

/* Its memory, copies of all texts included, is the arena's. Content-Length is written by the rule
 * of http1_writer_request(). NULL with a constant sentence in `*ret_problem`. */
const struct http2_head *http2_head_new(struct arena *arena, const struct http2_request *request,
                                        const char **ret_problem);

#endif
