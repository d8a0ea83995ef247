/* SPDX-License-Identifier: Apache-2.0
 *
 * The handler threads: everything that may wait for the database runs here. Tasks are embedded in
 * what they belong to. The queue is bounded twice: by number, and by time, because a task that
 * would only be reached when its client has gone is better refused at once.
 */
#ifndef KENEYAPP_HTTP_HANDLERS_H
#define KENEYAPP_HTTP_HANDLERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/list.h"
#include "base/strbuf.h"

struct handlers;

struct task {
    void (*run)(struct task *task); /* on a handler thread; the task may be gone when it returns */

    /* The handlers' own. */
    struct list link;
    nsec_t queued_ns;
};

struct handlers_config {
    unsigned threads;
    unsigned queue_max; /* tasks that may wait */
    nsec_t wait_max_ns; /* while the oldest waits longer than this, new ones are refused */
    struct clock *clock;
};

struct handlers_figures {
    unsigned threads, busy, queued;
    uint64_t refused; /* since the start */
};

/* NULL with a sentence when a thread cannot be started. */
MUST_CHECK struct handlers *handlers_new(const struct handlers_config *config, struct error *err);

/* From here on handlers_submit() refuses; returns when every accepted task has run. */
void handlers_close(struct handlers *handlers);

/* Closes first. NULL-safe. */
void handlers_free(struct handlers **handlers);

/* Any thread. False when there is too much to do, or the end is near: then the task is not run. */
bool handlers_submit(struct handlers *handlers, struct task *task);

/* Any thread. */
void handlers_figures(struct handlers *handlers, struct handlers_figures *ret_figures);

/* keneyapp_handler_*, in Prometheus' text format 0.0.4. */
void handlers_render(struct handlers *handlers, struct strbuf *out);

#endif
