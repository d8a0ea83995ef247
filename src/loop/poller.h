/* SPDX-License-Identifier: Apache-2.0
 *
 * What the loop asks of the kernel's notification mechanism. One source file implements this and
 * the functions of io.h: poller_epoll.c. Waiting and calling back are apart, so that the loop can
 * read its clock between them. The thread of the loop only.
 */
#ifndef LOOP_POLLER_H
#define LOOP_POLLER_H

#include <stdbool.h>

#include "base/clock.h"

struct error;
struct poller;

/* NULL and `err` filled when the kernel refuses. */
struct poller *poller_new(struct error *err);

/* Every io and watch must be closed. NULL-safe. */
void poller_free(struct poller **poller);

/* Readable when poller_wait() would find something. */
int poller_fd(const struct poller *poller);

/* Callbacks are due already: the next wait must not sleep. */
bool poller_pending(const struct poller *poller);

/* Sleeps until something happens, a signal comes or `max_wait_ns` are over (NSEC_NEVER: no limit);
 * may end earlier. Runs no callback. */
void poller_wait(struct poller *poller, nsec_t max_wait_ns);

/* Runs what is due. What becomes due meanwhile is left for the next turn. */
void poller_dispatch(struct poller *poller);

#endif
