/* SPDX-License-Identifier: Apache-2.0
 *
 * The workers of a run, whatever they are: threads of this process (pool_threads.c) or processes of
 * the user's Python (pool_processes.c). A pool pushes what they measured into the run's collector
 * and keeps the control page's counts of users and iterations true. All calls are made on the run's
 * thread, in this order:
 *
 *     make → set_setup_data → begin → turn ... until has_ended → join → free
 *
 * A pool that was not begun is joined too, after control_abort().
 */
#ifndef RUN_POOL_H
#define RUN_POOL_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/span.h"

struct notes;
struct pool;
struct run;
struct worker;

struct pool_ops {
    /* Makes the users, or starts what will. 0, or -1 and `err`. */
    int (*make)(struct pool *pool, struct error *err);

    /* The result of setup(), JSON text, borrowed for the pool's life. NULL: setup() is never
     * called. */
    void (*set_setup_data)(struct pool *pool, struct span json);

    /* The load begins, now or a little later: control_start(). */
    void (*begin)(struct pool *pool);

    /* Takes what `fd` had. Whenever the run woke up. NULL: there is nothing. */
    void (*turn)(struct pool *pool);

    bool (*has_ended)(const struct pool *pool);

    /* They should have ended long ago: says so, and either ends them or sets is_stuck. */
    void (*give_up)(struct pool *pool);

    /* Waits for the end of those that are left; what they measured is in the collector then. */
    void (*join)(struct pool *pool);

    /* Processor time of all of them so far; of use as a difference. */
    nsec_t (*cpu_ns)(const struct pool *pool);

    /* What has to be said before any figure. NULL: nothing beside what is said of every pool. */
    void (*add_notes)(const struct pool *pool, struct notes *notes);

    void (*free)(struct pool *pool);
};

struct pool {
    const struct pool_ops *ops;
    struct run *run;
    int fd;               /* readable when turn() has something to take; -1: none */
    struct worker *aux;   /* for setup(), teardown() and handleSummary(); NULL: there are none */
    bool is_stuck;        /* some of them cannot be ended: the process ends with them */
    nsec_t end_ns;        /* when the load was over, if that is not when has_ended() came true */
    struct error failure; /* what went wrong during the load without ending it; it was said */
};

/* Both need the run's control page and collector. NULL and `err`. */
struct pool *pool_threads_new(struct run *run, struct error *err);
struct pool *pool_processes_new(struct run *run, struct error *err);

/* NULL-safe. */
void pool_free(struct pool **pool);

#endif
