/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections that take too long. libmicrohttpd ends a connection that is silent; a peer that sends
 * a byte a second, or takes one, is never silent. So each connection may have a deadline, and one
 * thread looks every second which have passed, and shuts their sockets down: libmicrohttpd then
 * sees the end of the connection and cleans up as always. A deadline costs no look at a clock: the
 * seconds that the thread counts are the time.
 */
#ifndef KENEYAPP_HTTP_DEADLINES_H
#define KENEYAPP_HTTP_DEADLINES_H

#include <stdatomic.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"

struct deadlines;
struct metrics;

/* Of one connection. */
struct deadline {
    struct list link;
    int fd;
    atomic_uint due; /* second that it ends at; 0: none */
};

/* Counts what it ends in `metrics`, which is borrowed. */
MUST_CHECK struct deadlines *deadlines_new(struct metrics *metrics, struct error *err);

/* Every deadline has to be removed. NULL-safe. */
void deadlines_free(struct deadlines **deadlines);

/* From when a socket is open until before it is closed; any thread. */
void deadlines_add(struct deadlines *deadlines, struct deadline *deadline, int fd);
void deadlines_remove(struct deadlines *deadlines, struct deadline *deadline);

/* The connection ends in `within_ns`, rounded up to whole seconds and a second at most later,
 * unless it is set anew or cleared before. Any thread. */
void deadline_set(const struct deadlines *deadlines, struct deadline *deadline, nsec_t within_ns);
void deadline_clear(struct deadline *deadline);

/* One second has passed. What the thread does; for tests. Returns how many connections ended. */
unsigned deadlines_tick(struct deadlines *deadlines);

#endif
