/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a repeater: its thread's life (repeater.c), what its lanes do (lanes.c) and, in the
 * open model, which of them takes what is due (open_model.c). All of it lives on the worker's
 * thread; others read the struct only after the join.
 */
#ifndef LOAD_REPEATER_PRIVATE_H
#define LOAD_REPEATER_PRIVATE_H

#include <pthread.h>

#include "load/repeater.h"
#include "load/schedule.h"
#include "loop/loop.h"
#include "loop/timer.h"

/* Due times that no lane was free for, oldest first. */
struct due_ring {
    nsec_t *times;
    size_t capacity, first, count;
};

struct repeater {
    struct repeater_config config;
    pthread_t thread;
    struct loop *loop;
    struct tag_table *tags;
    struct recorder *recorder;
    struct client *client;

    struct repeat_target *targets;
    double *bounds; /* of the targets' weights, added up; the last is their sum */
    struct rng rng;

    struct session **sessions; /* config.connections of them */
    struct lane *lanes;
    unsigned lane_count;
    unsigned active;         /* lanes that have not ended */
    unsigned opened, dialed; /* opens_first: connections that are through; that were begun */
    bool is_ready;           /* on_ready was called */
    bool is_loading;         /* the load began */
    bool is_warm;            /* and what it does counts */
    bool is_ending;          /* open model: nothing is scheduled any more */
    uint64_t sent;           /* messages begun, against config.requests */

    struct schedule schedule;
    nsec_t last_due_ns; /* of the arrivals so far */
    struct due_ring waiting;
    struct list resting; /* lanes, longest first */
    unsigned resting_count;
    struct timer arrival;

    struct timer end, tick;
    nsec_t next_tick_ns, begin_ns;
    struct waker go, stop;
    _Atomic nsec_t go_ns; /* when the load is to begin */
    struct repeater_tally tally;
    struct client_counts counts;  /* at the last snapshot */
    struct client_counts warmup;  /* at the end of the warm-up */
    struct client_counts figures; /* at the end, without the warm-up */
    nsec_t cpu_ns, warmup_cpu_ns;
};

/* repeater.c: all connections are through. */
void repeater_ready(struct repeater *repeater);

/* lanes.c */

/* 0, or -1 and `err`: a target that cannot be used. */
int lanes_make(struct repeater *repeater, struct error *err);
void lanes_free(struct repeater *repeater);

/* Their descriptors may be what the report needs. */
void lanes_close(struct repeater *repeater);

/* Opens all connections, some hundreds at a time, then begins the load. */
void lanes_open(struct repeater *repeater);
void lanes_begin(struct repeater *repeater);

/* Ends them; requests under way are cut. */
void lanes_stop(struct repeater *repeater);

/* Messages that are under way. */
uint64_t lanes_busy(const struct repeater *repeater);

/* Sends what the lane's ops or the weights say. */
void lane_choose(struct lane *lane);

/* open_model.c */
void open_model_begin(struct repeater *repeater);

/* A lane is free: what it does next. */
enum repeat_next open_model_next(struct lane *lane);

/* What was due and has no answer yet is all that counts of what was scheduled. */
void open_model_forget(struct repeater *repeater);

/* The schedule is over: what was due is waited for. */
void open_model_end(struct repeater *repeater);
void open_model_done(struct repeater *repeater);

#endif
