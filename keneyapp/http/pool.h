/* SPDX-License-Identifier: Apache-2.0
 *
 * The handler threads: everything that may wait for the database runs here, each thread with its
 * own session. Jobs are embedded in what they belong to; the queue is bounded.
 */
#ifndef KENEYAPP_HTTP_POOL_H
#define KENEYAPP_HTTP_POOL_H

#include <stdbool.h>

#include "base/error.h"
#include "base/list.h"
#include "keneyapp/store/store.h"

enum {
    POOL_QUEUE_MAX = 16384,
};

struct pool;

struct job {
    struct list link; /* the pool's */
    void (*run)(struct job *job, struct session *session);
};

/* NULL with a sentence when a session cannot be opened or a thread not be started. */
MUST_CHECK struct pool *pool_new(struct store *store, unsigned threads, struct error *err);

/* From here on pool_submit() refuses; returns when every accepted job has run. */
void pool_close(struct pool *pool);

/* Closes first. NULL-safe. */
void pool_free(struct pool **pool);

/* Any thread; false when the queue is full or the pool closed: then the job is not run. */
bool pool_submit(struct pool *pool, struct job *job);

#endif
