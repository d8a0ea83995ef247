/* SPDX-License-Identifier: Apache-2.0
 *
 * Load by users without a script: one worker thread whose users make calls one after another, each
 * over the client's whole path (proxy, redirects, decoding), usually on connections of its own. A
 * repeater's lanes are cheaper, but send ready-made messages. What a call asks for and what becomes
 * of its answer is in `struct callers_ops`, per worker and without locks. Nothing is recorded.
 */
#ifndef LOAD_CALLERS_H
#define LOAD_CALLERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "client/client.h"
#include "loop/timer.h"

struct callers;
struct error;
struct registry;

/* One user. */
struct caller {
    struct callers *callers;
    struct request request; /* `arena`, `transport`, `silent`, `on_done` and `arg` are set */
    nsec_t begun_ns;        /* its call, as callers_now_ns() */
    void *user;             /* the ops' own */

    /* private */
    struct session *session;
    struct arena arena; /* of one call */
    struct timer pause;
    uint64_t calls;
    uint64_t tick; /* the last one that was used, from 0 at the start of the load */
    bool is_active;
};

/* On the worker's thread; `state` is the config's. */
struct callers_ops {
    /* A call begins: fills what its request asks for. */
    void (*begin)(void *state, struct caller *caller);

    /* The request has ended. True: the call is not over, and asks for what was filled in again. */
    bool (*on_done)(void *state, struct caller *caller);
};

struct callers_config {
    const struct registry *registry; /* frozen; borrowed, as is everything here */
    const struct client_config *client;
    const struct transport_config *transport; /* NULL: the client's usual */
    unsigned users;                           /* of this worker, >= 1 */
    bool shares_connections; /* all users have one pool: over HTTP/2 they are streams of one
                                connection, as those of Go's http.Client */
    uint64_t calls;          /* of each user; 0: until the duration ends */
    nsec_t duration_ns; /* no call begins later; those under way end. NSEC_NEVER: with `calls` */

    /* The calls of a user begin on ticks this far apart, the first after one tick. Of the ticks
     * that pass during a call one is made up for, the others are lost. 0: as fast as it can. */
    nsec_t interval_ns;
    const struct callers_ops *ops;
    void *state;
};

/* Makes the worker and its thread; load begins at once. NULL and `err`. */
struct callers *callers_start(const struct callers_config *config, struct error *err);

/* No call begins any more; those under way end. Any thread. */
void callers_stop(struct callers *callers);

/* Waits for the thread. */
void callers_join(struct callers *callers);

nsec_t callers_begin_ns(const struct callers *callers); /* when the load began, on its clock */
nsec_t callers_now_ns(const struct callers *callers);

/* After callers_join(). */
void callers_free(struct callers **callers);

#endif
