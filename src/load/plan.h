/* SPDX-License-Identifier: Apache-2.0
 *
 * What a test will do, before anything runs: scenarios, options and thresholds, worked out from
 * the script's exported options, the environment and the command line. Every front end produces
 * one of these; the workers only read it. All memory belongs to the plan's arena.
 */
#ifndef LOAD_PLAN_H
#define LOAD_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/map.h"
#include "client/client.h"

struct error;

enum executor_kind {
    EXECUTOR_SHARED_ITERATIONS,
    EXECUTOR_PER_VU_ITERATIONS,
    EXECUTOR_CONSTANT_VUS,
    EXECUTOR_RAMPING_VUS,
    EXECUTOR_CONSTANT_ARRIVAL_RATE,
    EXECUTOR_RAMPING_ARRIVAL_RATE,
};

/* k6's spelling, "shared-iterations". */
const char *executor_name(enum executor_kind kind);

/* 0, or -1 when there is no such executor. */
int executor_from_name(struct span name, enum executor_kind *ret_kind);

/* A required number that the user did not give; plan_validate() says which. */
#define PLAN_UNSET (-1)

struct stage {
    nsec_t duration_ns;
    int64_t target; /* users, or iterations per time unit */
};

struct scenario {
    const char *name;
    enum executor_kind kind;
    const char *exec; /* exported function; "default" */
    struct map env;   /* overlays __ENV: name to char* */
    struct map tags;  /* name to char* */
    nsec_t start_time_ns, graceful_stop_ns, graceful_ramp_down_ns;

    int64_t vus;        /* also startVUs and preAllocatedVUs */
    int64_t max_vus;    /* arrival rates only; PLAN_UNSET: vus; see scenario_max_vus() */
    int64_t iterations; /* shared: in all; per-vu: each */
    nsec_t duration_ns; /* also maxDuration */
    const char *shape;  /* of the script, that decides how many users there are, and, when the
                           duration is 0, when it ends; NULL: none */
    int64_t rate;       /* also startRate; per time_unit_ns */
    nsec_t time_unit_ns;
    const struct stage *stages;
    size_t stage_count;
};

/* k6's defaults for this executor; required numbers are PLAN_UNSET. `name` is borrowed. */
void scenario_init(struct scenario *scenario, const char *name, enum executor_kind kind);

/* The largest number of users that the scenario holds at once. */
int64_t scenario_max_vus(const struct scenario *scenario);

/* From its start to its regular end: duration, maxDuration or the sum of the stages. */
nsec_t scenario_duration_ns(const struct scenario *scenario);

/* An expression on a series, as the user wrote it. */
struct plan_threshold {
    const char *selector;   /* "http_req_duration{status:200}" */
    const char *expression; /* NULL: only track the series ([] in the script) */
    bool abort_on_fail;
    nsec_t delay_abort_ns;
};

struct plan {
    struct arena arena;
    const char *script_path; /* NULL for bench */
    struct scenario *scenarios;
    size_t scenario_count;
    struct plan_threshold *thresholds;
    size_t threshold_count;
    struct map tags; /* of the whole run */
    struct client_config client;
    struct map hosts; /* behind client.hosts */

    nsec_t setup_timeout_ns, teardown_timeout_ns, handle_summary_timeout_ns; /* 60, 60, 120 s */
    nsec_t min_iteration_duration_ns;
    int max_redirects; /* 10 */
    int64_t rps;       /* 0: unlimited; all workers together */
    bool throw_on_error, discard_response_bodies, no_cookies_reset, no_vu_connection_reuse;
    bool no_setup, no_teardown, no_thresholds;
    double time_scale; /* 1: as written; already applied to every duration above */
    const char **summary_trend_stats;
    size_t summary_trend_stat_count;
    const char *summary_time_unit; /* "", "s", "ms", "us" */
    unsigned workers;              /* >= 1 */
    const char *options_json;      /* consolidated, for exec.test.options and handleSummary */
};

/* k6's defaults; no scenario yet. */
struct plan *plan_new(void);
void plan_free(struct plan **plan);

/* All rules that do not depend on a front end: ranges, required fields, k6's wording of what is
 * wrong. 0 or -1 with `err` (104). Before plan_scale_time(), whose results may be shorter than
 * what a user may write. */
int plan_validate(const struct plan *plan, struct error *err);

/* Multiplies every duration of the plan (stages, durations, start times, graceful periods, delays
 * of thresholds), not timeouts, time units or the pacing of iterations. */
void plan_scale_time(struct plan *plan, double factor);

/* Most users that can be active at once, all scenarios together, graceful periods included. */
int64_t plan_max_vus(const struct plan *plan);

/* The same for one of `count` workers; `initial`: those that must be ready before the load starts
 * (an arrival rate adds the others when it needs them). */
int64_t plan_worker_vus(const struct plan *plan, unsigned worker, unsigned count, bool initial);

/* How many of `count` workers share a scenario. All, but for arrival rates with few users: a free
 * user of one worker cannot serve another's arrival, so each worker must have some to choose from.
 */
unsigned plan_spread(const struct scenario *scenario, unsigned count);

/* Which share of scenario `number` a worker takes, 0..count-1: slots k and arrivals i with k (i)
 * modulo plan_spread() equal to it; from plan_spread() on: none. Shares go round with the number of
 * the scenario, so that many small ones do not all land on the first worker. */
unsigned plan_share(size_t number, unsigned worker, unsigned count);

/* The end of the last scenario, from the test's start; NSEC_NEVER when a shape decides. */
nsec_t plan_duration_ns(const struct plan *plan, bool with_graceful_stop);

#endif
