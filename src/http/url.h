/* SPDX-License-Identifier: Apache-2.0
 *
 * Absolute http and https URLs: taking them apart, resolving references against them (RFC 3986
 * §5, for redirects), and writing the forms that go on the wire. As lenient as Go's net/url, which
 * decides what a k6 script may write: no normalisation beyond what the wire needs. Control
 * characters are refused everywhere, so no URL can smuggle a line into a request. Pure; any thread.
 */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/strbuf.h"

/* Longest URL that is accepted, in bytes. */
#define URL_MAX_BYTES ((size_t)64 * 1024)

/* Spans point into the text that was parsed, except `scheme` (a constant). */
struct url {
    struct span scheme;    /* "http" or "https", lower case */
    struct span user;      /* percent-encoded as written; see has_user */
    struct span password;  /* likewise; see has_password */
    struct span host;      /* as written, without brackets; not empty */
    struct span authority; /* host[:port] as written, brackets included: the Host header */
    struct span path;      /* "" or starts with '/' */
    struct span query;     /* without '?'; see has_query */
    struct span fragment;  /* without '#' */
    uint16_t port;         /* 1 to 65535; the scheme's when none is written */
    bool is_tls;
    bool is_ipv6; /* host is an IPv6 literal */
    bool has_user, has_password, has_query;
};

/* 0, or -1 with a sentence in `*ret_problem` (a constant) saying what is wrong and what to write
 * instead; `*ret_url` is untouched then. */
MUST_CHECK int url_parse(struct span text, struct url *ret_url, const char **ret_problem);

/* `reference` (a Location header, an href) seen from `base`; dot segments removed. The result
 * points into `arena`. Errors as url_parse(). */
MUST_CHECK int url_resolve(const struct url *base, struct span reference, struct arena *arena,
                           struct url *ret_url, const char **ret_problem);

/* The request target: path and query, never empty, with spaces, quotes, brackets and bytes above
 * 127 percent-encoded (RFC 9112 §3.2.1). */
void url_write_target(const struct url *url, struct strbuf *out);

/* "https://host:443": scheme, lower-case host and port; the key of a connection pool. */
void url_write_origin(const struct url *url, struct strbuf *out);

bool url_same_origin(const struct url *a, const struct url *b);

/* The whole URL as written, with user and password left out: for tags and messages. */
void url_write_public(const struct url *url, struct strbuf *out);

/* %XX decoded; a '%' without two digits stays. NUL-terminated in `arena`. */
struct span url_decode(struct arena *arena, struct span text);

#endif
