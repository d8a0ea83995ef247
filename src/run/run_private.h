/* SPDX-License-Identifier: Apache-2.0
 *
 * The state of one run, shared by the files of its stages: run.c (the order of things),
 * run_outputs.c (raw samples), run_verdict.c (facts for the judge), run_summary.c (what is printed
 * at the end).
 */
#ifndef RUN_RUN_PRIVATE_H
#define RUN_RUN_PRIVATE_H

#include <stdatomic.h>

#include "observe/host/usage.h"
#include "output/sample_stream.h"
#include "run/judge.h"
#include "run/progress.h"
#include "run/run.h"

struct collector;
struct control;
struct worker;

struct run {
    const struct run_config *config;
    struct control *control;
    struct collector *collector;
    struct judge *judge;
    struct signals *signals;
    struct sample_stream *samples; /* NULL without --out */
    struct output_threshold *output_thresholds;
    struct process_watch *watch; /* NULL without --watch-pid */
    struct host_usage usage;     /* of the load; when is_watched */
    bool is_watched;
    struct worker **workers;
    unsigned worker_count; /* started ones */
    struct worker *aux;
    struct tls_trust *trust; /* NULL: nothing is verified */
    atomic_uint ended;
    bool is_stuck; /* a worker did not come back from its script: see follow_load() */
    struct progress progress;
    char *setup_data;     /* JSON; NULL: undefined */
    nsec_t start_ns;      /* setup included */
    nsec_t duration_ns;   /* from there to the end of teardown */
    nsec_t load_ns;       /* the load alone */
    double load_requests; /* made during it */
    nsec_t load_cpu_ns;   /* CPU time of this process during it */
};

int run_open_outputs(struct run *run, struct error *err);

/* Once the load and teardown() are over; idempotent. Says what was dropped. */
void run_close_outputs(struct run *run);

/* The processes of --watch-pid. Started early, so that a wrong number is said before anything else
 * happens, and again when the load begins: what it says is about the load alone. */
int run_start_watch(struct run *run, struct error *err);

/* At the end of the load, into run->usage. */
void run_stop_watch(struct run *run);

/* Thresholds and service levels, once everything has ended. */
void run_judge(struct run *run);

/* Whether the summary knows the statistics that the plan asks for: 0, or -1 and `err`. */
int run_check_summary(const struct run *run, struct error *err);

/* The end-of-test summary, or what handleSummary() makes of it; and --summary-export. */
void run_summarize(struct run *run);
void run_print_verdict(struct run *run);

#endif
