/* SPDX-License-Identifier: Apache-2.0
 *
 * The state of one run, shared by the files of its stages: run.c (the order of things),
 * run_outputs.c (raw samples), run_verdict.c (facts for the judge), run_summary.c (what is printed
 * at the end). The workers are a pool's (pool.h).
 */
#ifndef RUN_RUN_PRIVATE_H
#define RUN_RUN_PRIVATE_H

#include "observe/host/usage.h"
#include "output/sample_stream.h"
#include "run/judge.h"
#include "run/pool.h"
#include "run/progress.h"
#include "run/run.h"

struct collector;
struct control;

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
    struct pool *pool;
    struct progress progress;
    char *setup_data;     /* JSON; NULL: undefined */
    nsec_t start_ns;      /* setup included */
    nsec_t duration_ns;   /* from there to the end of teardown */
    nsec_t load_ns;       /* the load alone */
    double load_requests; /* made during it */
    nsec_t load_cpu_ns;   /* CPU time of the workers during it */
};

int run_open_outputs(struct run *run, struct error *err);

/* Once the load and teardown() are over; idempotent. Says what was dropped. */
void run_close_outputs(struct run *run);

/* The processes of --watch-pid. Started early, so that a wrong number is said before anything else
 * happens, and again when the load begins: what it says is about the load alone. */
int run_start_watch(struct run *run, struct error *err);

/* At the end of the load, into run->usage. */
void run_stop_watch(struct run *run);

enum {
    MAX_NOTES = 12,
    NOTE_BYTES = 600,
};

/* What has to be said before any figure. */
struct notes {
    char texts[MAX_NOTES][NOTE_BYTES];
    const char *list[MAX_NOTES];
    size_t count;
};

/* Nothing more behind MAX_NOTES. */
void run_add_note(struct notes *notes, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Thresholds and service levels, once everything has ended. */
void run_judge(struct run *run);

/* Whether the summary knows the statistics that the plan asks for: 0, or -1 and `err`. */
int run_check_summary(const struct run *run, struct error *err);

/* The end-of-test summary, or what handleSummary() makes of it; and --summary-export. */
void run_summarize(struct run *run);
void run_print_verdict(struct run *run);

#endif
