/* SPDX-License-Identifier: Apache-2.0
 *
 * The store tells durations without saying whose they are; a handler thread has one call at a time,
 * so the thread knows.
 */
#include "keneyapp/telemetry/timing.h"

#include <stddef.h>

static _Thread_local struct timing *attached;

void timing_attach(struct timing *timing)
{
    attached = timing;
}

void timing_add_query(nsec_t duration_ns)
{
    if (!attached)
        return;
    attached->db_ns += duration_ns;
    attached->queries++;
}

static void add_duration(struct strbuf *out, const char *name, nsec_t ns)
{
    if (ns > 0)
        strbuf_addf(out, ", %s;dur=%.3f", name, nsec_to_ms(ns));
}

void timing_header(const struct timing *timing, nsec_t total_ns, struct strbuf *out)
{
    static const char *const CACHE[] = {
        [TIMING_CACHE_MISS] = "miss",
        [TIMING_CACHE_MEMORY] = "memory",
        [TIMING_CACHE_SHARED] = "shared",
    };

    strbuf_addf(out, "total;dur=%.3f", nsec_to_ms(total_ns));
    add_duration(out, "auth", timing->auth_ns);
    if (timing->cache != TIMING_CACHE_NONE)
        strbuf_addf(out, ", cache;desc=\"%s\"", CACHE[timing->cache]);
    add_duration(out, "pool", timing->pool_ns);
    add_duration(out, "db", timing->db_ns);
    if (timing->db_ns > 0)
        strbuf_addf(out, ";desc=\"%u %s\"", timing->queries,
                    timing->queries == 1 ? "query" : "queries");
    add_duration(out, "render", timing->render_ns);
}
