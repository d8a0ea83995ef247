/* SPDX-License-Identifier: Apache-2.0
 *
 * An HTTP/2 server without I/O for tests, over nghttp2's server side. What it does is in the path:
 *
 *   /bytes/N        200 with N bytes 'b'           /status/N      status N, no body
 *   /trailers       "hello" and a trailer x-t: 1   /interim/N     N times 103, then "hello"
 *   /echo           "x-got: N" body bytes, after the request's end
 *   /early          "hello" at once, reads no body (its window stays shut)
 *   /reset/CODE     RST_STREAM                     /half/CODE     head and "half", then RST_STREAM
 *   /goaway/CODE    GOAWAY that leaves this and later streams out
 *   /last/CODE      GOAWAY after this one, which is answered
 *   /ping           PING, then "hello"             /silent        nothing
 *   /hang           head and "half", no end        /fields/N      N fields
 *   /liar           Content-Length 10, 5 bytes     /bad-field     a field name in upper case
 *   /window         head with x-window: what it may still send on this stream; 100,000 bytes
 *   /garbage        bytes that are no frame (h2_server_pull())
 * anything else: 200 "hello".
 */
#ifndef TESTS_SUPPORT_H2_SERVER_H
#define TESTS_SUPPORT_H2_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct h2_server;

/* `max_streams` 0: it sets no limit. */
struct h2_server *h2_server_new(uint32_t max_streams);
void h2_server_free(struct h2_server **server);

/* 0, or -1 when the client broke the protocol. */
int h2_server_feed(struct h2_server *server, const void *bytes, size_t len);
void h2_server_pull(struct h2_server *server, struct strbuf *out);

/* What came: one line per request "METHOD scheme://authority/path|name=value|…", per RST_STREAM
 * "reset CODE" and per PING acknowledgement "pong". */
const char *h2_server_log(const struct h2_server *server);
size_t h2_server_request_count(const struct h2_server *server);

#endif
