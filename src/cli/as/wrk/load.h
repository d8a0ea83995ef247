/* SPDX-License-Identifier: Apache-2.0
 *
 * One thread of wrk or wrk2 during the load: what its lanes send is the target's message, or the
 * script's; what comes back is counted as wrk counts it. Nothing is shared, nothing locked; the
 * threads are added up after the load. The differences to wrk are meant (docs/drop-ins.md):
 * latencies of the timeout or more count too, and so do tenths of a second without an answer.
 */
#ifndef CLI_AS_WRK_LOAD_H
#define CLI_AS_WRK_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "cli/as/wrk/distribution.h"
#include "cli/as/wrk/report.h"
#include "load/repeater.h"

struct wrk_thread;

struct wrk_counts {
    uint64_t requests, bytes;
    uint64_t connect_errors, read_errors, write_errors, timeouts;
    uint64_t bad_statuses; /* above 399 */
    uint64_t until_close;  /* of read_errors: answers that were whole, but ended their connection
                              without a word in advance, which wrk counts as both */
    uint64_t messages;     /* that ended, whatever became of them */
};

struct wrk_load {
    struct distribution latency;     /* µs */
    struct distribution uncorrected; /* µs; wrk2: from the write instead of the due time */
    struct distribution rates;       /* answers per second, of each whole window */
    struct wrk_counts counts;

    /* wrk2 throws away what came before this and then knows its window; 0: wrk, with windows of
     * 100 ms from the start. */
    nsec_t warm_up_ns;
    bool is_calibrated;
    struct wrk_calibration calibration;

    /* private */
    struct wrk_thread *script; /* NULL: none */
    bool counts_parts;         /* each answer of a pipelined message is timed, not the last alone */
    uint64_t timeout_us;
    nsec_t start_ns;
    nsec_t window_ns, window_end_ns;
    uint64_t window_answers;
    nsec_t *since_ns; /* of each lane: since when it has been waiting; NSEC_NEVER: it pauses */
    unsigned lanes;
};

struct wrk_load_config {
    struct wrk_thread *script; /* NULL: none */
    unsigned lanes;            /* of this thread */
    uint64_t timeout_s;
    bool is_wrk2, batch_latency;
};

void wrk_load_init(struct wrk_load *load, const struct wrk_load_config *config);
void wrk_load_done(struct wrk_load *load);

/* Right before the load; the clock is the repeaters'. */
void wrk_load_begin(struct wrk_load *load, nsec_t now_ns);

/* After the load: windows until now are closed; in the closed model a lane that has been waiting
 * for the timeout or longer counts as one that timed out, with the time until now as latency. */
void wrk_load_end(struct wrk_load *load, nsec_t now_ns);

/* Open model, on the sum of all threads: of the arrivals, `gap_us` apart, the last `waiting` got no
 * answer. Those that have been waiting for the timeout or longer count with the time until the
 * end; `sent` of them timed out, the others never got a connection. How many these are. */
uint64_t wrk_load_add_waiting(struct wrk_load *load, uint64_t waiting, uint64_t sent,
                              double gap_us);

/* into += from, calibration aside. */
void wrk_load_merge(struct wrk_load *into, const struct wrk_load *from);

/* The state of these is a struct wrk_load. */
extern const struct repeater_ops WRK_LOAD_STATIC;
extern const struct repeater_ops WRK_LOAD_SCRIPT;
extern const struct repeater_ops WRK_LOAD_DELAYED; /* the script has a delay() */

#endif
