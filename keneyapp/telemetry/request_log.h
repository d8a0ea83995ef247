/* SPDX-License-Identifier: Apache-2.0
 *
 * The log's line about a request: every request at level debug, slow ones (over a second) as
 * warnings, those that failed here (5xx) as errors. It has ids and no names; query texts, headers
 * and bodies are never in it.
 */
#ifndef KENEYAPP_TELEMETRY_REQUEST_LOG_H
#define KENEYAPP_TELEMETRY_REQUEST_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"

struct log;

struct request_line {
    const char *method, *endpoint; /* "GET", the route's pattern */
    struct span path;              /* as sent, without the query */
    unsigned status;
    nsec_t duration_ns;
    size_t bytes;               /* of the body */
    int64_t user_id, tenant_id; /* 0: nobody is signed in */
    const char *remote, *correlation_id;
};

/* Whether there is a line about such a request; cheap, so that all others cost nothing. */
bool request_log_wants(const struct log *log, unsigned status, nsec_t duration_ns);

/* Writes it, wanted or not. Any thread. */
void request_log_write(struct log *log, const struct request_line *line);

#endif
