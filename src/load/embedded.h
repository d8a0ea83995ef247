/* SPDX-License-Identifier: Apache-2.0
 *
 * A worker without a thread, for a front end that has an event loop of its own in which its users
 * wait (greenlets): the same loop, client, recorder and snapshots, turned by the caller. The caller
 * watches embedded_fd(), calls embedded_turn() when it is readable or embedded_next_deadline() has
 * passed, and starts requests with host_request_start(). One thread.
 */
#ifndef LOAD_EMBEDDED_H
#define LOAD_EMBEDDED_H

#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"

struct client;
struct embedded;
struct error;
struct log;
struct loop;
struct plan;
struct registry;
struct snapshot;
struct vu;

struct embedded_config {
    const struct plan *plan;         /* without scenarios */
    const struct registry *registry; /* frozen */
    struct log *log;
    unsigned index, count; /* this worker, from 0, of so many */
    struct clock *clock;
    void (*on_snapshot)(void *arg, const struct snapshot *snapshot); /* a second's; borrowed */
    void *arg;
};

/* The load begins now. All of `config` outlives it. NULL and `err`. */
struct embedded *embedded_new(const struct embedded_config *config, struct error *err);

/* The last snapshot is handed over. All users must have been freed. NULL-safe. */
void embedded_free(struct embedded **embedded);

/* Readable when a turn has work; not for timers. */
int embedded_fd(const struct embedded *embedded);

/* When the next turn has work, ns on the clock; 0: now, NSEC_NEVER: not before the descriptor says
 * so. */
nsec_t embedded_next_deadline(const struct embedded *embedded);

/* One turn without waiting. Everything that calls back does so in here. */
void embedded_turn(struct embedded *embedded);

/* For transports (client/client.h); goes with the worker. */
struct client *embedded_client(struct embedded *embedded);

/* For timers of the caller. */
struct loop *embedded_loop(struct embedded *embedded);

/* A stretch of `ns` in which the caller's loop could notice nothing (loop_lag). */
void embedded_note_lag(struct embedded *embedded, nsec_t ns);

/* Users that run now: the gauge vus of the next snapshots. For one worker of one; when there are
 * more, somebody who knows all of them records it. */
void embedded_set_users(struct embedded *embedded, int64_t count);

/* A user without a coroutine: a session, a jar, and the tag scenario = `scenario`. It has no
 * iteration: nothing is cut unless the caller says so. */
struct vu *embedded_user_new(struct embedded *embedded, struct span scenario);

/* What its session sent and received since the last call, as samples. */
void embedded_record_bytes(struct vu *vu);

/* Cuts what is under way, without on_done. NULL-safe. */
void embedded_user_free(struct vu **vu);

/* One run of a task. `intended_ns`: when an arrival was due, -1 without an arrival rate. */
void embedded_iteration(struct vu *vu, nsec_t start_ns, nsec_t end_ns, nsec_t intended_ns);

#endif
