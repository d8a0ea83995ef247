/* SPDX-License-Identifier: Apache-2.0
 *
 * One cookie: read from a Set-Cookie header (RFC 6265 §5.2, with the character rules of Go's
 * net/http, which k6 shows), written into a Cookie header, matched against hosts and paths. Pure;
 * any thread. The jar is cookie_jar.h.
 */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/strbuf.h"
#include "base/util.h"

/* Longest name + value + attributes that is accepted, in bytes. */
#define COOKIE_MAX_BYTES ((size_t)16 * 1024)

/* As the server or the script said it; empty text where it said nothing. */
struct cookie {
    struct span name, value;
    struct span domain, path;
    struct span same_site; /* "Strict", "Lax", "None" as written; kept for display only */
    int64_t expires_s;     /* seconds since 1970-01-01 UTC, if has_expires */
    int64_t max_age_s;     /* if has_max_age; 0 or less: expired */
    bool has_expires, has_max_age;
    bool secure, http_only;
    bool is_quoted; /* the value stood between double quotes, and is sent so */
};

/* The value of one Set-Cookie header; spans point into it. -1 when it is no cookie; attributes
 * that make no sense are ignored, as browsers do. */
MUST_CHECK int cookie_parse(struct span text, struct cookie *ret_cookie);

/* As above, but quotes stay part of the value, and name and value may be any text: what
 * http.cookiejar of Python takes. */
MUST_CHECK int cookie_parse_verbatim(struct span text, struct cookie *ret_cookie);

/* Appends "name=value", after "; " unless `out` is empty. Quoted when it was or when it holds a
 * space or comma; characters that no cookie may have are left out. */
void cookie_write(struct span name, struct span value, bool is_quoted, struct strbuf *out);

/* The same without changing a character. */
void cookie_write_verbatim(struct span name, struct span value, struct strbuf *out);

/* RFC 6265 §5.1.3; both in lower case. An IP address matches only itself. */
bool cookie_domain_matches(struct span host, struct span domain);

/* RFC 6265 §5.1.4 */
bool cookie_path_matches(struct span request_path, struct span cookie_path);
struct span cookie_default_path(struct span request_path);

#endif
