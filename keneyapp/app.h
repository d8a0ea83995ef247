/* SPDX-License-Identifier: Apache-2.0
 *
 * What every request can reach: the running clinic. Made by serve.c, read-only afterwards; each
 * part says itself which threads may use it.
 */
#ifndef KENEYAPP_APP_H
#define KENEYAPP_APP_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/span.h"

struct audit_writer;
struct cors;
struct cache;
struct handlers;
struct job_runner;
struct log;
struct lockouts;
struct login_gate;
struct metrics;
struct pool;
struct rate_limits;
struct refresher;
struct store;
struct token_keys;
struct web_vitals;
struct users_cache;

struct app {
    struct store *store;
    struct pool *pool; /* sessions: http/call.h */
    struct audit_writer *audit;
    struct login_gate *gate;
    struct lockouts *lockouts; /* of sign-ins */
    struct users_cache *users; /* who asked a moment ago: auth/access.h */
    struct cache *cache;       /* answers; NULL: none are kept */
    struct rate_limits *limits;
    struct metrics *metrics;
    struct web_vitals *vitals;
    struct handlers *handlers;
    struct job_runner *jobs;
    struct refresher *refresher; /* of the dashboard's figures; NULL: nobody refreshes */
    struct log *log;
    struct clock *clock; /* monotonic */
    nsec_t (*wall)(void);
    const struct cors *cors;
    const struct token_keys *token_keys;
    nsec_t token_ns; /* life of an access token */
    bool without_compression, without_background;
    bool without_eager;      /* what a list includes is read patient by patient */
    bool without_pagination; /* lists are whole, whatever their limit */
    const char *unused_hash; /* verified against when a user does not exist, for equal timing */
};

#endif
