/* SPDX-License-Identifier: Apache-2.0
 *
 * Exact origins and fixed texts.
 */
#include "keneyapp/http/cors.h"

#include <ctype.h>
#include <stdio.h>

/* The configured text that equals the request's, or NULL. */
static const char *allowed_origin(const struct cors *cors, struct span origin)
{
    for (size_t i = 0; i < cors->count && origin.len; i++)
        if (span_equal(origin, span_cstr(cors->origins[i])))
            return cors->origins[i];
    return NULL;
}

/* Lower case, as browsers write it (RFC 6454 6.2). */
static bool is_host(struct span host)
{
    for (size_t i = 0; i < host.len; i++) {
        unsigned char c = (unsigned char)host.ptr[i];
        if (!islower(c) && !isdigit(c) && !strchr("-._[]:", c))
            return false;
    }
    return host.len > 0;
}

static bool is_origin(struct span text)
{
    struct span https = SPAN("https://"), http = SPAN("http://");
    if (text.len >= CORS_ORIGIN_BYTES)
        return false;
    if (span_starts_with(text, https))
        return is_host(span_from(text, https.len));
    return span_starts_with(text, http) && is_host(span_from(text, http.len));
}

static int add_origin(struct cors *cors, struct span origin, struct error *err)
{
    if (!is_origin(origin))
        return error_set(err, EXIT_USAGE,
                         "--cors-origin: \"%.*s\" is no origin: write scheme, host and port as a "
                         "browser does, in lower case and without a path, like "
                         "https://desk.example or http://localhost:3000",
                         SPAN_ARG(origin));
    if (cors->count == CORS_ORIGINS_MAX)
        return error_set(err, EXIT_USAGE, "--cors-origin: more than %d origins: name fewer",
                         CORS_ORIGINS_MAX);
    snprintf(cors->origins[cors->count++], CORS_ORIGIN_BYTES, "%.*s", SPAN_ARG(origin));
    return 0;
}

int cors_read(struct cors *ret_cors, const char *origins, struct error *err)
{
    struct cors cors = {0};
    struct span rest = span_cstr(origins);
    while (rest.len) {
        struct span origin = span_trim(span_cut(rest, ',', &rest));
        if (origin.len && add_origin(&cors, origin, err) != 0)
            return -1;
    }
    *ret_cors = cors;
    return 0;
}

/* Which origin may read an answer is part of what the answer is: caches have to know. */
size_t cors_headers(const struct cors *cors, struct span origin,
                    struct cors_header ret_headers[CORS_HEADERS_MAX])
{
    const char *allowed = allowed_origin(cors, origin);
    size_t n = 0;
    if (!cors->count)
        return 0;
    ret_headers[n++] = (struct cors_header){"Vary", "Origin"};
    if (!allowed)
        return n;
    ret_headers[n++] = (struct cors_header){"Access-Control-Allow-Origin", allowed};
    ret_headers[n++] =
        (struct cors_header){"Access-Control-Expose-Headers",
                             "Content-Disposition, ETag, Location, Retry-After, Server-Timing, "
                             "X-Correlation-ID"};
    return n;
}

bool cors_is_preflight(const struct cors *cors, struct span origin, struct span requested_method)
{
    return requested_method.len && allowed_origin(cors, origin);
}

size_t cors_preflight_headers(const struct cors *cors, struct span origin, const char *allowed,
                              struct cors_header ret_headers[CORS_HEADERS_MAX])
{
    size_t n = 0;
    ret_headers[n++] = (struct cors_header){"Vary", "Origin"};
    ret_headers[n++] =
        (struct cors_header){"Access-Control-Allow-Origin", allowed_origin(cors, origin)};
    ret_headers[n++] = (struct cors_header){"Access-Control-Allow-Methods", allowed};
    ret_headers[n++] = (struct cors_header){
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, If-None-Match, X-Correlation-ID, X-Server-Timing"};
    ret_headers[n++] = (struct cors_header){"Access-Control-Max-Age", "600"};
    return n;
}
