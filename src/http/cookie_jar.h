/* SPDX-License-Identifier: Apache-2.0
 *
 * The cookies of one virtual user (RFC 6265 §5.3, §5.4; no public suffix list, as k6). A script
 * sees it as k6's CookieJar. Time is the wall clock, handed in by the caller, since cookies expire
 * by dates. One thread.
 */
#ifndef HTTP_COOKIE_JAR_H
#define HTTP_COOKIE_JAR_H

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

/* k6's jar.delete(url, name) and jar.clear(url). As in Go, they expire the cookie that `url` would
 * set by default: the same host, the directory of its path. */
void cookie_jar_delete(struct cookie_jar *jar, const struct url *url, struct span name);
void cookie_jar_clear(struct cookie_jar *jar, const struct url *url, nsec_t wall_ns);

#endif
