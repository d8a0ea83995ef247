/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps the dashboard's figures fresh: one thread that has the store count them for every tenant,
 * at the start, at an interval, and when it is asked to. Requests that come while it counts are one
 * more round.
 */
#ifndef KENEYAPP_JOBS_REFRESHER_H
#define KENEYAPP_JOBS_REFRESHER_H

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "keneyapp/store/pool.h"

struct refresher;

struct refresher_config {
    struct pool *pool; /* borrowed, like all here */
    struct log *log;
    struct clock *clock;
    nsec_t (*wall)(void);
    nsec_t interval_ns; /* 0: only when asked */
};

/* NULL with a sentence when the thread cannot be started. */
MUST_CHECK struct refresher *refresher_new(const struct refresher_config *config,
                                           struct error *err);

/* A round that runs is finished first. NULL-safe. */
void refresher_free(struct refresher **refresher);

/* Asks for a round. Any thread; returns at once. */
void refresher_ask(struct refresher *refresher);

/* Rounds that succeeded, since the start. Any thread. */
uint64_t refresher_rounds(const struct refresher *refresher);

/* Which figures the database has: another number after each round that succeeded, 0 before the
 * first, and never the same in two processes. Any thread. */
uint64_t refresher_edition(const struct refresher *refresher);

/* keneyapp_stats_refresh*, in Prometheus' text format 0.0.4. */
void refresher_render(struct refresher *refresher, struct strbuf *out);

#endif
