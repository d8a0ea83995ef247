/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a load of callers: signals, descriptors, workers. What they measured stays with
 * whoever gave their states.
 */
#ifndef RUN_CALLERS_RUN_H
#define RUN_CALLERS_RUN_H

#include <stdbool.h>

#include "base/util.h"
#include "client/client.h"
#include "load/callers.h"

struct error;

struct callers_run_config {
    struct callers_config load; /* of all workers together; a worker's share of the users, its
                                   state, registry and client are filled in */
    unsigned workers;           /* >= 1, <= load.users */
    void *const *states;        /* callers_config.state of each worker */
    struct client_config client;
};

/* Runs until all users have made their calls, or until SIGINT or SIGTERM and the end of the calls
 * that are under way then; blocks. -1 and `err` when the load could not begin. `*ret_duration_ns`:
 * from the first worker's start to the end of the last. */
MUST_CHECK int callers_run(const struct callers_run_config *config, nsec_t *ret_duration_ns,
                           struct error *err);

#endif
