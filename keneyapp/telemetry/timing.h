/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the time of one request went, for the Server-Timing header (W3C Server Timing). It is sent
 * when the request has `X-Server-Timing: 1` and its user is known: to strangers, how long a
 * password took would say too much.
 */
#ifndef KENEYAPP_TELEMETRY_TIMING_H
#define KENEYAPP_TELEMETRY_TIMING_H

#include "base/clock.h"
#include "base/strbuf.h"

enum timing_cache {
    TIMING_CACHE_NONE, /* the route's answers are not kept */
    TIMING_CACHE_MISS,
    TIMING_CACHE_MEMORY,
    TIMING_CACHE_SHARED, /* from Redis, or from whoever was computing it */
};

/* All zero at first. */
struct timing {
    nsec_t auth_ns;   /* token and user */
    nsec_t pool_ns;   /* until a database session was had */
    nsec_t db_ns;     /* in the database */
    nsec_t render_ns; /* from the handler's end to the answer: entity tag, compression */
    unsigned queries; /* pieces of work in db_ns */
    enum timing_cache cache;
};

/* What the calling thread does in the database from now on counts for `timing`, until the next
 * call; NULL: for nobody. */
void timing_attach(struct timing *timing);

/* A piece of work in the database, on the thread that did it. */
void timing_add_query(nsec_t duration_ns);

/* The header's value: `total;dur=1.25, auth;dur=0.01, cache;desc="miss", pool;dur=0.004,
 * db;dur=0.9;desc="2 queries", render;dur=0.2`, durations in milliseconds. What did not happen is
 * left out. */
void timing_header(const struct timing *timing, nsec_t total_ns, struct strbuf *out);

#endif
