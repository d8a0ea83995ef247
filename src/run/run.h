/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a run, whatever language its script is written in: users made → setup → load →
 * teardown → verdict → summary → exit code. Everything here happens on the caller's thread; the
 * load happens on the workers'.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/span.h"
#include "load/host.h"
#include "loop/poller_kind.h"
#include "report/summary.h"

struct bridge;
struct log;
struct plan;
struct registry;

/* setup(), teardown() or handleSummary(); `call` is a struct script_call. */
typedef void run_call_fn(void *instance, struct vu *vu, void *call);

/* What a script can be told about its run. */
struct run_totals {
    const struct registry *registry;
    const struct snapshot *total;
    nsec_t load_ns; /* how long the load lasted */
};

/* A loaded test: workers that are processes, or what threads need to be workers. NULL functions are
 * those that the script does not have. */
struct run_script {
    struct bridge *bridge; /* borrowed: the workers are processes behind it; NULL: threads */
    const struct front_end *front_end;
    void *script; /* what the front end's vu_new gets */
    run_call_fn *setup, *teardown, *handle_summary;

    /* The last word of a script, once the summary is printed. 0, or -1 and `err`. */
    int (*done)(void *script, const struct run_totals *totals, struct error *err);
};

struct run_config {
    const struct run_script *script;
    struct plan *plan;
    struct registry *registry; /* frozen from here on, once the thresholds are in */
    struct log *log;
    enum poller_kind poller; /* of the workers that are threads */
    enum summary_mode summary_mode;
    const char *summary_export; /* file; NULL: none */
    const char *const *outputs; /* "NAME=ARGUMENT", for raw samples */
    size_t output_count;
    const char *slo_file;    /* OpenSLO; NULL: none */
    const pid_t *watch_pids; /* resource rows of the verdict are about these processes */
    size_t watch_pid_count;
    bool quiet; /* no banner, no progress */
    bool color;
};

/* Runs the whole test and prints to stdout; the exit code (enum exit_code). Errors are logged. */
int run_execute(const struct run_config *config);

#endif
