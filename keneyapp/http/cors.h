/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of other origins (Fetch standard, "CORS protocol"). Off unless origins are named; they are
 * compared exactly, and what is sent back is always the text of the configuration, never the
 * client's. No credentials: the clinic knows no cookies, a page has to bring its token itself.
 * Any thread.
 */
#ifndef KENEYAPP_HTTP_CORS_H
#define KENEYAPP_HTTP_CORS_H

#include "base/error.h"
#include "base/span.h"

enum {
    CORS_ORIGINS_MAX = 16,
    CORS_ORIGIN_BYTES = 264, /* scheme, the longest DNS name, port and a NUL */
    CORS_HEADERS_MAX = 5,
};

struct cors {
    char origins[CORS_ORIGINS_MAX][CORS_ORIGIN_BYTES];
    size_t count; /* 0: off */
};

/* A header line to send; texts live as long as the struct cors and the request. */
struct cors_header {
    const char *name, *value;
};

/* `origins`: like "https://desk.example, http://localhost:3000"; NULL or empty for off. 0, or -1
 * with a sentence: `*` and patterns are refused, as is everything that no browser sends. */
MUST_CHECK int cors_read(struct cors *ret_cors, const char *origins, struct error *err);

/* The headers of any answer; their number. `origin` is the request's header, empty when it has
 * none. */
size_t cors_headers(const struct cors *cors, struct span origin,
                    struct cors_header ret_headers[CORS_HEADERS_MAX]);

/* Whether OPTIONS is a browser's question before a request (a preflight) from an origin that may
 * ask: then the answer is 204 with cors_preflight_headers(). `requested_method` is the header
 * Access-Control-Request-Method. */
bool cors_is_preflight(const struct cors *cors, struct span origin, struct span requested_method);

/* `allowed` are the path's methods, "GET, POST"; borrowed. */
size_t cors_preflight_headers(const struct cors *cors, struct span origin, const char *allowed,
                              struct cors_header ret_headers[CORS_HEADERS_MAX]);

#endif
