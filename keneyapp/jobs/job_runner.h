/* SPDX-License-Identifier: Apache-2.0
 *
 * Work off the request path. Jobs are rows in the store, so the queue survives a restart: a runner
 * takes the oldest with a lease, and a job whose runner vanished is taken again when its lease is
 * over. A runner that is late then changes nothing: the job is its next runner's. A job that failed
 * is queued again after a pause, up to `attempts_max` times; then it has failed, with the last
 * reason as its result.
 *
 * Threads wait on a condition: job_runner_wake() tells them of a new job, and they look by
 * themselves every `look_ns` for those of other processes, and for leases and pauses that are over.
 */
#ifndef KENEYAPP_JOBS_JOB_RUNNER_H
#define KENEYAPP_JOBS_JOB_RUNNER_H

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "keneyapp/store/pool.h"

enum {
    JOB_RESULT_MAX_BYTES = 4 * 1024 * 1024, /* what the vault can seal */
};

struct job_runner;

/* Does a job of one kind, with a session that acts for the job's tenant: STORE_OK with the result
 * in `out`; any other result is a failure, with a sentence in `out`. STORE_NOT_FOUND is final:
 * another try would find nothing either. On a job thread. */
typedef enum store_result job_work_fn(struct session *session, const struct job_row *job,
                                      struct span now, struct strbuf *out);

struct job_kind {
    const char *name; /* job_row.kind */
    job_work_fn *work;
};

struct job_runner_config {
    struct pool *pool; /* borrowed, like all here */
    struct log *log;
    struct clock *clock;
    nsec_t (*wall)(void);
    const struct job_kind *kinds;
    size_t kind_count;
    unsigned threads;
    int attempts_max;
    nsec_t lease_ns, look_ns;
    nsec_t pause_ns; /* at least, after the first failed attempt; after the n-th, n times that */
};

/* Two threads, three attempts with pauses of 5 s and 10 s, leases of a minute, a look every 15 s;
 * no kinds. */
void job_runner_config_defaults(struct job_runner_config *config);

/* NULL with a sentence when a thread cannot be started. */
MUST_CHECK struct job_runner *job_runner_new(const struct job_runner_config *config,
                                             struct error *err);

/* What runs is finished first, what is queued stays in the store. NULL-safe. */
void job_runner_free(struct job_runner **runner);

/* There is a new job. Any thread. */
void job_runner_wake(struct job_runner *runner);

/* Does a job that is in the store at once, on the caller's thread and session; the store has its
 * result afterwards, unless another runner has taken it and will bring one. */
MUST_CHECK enum store_result job_runner_run_now(struct job_runner *runner, struct session *session,
                                                const struct job_row *job);

/* keneyapp_job*, in Prometheus' text format 0.0.4; of this process. */
void job_runner_render(struct job_runner *runner, struct strbuf *out);

#endif
