/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens inside of one worker. All of it belongs to the worker's thread.
 *
 *   worker         loop, client, recorder, the pool of users, one scenario run per scenario
 *   scenario run   an executor (when?) joined to real users (who?): slots to users, offsets to time
 *   vu             a user: a coroutine that waits for an assignment, iterates, and waits again
 *
 * A user belongs to the pool or to a slot of one scenario run. Nobody resumes a coroutine but the
 * worker's ready list, at the end of a turn: first all I/O of the turn is read and stamped, then
 * scripts run, a few at a time, so that one user's computation does not age another's answer.
 */
#ifndef LOAD_LOAD_PRIVATE_H
#define LOAD_LOAD_PRIVATE_H

#include <pthread.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "load/control.h"
#include "load/executor.h"
#include "load/host.h"
#include "load/worker.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "metrics/registry.h"

struct coro;
struct coro_pool;
struct scenario_run;

struct vu {
    struct worker *worker;
    struct coro *coro;
    void *instance; /* the front end's */
    struct session *session;
    struct list ready; /* in worker->ready */
    struct list link;  /* in worker->users */
    struct list pool;  /* in worker->pool, when free */
    struct timer timer;
    bool request_over; /* of host_request() */
    bool interrupted;  /* the iteration has to end */
    bool suspended;    /* at least once in this iteration */
    bool leaving;      /* ends instead of waiting for an assignment */
    bool assigned;     /* an iteration waits for its user */

    struct scenario_run *run; /* NULL in the pool */
    int64_t slot;
    nsec_t intended_ns; /* of the assigned or current iteration; INTENDED_NOW in closed models */
    int64_t index;

    uint64_t id;                /* 0: setup and the like */
    uint64_t started;           /* iterations */
    uint64_t *scenario_started; /* the same by scenario; made at first use */

    struct arena arena; /* of the iteration */
    struct list calls;  /* requests under way that host_request_start() began */

    const struct tag_set *base_tags; /* run, scenario, user */
    const struct tag_set *tags;      /* with group and iteration; NULL: to be worked out */
    struct strbuf group;

    /* worker_run_once(): NULL for users of the pool. */
    struct once *once;
};

struct once {
    void (*fn)(void *instance, struct vu *vu, void *arg);
    void *arg;
    struct span group;
    nsec_t deadline_ns;
    bool heeds_abort; /* a stop of the test ends it */
    bool over;
    struct error error; /* code 0: none */
};

enum worker_phase {
    WORKER_MAKING,
    WORKER_WAITING, /* for the start */
    WORKER_LOADING,
    WORKER_ENDING,
};

struct worker {
    struct worker_config config;
    struct loop *loop;
    struct recorder *recorder;
    struct tag_table *tags;
    struct client *client;
    struct coro_pool *coros;
    const struct tag_set *run_tags;
    struct list users, pool, ready;
    struct deferred run_ready, serve_waiters;
    int64_t user_count, to_make, user_limit;
    struct list waiters; /* slots that wait for a user from the pool */
    struct scenario_run *runs;
    size_t runs_left;
    struct timer snapshot_timer;
    nsec_t next_snapshot_ns;
    struct waker waker;
    struct control_watcher watcher;
    enum worker_phase phase;
    bool stopped; /* a stop of the test was handled */

    pthread_t thread;
    bool started; /* and not joined */
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool ready_or_failed; /* by mutex */
    struct error error;   /* by mutex; code 0: none */
};

/* vu.c. A user's coroutine is on the ready list when this returns. NULL and `err`. */
struct vu *vu_new(struct worker *worker, struct once *once, struct error *err);

/* A user without a coroutine (embedded.h). */
struct vu *vu_new_idle(struct worker *worker);
void vu_free(struct vu *vu);

/* Its coroutine runs at the end of this turn. */
void vu_schedule(struct vu *vu);

/* Suspends the running coroutine until vu_schedule(). */
void vu_suspend(struct vu *vu);

void vu_interrupt(struct vu *vu);
void vu_resume(struct vu *vu);

/* Bytes since the last call, as samples; an iteration that ended. */
void vu_record_bytes(struct vu *vu);
void vu_record_iteration(struct vu *vu, nsec_t start_ns, nsec_t end_ns);

/* One iteration of `run`, which calls scenario_run_idle() at its end. */
void vu_assign(struct vu *vu, nsec_t intended_ns, int64_t index);

/* host.c. Cuts what host_request_start() left under way. */
void host_cancel_calls(struct vu *vu);

/* scenario_run.c */
struct scenario_run {
    struct executor_port port;
    struct worker *worker;
    const struct scenario *scenario;
    struct scenario_counters *counters;
    struct executor *executor;
    struct timer timer;
    const struct tag_set *tags;
    size_t number; /* in the plan */
    nsec_t start_ns;
    unsigned spread;   /* over so many workers */
    struct vu **users; /* by slot / spread; NULL: none */
    bool open;         /* an arrival rate: users are active only while they iterate */
    bool ended;
};

void scenario_run_init(struct scenario_run *run, struct worker *worker, size_t number);
void scenario_run_done(struct scenario_run *run);

/* Arms its start. */
void scenario_run_begin(struct scenario_run *run, nsec_t test_start_ns);

/* A user for a slot that asked for one. */
void scenario_run_give(struct scenario_run *run, int64_t slot, struct vu *vu);

/* A user that was to be made cannot be. */
void scenario_run_lost(struct scenario_run *run, int64_t slot);

/* The user's iteration ended; on its coroutine. */
void scenario_run_idle(struct scenario_run *run, int64_t slot, bool interrupted);
void scenario_run_abort(struct scenario_run *run);

/* worker.c */
bool worker_keeps_tags(const struct worker *worker, enum builtin_metric metric);

/* For a slot: now when the pool has a user, else when one comes back. */
void worker_take_user(struct worker *worker, struct scenario_run *run, int64_t slot);
void worker_make_user(struct worker *worker, struct scenario_run *run, int64_t slot);
void worker_return_user(struct worker *worker, struct vu *vu);

/* The user's init code ran; `err` NULL: well. On its coroutine. */
void worker_user_made(struct worker *worker, struct vu *vu, const struct error *err);

/* Looks at the state of the control page: stops what is to be stopped. */
void worker_heed_control(struct worker *worker);
void worker_run_ended(struct worker *worker);
void worker_cut(struct worker *worker, nsec_t now_ns);

/* One a second from `start_ns` on; the end records the last lag, and cuts nothing. */
void worker_begin_snapshots(struct worker *worker, nsec_t start_ns);
void worker_end_snapshots(struct worker *worker);

#endif
