/* SPDX-License-Identifier: Apache-2.0
 *
 * The URL as wrk reads it: stricter than ours in some places (no underscore in a host, no bytes
 * above 127), laxer in others (any scheme of letters; what does not begin with "https" is spoken
 * to in plain HTTP), and everything from the path on is sent as it stands, fragment included. Found
 * by running wrk 4.1. Pure.
 */
#ifndef CLI_AS_WRK_WRK_URL_H
#define CLI_AS_WRK_WRK_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* Spans point into the text. */
struct wrk_url {
    struct span scheme;
    struct span host;   /* without brackets; not empty */
    struct span port;   /* ptr NULL when there is none */
    struct span target; /* from the path on; "/" without one, even when a query follows */
    bool is_ipv6;
    bool is_tls;
};

/* 0, or -1 for what wrk calls an invalid URL. */
MUST_CHECK int wrk_url_parse(struct span text, struct wrk_url *ret_url);

/* What getaddrinfo() gets: the port, or else the scheme. */
struct span wrk_url_service(const struct wrk_url *url);

#endif
