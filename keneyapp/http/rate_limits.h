/* SPDX-License-Identifier: Apache-2.0
 *
 * How many requests a minute one client may make to one route: a token bucket per address and route
 * that holds a minute's worth and fills evenly, so that a burst is fine and a flood is not. An IPv6
 * client is its /64 network, because that is what one household or host is given.
 *
 * Memory is fixed. A bucket that is needed anew takes the place of the one nearest to full among
 * eight, so what an attacker with many addresses can win is that somebody's limit begins again.
 *
 * Any thread; short, striped locks.
 */
#ifndef KENEYAPP_HTTP_RATE_LIMITS_H
#define KENEYAPP_HTTP_RATE_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "keneyapp/http/message.h"

enum rate_limits_mode {
    RATE_LIMITS_AUTO, /* not for clients on the loopback interface: a load generator is one address
                       */
    RATE_LIMITS_ON,
    RATE_LIMITS_OFF,
};

struct rate_limits;

struct rate_limits_config {
    enum rate_limits_mode mode;
    struct clock *clock;
};

struct rate_limits *rate_limits_new(const struct rate_limits_config *config);

/* NULL-safe. */
void rate_limits_free(struct rate_limits **limits);

/* Counts one request of `peer` (an address as inet_ntop() writes it) to `route` (any number that is
 * the route's own). 0: go on; else the seconds after which it is worth another try. `per_minute` 0
 * is no limit. */
MUST_CHECK unsigned rate_limits_check(struct rate_limits *limits, const char *peer, size_t route,
                                      unsigned per_minute);

/* 429 with Retry-After. */
void rate_limits_refuse(struct response *response, unsigned per_minute, unsigned retry_after_s);

/* http_rate_limited_total, in Prometheus' text format 0.0.4. */
void rate_limits_render(struct rate_limits *limits, struct strbuf *out);

#endif
