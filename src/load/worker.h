/* SPDX-License-Identifier: Apache-2.0
 *
 * One worker: a loop, a client, a recorder and the virtual users of its share, on its own thread.
 * In: the plan and the control page. Out: a snapshot per second, handed over by pointer, and the
 * news that it ended. Nothing else is shared.
 */
#ifndef LOAD_WORKER_H
#define LOAD_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"
#include "loop/poller_kind.h"
#include "metrics/recorder.h"

struct client_counts;
struct control;
struct error;
struct front_end;
struct log;
struct plan;
struct registry;
struct snapshot;
struct vu;
struct worker;

struct worker_config {
    const struct plan *plan;
    const struct registry *registry; /* frozen */
    struct control *control;
    const struct front_end *front_end;
    void *script;           /* the front end's compiled script, shared read-only */
    struct span setup_data; /* JSON; ptr NULL: undefined */
    struct log *log;
    unsigned index, count; /* index == count: for worker_run_once() only */
    bool leaves_users_out; /* vus and vus_max are recorded by somebody who knows all of them */
    struct clock *clock;
    enum poller_kind poller;
    nsec_t snapshot_interval_ns; /* 1 s */
    sample_fn *tap;              /* raw points; NULL: none */
    void *tap_arg;

    /* On the worker's thread; must not block. The receiver returns the snapshot with
     * recorder_recycle(worker_recorder(worker), snapshot). */
    void (*on_snapshot)(void *arg, struct worker *worker, struct snapshot *snapshot);
    void (*on_end)(void *arg, struct worker *worker); /* last thing before its thread ends */
    void *arg;
};

struct worker *worker_new(const struct worker_config *config, struct error *err);

/* Joins the thread first. All snapshots must have come back. */
void worker_free(struct worker **worker);

/* Starts the thread, which makes the worker's share of users (init code included), one after
 * another. 0, or -1 and `err` when there can be no thread. */
int worker_start(struct worker *worker, struct error *err);

/* Waits for those users: 0, or -1 with the first failure; the thread then ends by itself. A test
 * stopped meanwhile is no failure. */
int worker_wait_ready(struct worker *worker, struct error *err);

/* Waits for the thread's end. */
void worker_join(struct worker *worker);

/* What setup() returned, JSON text, borrowed: from the creator's thread while the control page
 * still says STARTING. Replaces worker_config.setup_data. */
void worker_set_setup_data(struct worker *worker, struct span json);

struct recorder *worker_recorder(struct worker *worker);
const struct client_counts *worker_client_counts(const struct worker *worker); /* after join */

/* setup(), teardown() and handleSummary(): a user outside of any scenario runs fn(instance, vu,
 * arg) on a coroutine, on the caller's thread, while the worker's own does not run (before
 * worker_start(), after worker_join(), or on a worker that is never started: index == count).
 * `group` is "::setup", "::teardown" or empty. Hands over a snapshot at its end.
 *
 * Interrupted at `timeout_ns`, and by control_abort() when it began before the load did: -1 and
 * `err` for a timeout (100, 101, else 102) or failed init code; fn's own failure is fn's to say. */
int worker_run_once(struct worker *worker, struct span group, nsec_t timeout_ns,
                    void (*fn)(void *instance, struct vu *vu, void *arg), void *arg,
                    struct error *err);

#endif
