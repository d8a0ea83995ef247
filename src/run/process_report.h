/* SPDX-License-Identifier: Apache-2.0
 *
 * A pool of processes from the inside: pool_processes.c has its life and its connections,
 * process_report.c what the interpreter says and what is made of that. The run's thread.
 */
#ifndef RUN_PROCESS_REPORT_H
#define RUN_PROCESS_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"
#include "run/pool.h"

struct bridge;
struct notes;
struct recorder;

struct stream_state {
    bool introduced; /* the dictionary came */
    nsec_t last_ns;  /* end of the last snapshot */
};

struct process_pool {
    struct pool base;
    struct bridge *bridge; /* the source's */
    struct stream_state *streams;
    struct recorder *recorder; /* users: the gauges of several workers do not add up */
    nsec_t next_cut_ns;
    bool stop_sent, ended; /* `ended`: the interpreter said so, or is gone */
    int64_t users;
    nsec_t deserted_ns; /* since when there is no user; of use while `users` is 0 */
    nsec_t alone_ns;    /* how long that was when the load was over */
    nsec_t *cpu_ns;     /* of the interpreter, then of each worker */
    json_t *report;     /* the "ended" message; NULL: none came */
};

/* The pool that embeds it. */
struct process_pool *process_pool_of(const struct pool *pool);

/* Something went wrong that the run survives: it is said, and the first decides the exit code. */
void process_report_fail(struct process_pool *pool, int code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* One message of the interpreter. */
void process_report_take(struct process_pool *pool, struct span json);

/* The interpreter ended without a word: the test stops. Once it is reaped and all is read. */
void process_report_death(struct process_pool *pool);

/* So many users run now: for the progress and, by process_report_users(), for the series. */
void process_report_set_users(struct process_pool *pool, int64_t users);
void process_report_users(struct process_pool *pool);

/* Iterations that were completed, for the progress. */
void process_report_iterations(struct process_pool *pool);

/* Looks at the processes' clocks, as long as the load lasts; the dead keep what they were last seen
 * with. */
void process_report_cpu(struct process_pool *pool);

/* What has to be said before any figure. */
void process_report_notes(const struct pool *pool, struct notes *notes);

#endif
