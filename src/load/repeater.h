/* SPDX-License-Identifier: Apache-2.0
 *
 * Load without virtual users: one worker thread whose lanes send ready-made messages, as `bench`,
 * ab, wrk and wrk2 do. A lane is one connection (one of its streams over HTTP/2).
 *
 *   closed model   each lane sends again as soon as it has its answer
 *   open model     one schedule for all lanes of all workers: arrival i is due at a time that no
 *                  answer can move; it goes to the lane that rested longest, or waits for one, and
 *                  is timed from when it was due (Schroeder, Wierman, Harchol-Balter, NSDI 2006)
 *
 * What the lanes send and what becomes of their answers is in `struct repeater_ops`, per worker and
 * without locks. Snapshots leave the worker once a second like those of any other.
 */
#ifndef LOAD_REPEATER_H
#define LOAD_REPEATER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "client/client.h"
#include "loop/poller_kind.h"
#include "loop/timer.h"
#include "metrics/recorder.h"

struct error;
struct registry;
struct repeater;
struct snapshot;

enum {
    REPEATER_STATUS_MAX = 1000,
};

/* What came back, by outcome and by status, since the warm-up. */
struct repeater_tally {
    uint64_t by_outcome[OUTCOME_COUNT];
    uint64_t by_http2[OUTCOME_HTTP2_KINDS][OUTCOME_HTTP2_DETAILS]; /* of them: by what was wrong */
    uint64_t by_status[REPEATER_STATUS_MAX];
    uint64_t scheduled;       /* open model: arrivals that were due before the end */
    uint64_t never_sent;      /* of them: no lane was free until the end */
    uint64_t waited;          /* of them: no lane was free when they were due */
    uint64_t carried;         /* of them: due during the warm-up, and not answered then */
    nsec_t scheduled_ns;      /* how long arrivals were scheduled; 0: until the load ended */
    nsec_t oldest_cut_ns;     /* how long the oldest request that the end cut was under way */
    uint64_t warmup_attempts; /* that ended before; in nothing else */
    nsec_t opened_ns;         /* opens_first: how long opening took */
    uint64_t not_opened;      /* opens_first: connections that could not be opened */
    size_t opened_resident;   /* opens_first: bytes that this process held then */
};

enum arrivals_kind {
    ARRIVALS_CONSTANT, /* equal gaps */
    ARRIVALS_POISSON,  /* exponential gaps: a Poisson process */
};

struct lane {
    struct repeater *repeater;
    struct repeat repeat;
    unsigned index; /* of this worker's lanes, from 0 */
    void *user;     /* the ops' own */

    /* private */
    struct list link; /* repeater->resting */
    struct timer pause;
    bool is_active, is_open;
};

/* All on the worker's thread; `state` is the config's. Each may be NULL. */
struct repeater_ops {
    /* Closed model, before each message: how long the lane waits first, ns. */
    nsec_t (*pause)(void *state, struct lane *lane);

    /* What `lane` sends next: repeat.target, .message, .answers. NULL: one of the targets, by
     * weight. */
    void (*next)(void *state, struct lane *lane);

    /* False: the lane is done. */
    bool (*on_answer)(void *state, struct lane *lane, const struct repeat_answer *answer);
};

struct repeater_config {
    const struct registry *registry; /* frozen; borrowed, as is everything here */
    const struct client_config *client;
    const struct transport_config *transport; /* of all targets; NULL: the client's usual */
    const struct repeat_target *targets;      /* their public half but `transport`; copied */
    const double *weights;                    /* one for each target; NULL: all the same */
    size_t target_count;                      /* >= 1 */
    unsigned index, count;                    /* of this worker, from 0; of all of them */
    unsigned connections;                     /* of this worker, >= 1 */
    unsigned streams;                         /* lanes of one connection; 0 means 1 */
    uint64_t requests;                        /* of this worker; 0: until the duration ends */
    nsec_t duration_ns;                       /* NSEC_NEVER: until the requests are done */
    nsec_t warmup_ns;  /* before requests and duration count; nothing of it is in tally, counts or
                          snapshots but what was still under way at its end */
    nsec_t timeout_ns; /* as struct repeat */
    enum retry retry;  /* likewise */
    bool opens_first;  /* all connections, a few hundred at a time, before the load begins */
    bool silent;       /* samples are the ops' affair */
    const struct http1_events *events; /* of all responses; their arg is the lane. NULL: none */

    double rate; /* open model: arrivals a second, of all workers together; 0: closed model */
    enum arrivals_kind arrivals;
    uint64_t seed;   /* of Poisson gaps and weights */
    nsec_t grace_ns; /* open model: how long what was due is waited for after the end */
    enum poller_kind poller;
    nsec_t spin_ns; /* the loop does not sleep when a timer is due within this time; 0: it does */

    const struct repeater_ops *ops; /* NULL: none */
    void *state;

    /* All on the worker's thread; must not block. on_ready: all connections are open that could
     * be, and repeater_begin() is due. */
    void (*on_ready)(void *arg);
    void (*on_snapshot)(void *arg, struct recorder *recorder, struct snapshot *snapshot);
    void (*on_end)(void *arg);
    void *arg;
};

/* Makes the worker and its thread; on_ready follows. NULL and `err`. */
struct repeater *repeater_start(const struct repeater_config *config, struct error *err);

/* The load begins at `at_ns` of the monotonic clock, the same for all workers: that is what makes
 * their schedules one. Any thread, once, after on_ready. */
void repeater_begin(struct repeater *repeater, nsec_t at_ns);

/* Ends the load soon; requests under way are cut and counted so. Any thread; also from the ops. */
void repeater_stop(struct repeater *repeater);

/* Waits for the thread. */
void repeater_join(struct repeater *repeater);

/* For the ops. */
struct clock *repeater_clock(const struct repeater *repeater);

/* After repeater_join(). Counts and CPU time are those since the warm-up; connections are all. */
const struct repeater_tally *repeater_tally(const struct repeater *repeater);
const struct client_counts *repeater_counts(const struct repeater *repeater);
nsec_t repeater_cpu_ns(const struct repeater *repeater);        /* CPU time of its thread */
nsec_t repeater_warmup_cpu_ns(const struct repeater *repeater); /* the same, before that */

/* After repeater_join(); all snapshots must have been recycled. */
void repeater_free(struct repeater **repeater);

#endif
