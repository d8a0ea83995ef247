/* SPDX-License-Identifier: Apache-2.0
 *
 * The control page: the few numbers that need one truth for all workers, as atomics in one place
 * (processes will map the same page). The run writes state; workers read it every turn and take
 * iterations, user numbers and rate tokens from it.
 */
#ifndef LOAD_CONTROL_H
#define LOAD_CONTROL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/util.h"

enum control_state {
    CONTROL_STARTING, /* users are made */
    CONTROL_RUNNING,
    CONTROL_STOPPING, /* SIGINT, abort, failed threshold: no new iterations, no grace */
};

/* Why the test stopped early; the first one wins. The exit code is derived from it. */
enum abort_reason {
    ABORT_NONE,
    ABORT_INTERRUPTED, /* SIGINT, SIGTERM */
    ABORT_BY_SCRIPT,
    ABORT_BY_THRESHOLD,
    ABORT_BY_EXCEPTION,
};

struct scenario_counters {
    _Atomic int64_t next_iteration; /* shared-iterations: taken so far; others: started */
    _Atomic int64_t completed, interrupted, dropped;
    _Atomic int64_t active_vus, allocated_vus;
    atomic_bool warned; /* that all users are busy */
};

/* Told of every change of the state, on the thread that changes it: wakes a worker up. */
struct control_watcher {
    struct list link; /* private */
    void (*fn)(struct control_watcher *watcher);
};

struct control {
    _Atomic int state;        /* enum control_state */
    _Atomic int abort_reason; /* enum abort_reason */
    _Atomic int failed_by_script;
    atomic_bool warned_of_tags;  /* that there are very many */
    _Atomic int64_t start_ns;    /* monotonic start of the load, all workers */
    _Atomic uint64_t next_vu_id; /* first user is 1 */
    _Atomic int64_t vus_active, vus_initialized;
    _Atomic int64_t vus_peak;        /* most that were active at one time */
    _Atomic int64_t next_request_ns; /* rps: when the next request may go */
    _Atomic int64_t last_tick_ns;    /* the newest one that control_take_tick() gave out */
    struct scenario_counters *scenarios;
    size_t scenario_count;
    char message[512];              /* of abort; written once, before the state changes */
    pthread_mutex_t watchers_mutex; /* private */
    struct list watchers;           /* private */
};

struct control *control_new(size_t scenario_count);
void control_free(struct control **control);

void control_watch(struct control *control, struct control_watcher *watcher);
void control_unwatch(struct control *control, struct control_watcher *watcher);

/* STARTING becomes RUNNING, with `start_ns` as the start of the load on every worker (a little in
 * the future gives all of them the time to wake up). Nothing when the test was stopped before. */
void control_start(struct control *control, nsec_t start_ns);

/* exec.test.fail(): the run goes on and fails at its end. */
void control_fail(struct control *control);

/* `change` users more (or less) are active in the scenario. */
void control_count_active(struct control *control, struct scenario_counters *counters, int change);

/* Takes the next iteration of a scenario when fewer than `limit` were taken: its number from 0,
 * else -1. */
int64_t control_take_iteration(struct scenario_counters *counters, int64_t limit);

/* Ends a scenario's iterations: how many of `limit` nobody had taken. One caller gets them all. */
int64_t control_take_remaining(struct scenario_counters *counters, int64_t limit);

/* True for the first worker that comes to this moment: it does what must be done once for all, such
 * as recording the number of users. */
bool control_take_tick(struct control *control, nsec_t tick_ns);

/* Any thread, not a signal handler; only the first reason and message stay. */
void control_abort(struct control *control, enum abort_reason reason, const char *message,
                   size_t len);

/* The moment at which a request may go so that all workers together stay under `rps` (burst 1). */
nsec_t control_take_rps_slot(struct control *control, int64_t rps, nsec_t now_ns);

#endif
