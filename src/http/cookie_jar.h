/* SPDX-License-Identifier: Apache-2.0
 *
 * The cookies of one virtual user (RFC 6265 §5.3, §5.4; no public suffix list, as k6). A script
 * sees it as k6's CookieJar, or as the table of Python's cookiejar. Time is the wall clock, handed
 * in by the caller, since cookies expire by dates. One thread.
 */
#ifndef HTTP_COOKIE_JAR_H
#define HTTP_COOKIE_JAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/span.h"
#include "base/strbuf.h"
#include "base/util.h"

struct cookie;
struct cookie_jar;
struct url;

/* Cookies in a jar; when one more comes, the oldest goes. */
#define COOKIE_JAR_MAX 1000

struct cookie_jar *cookie_jar_new(void);
void cookie_jar_free(struct cookie_jar **jar);

/* From now on names and values are kept and sent exactly as they are written, as Python's
 * http.cookiejar does. Without this they follow Go: values are unquoted, quoted again where they
 * need it, and cookies with characters that no cookie may have are not taken. */
void cookie_jar_keep_verbatim(struct cookie_jar *jar);

/* Empties it; k6 does so at the start of every iteration. */
void cookie_jar_reset(struct cookie_jar *jar);

size_t cookie_jar_count(const struct cookie_jar *jar);

/* One cookie of a response from `url`, or from the script. Everything is copied. One that is
 * expired removes its namesake. -1 when `url` may not set it (foreign domain) or its name is not
 * one; a response's refused cookies are ignored, a script's are an error of the script. */
int cookie_jar_set(struct cookie_jar *jar, const struct url *url, const struct cookie *cookie,
                   nsec_t wall_ns);

/* The value of one Set-Cookie header. */
void cookie_jar_take(struct cookie_jar *jar, const struct url *url, struct span set_cookie,
                     nsec_t wall_ns);

/* Appends the cookies for `url` to `out`, "a=b; c=d", longest path first, then oldest first;
 * appends nothing when there are none. */
void cookie_jar_write(struct cookie_jar *jar, const struct url *url, nsec_t wall_ns,
                      struct strbuf *out);

struct cookie_pair {
    struct span name, value;
};

/* The same cookies as data (k6's cookiesForURL), copied into `arena`; returns how many. */
size_t cookie_jar_list(struct cookie_jar *jar, const struct url *url, nsec_t wall_ns,
                       struct arena *arena, struct cookie_pair **ret_pairs);

/* A cookie as the jar keeps it. Name, domain and path tell cookies apart. */
struct stored_cookie {
    struct span name, value;
    struct span domain; /* lower case, no leading dot; empty: any host, which only a script says */
    struct span path;
    nsec_t expires_ns; /* wall clock; NSEC_NEVER for a session cookie */
    bool is_host_only; /* for `domain` alone, not for hosts below it */
    bool secure, http_only;
    bool is_quoted; /* sent between double quotes, which `value` is without */
};

/* All that have not expired, in order of creation; valid until the jar is used again. */
const struct stored_cookie *cookie_jar_all(struct cookie_jar *jar, nsec_t wall_ns,
                                           size_t *ret_count);

/* A script's cookie, for whatever host. Everything is copied; the domain may have capitals and
 * leading dots, an empty path means "/". One that is expired removes its namesake. -1 when name or
 * value have characters that would change a header. */
MUST_CHECK int cookie_jar_put(struct cookie_jar *jar, const struct stored_cookie *cookie,
                              nsec_t wall_ns);

/* False when there is none. */
bool cookie_jar_remove(struct cookie_jar *jar, struct span name, struct span domain,
                       struct span path);

/* k6's jar.delete(url, name) and jar.clear(url). As in Go, they expire the cookie that `url` would
 * set by default: the same host, the directory of its path. */
void cookie_jar_delete(struct cookie_jar *jar, const struct url *url, struct span name);
void cookie_jar_clear(struct cookie_jar *jar, const struct url *url, nsec_t wall_ns);

#endif
