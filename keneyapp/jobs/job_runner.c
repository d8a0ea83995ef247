/* SPDX-License-Identifier: Apache-2.0
 *
 * Take, work, finish, until there is nothing more; then wait.
 */
#include "keneyapp/jobs/job_runner.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/cond.h"
#include "base/mem.h"
#include "base/thread.h"
#include "keneyapp/telemetry/latency.h"
#include "keneyapp/telemetry/prometheus.h"

#define TROUBLE_NS NSEC_PER_SEC /* until the next look after the store refused */

struct job_runner {
    struct job_runner_config config;
    pthread_mutex_t mutex; /* closing, wakes */
    pthread_cond_t wake;
    bool closing;
    uint64_t wakes;
    pthread_t *threads;
    unsigned thread_count;
    _Atomic uint64_t added, running, done, failed, tries;
    struct latency durations;
};

void job_runner_config_defaults(struct job_runner_config *config)
{
    *config = (struct job_runner_config){
        .clock = clock_monotonic(),
        .wall = clock_wall,
        .threads = 2,
        .attempts_max = 3,
        .lease_ns = 60 * NSEC_PER_SEC,
        .look_ns = 15 * NSEC_PER_SEC,
        .pause_ns = 5 * NSEC_PER_SEC,
    };
}

static const struct job_kind *kind_of(const struct job_runner *runner, const char *name)
{
    for (size_t i = 0; i < runner->config.kind_count; i++)
        if (strcmp(runner->config.kinds[i].name, name) == 0)
            return &runner->config.kinds[i];
    return NULL;
}

/* The result, or the reason, is in `out` afterwards. */
static enum store_result work(struct job_runner *runner, struct session *session,
                              const struct job_row *job, struct strbuf *out)
{
    const struct job_kind *kind = kind_of(runner, job->kind);
    char now[32];
    if (!kind) {
        strbuf_addf(out, "this version of keneyapp does not know jobs of the kind \"%s\"",
                    job->kind);
        return STORE_NOT_FOUND;
    }
    session_for(session, job->tenant_id);
    struct span stamp = span_cstr(store_time_text(runner->config.wall(), now));
    enum store_result result = kind->work(session, job, stamp, out);
    if (!out->overflow)
        return result;
    strbuf_reset(out);
    strbuf_addf(out, "the result has more than %d MiB", JOB_RESULT_MAX_BYTES >> 20);
    return STORE_NOT_FOUND;
}

/* What the store said when a job was finished or put back. A job that has another runner is no
 * trouble of the store: this runner goes on at once. */
static enum store_result say_end(const struct job_runner *runner, const struct session *session,
                                 const struct job_row *job, enum store_result result)
{
    struct log *log = runner->config.log;
    if (result == STORE_NOT_FOUND)
        log_printf(log, LOG_WARNING,
                   "job %lld is another runner's by now, or gone: this one took too long",
                   (long long)job->id);
    else if (result != STORE_OK)
        log_printf(log, LOG_ERROR, "the end of job %lld cannot be written: %s", (long long)job->id,
                   session_problem(session));
    return result == STORE_NOT_FOUND ? STORE_OK : result;
}

static enum store_result finish(struct job_runner *runner, struct session *session,
                                const struct job_row *job, bool good, struct span text)
{
    char now[32];
    struct span stamp = span_cstr(store_time_text(runner->config.wall(), now));
    enum store_result result = session_job_finish(session, job, good, stamp, text);
    if (result == STORE_OK)
        atomic_fetch_add(good ? &runner->done : &runner->failed, 1);
    if (result == STORE_OK && !good)
        log_printf(runner->config.log, LOG_ERROR, "job %lld failed: %.*s", (long long)job->id,
                   SPAN_ARG(text));
    return say_end(runner, session, job, result);
}

/* When the store does not take it, the job waits for the end of its lease. */
static enum store_result put_back(struct job_runner *runner, struct session *session,
                                  const struct job_row *job, struct span why)
{
    char due[32];
    nsec_t pause_ns = runner->config.pause_ns * job->attempts;
    store_time_text(runner->config.wall() + pause_ns, due);
    log_printf(runner->config.log, LOG_WARNING, "job %lld is tried again in %lld s: %.*s",
               (long long)job->id, (long long)(pause_ns / NSEC_PER_SEC), SPAN_ARG(why));
    return say_end(runner, session, job, session_job_retry(session, job, span_cstr(due)));
}

static enum store_result attempt(struct job_runner *runner, struct session *session,
                                 const struct job_row *job, bool is_last)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(JOB_RESULT_MAX_BYTES);
    nsec_t started_ns = clock_now(runner->config.clock);
    atomic_fetch_add(&runner->tries, 1);
    enum store_result result = work(runner, session, job, &out);
    latency_record(&runner->durations, &latency_scale_work,
                   clock_now(runner->config.clock) - started_ns);
    if (result == STORE_OK || result == STORE_NOT_FOUND || is_last)
        return finish(runner, session, job, result == STORE_OK, strbuf_span(&out));
    return put_back(runner, session, job, strbuf_span(&out));
}

/* A job that was taken more often than it may be tried ended with its process each time. */
static enum store_result run(struct job_runner *runner, struct session *session,
                             const struct job_row *job)
{
    atomic_fetch_add(&runner->running, 1);
    enum store_result result =
        job->attempts > runner->config.attempts_max
            ? finish(runner, session, job, false, SPAN("it was never brought to an end"))
            : attempt(runner, session, job, job->attempts == runner->config.attempts_max);
    atomic_fetch_sub(&runner->running, 1);
    return result;
}

enum store_result job_runner_run_now(struct job_runner *runner, struct session *session,
                                     const struct job_row *job)
{
    atomic_fetch_add(&runner->running, 1);
    enum store_result result = attempt(runner, session, job, true);
    atomic_fetch_sub(&runner->running, 1);
    return result;
}

static enum store_result take(struct job_runner *runner, struct session *session,
                              struct job_row *ret_job)
{
    char now[32], until[32];
    nsec_t wall_ns = runner->config.wall();
    store_time_text(wall_ns, now);
    store_time_text(wall_ns + runner->config.lease_ns, until);
    return session_job_take(session, span_cstr(now), span_cstr(until), ret_job);
}

/* One job; STORE_NOT_FOUND: there was none. */
static enum store_result run_one(struct job_runner *runner)
{
    enum store_result result;
    struct job_row job;
    struct session *session = pool_take(runner->config.pool, &result);
    if (!session)
        return result;
    result = take(runner, session, &job);
    if (result == STORE_OK)
        result = run(runner, session, &job);
    pool_give(runner->config.pool, &session);
    return result;
}

static bool is_closing(struct job_runner *runner)
{
    pthread_mutex_lock(&runner->mutex);
    bool closing = runner->closing;
    pthread_mutex_unlock(&runner->mutex);
    return closing;
}

/* Until somebody wakes the runner, or it is time to look. */
static void wait_for_wake(struct job_runner *runner, uint64_t seen, nsec_t pause_ns)
{
    nsec_t until_ns = clock_now(clock_monotonic()) + pause_ns;
    int rc = 0;
    pthread_mutex_lock(&runner->mutex);
    while (!runner->closing && runner->wakes == seen && rc == 0)
        rc = cond_wait_until(&runner->wake, &runner->mutex, until_ns);
    pthread_mutex_unlock(&runner->mutex);
}

static uint64_t wakes_of(struct job_runner *runner)
{
    pthread_mutex_lock(&runner->mutex);
    uint64_t wakes = runner->wakes;
    pthread_mutex_unlock(&runner->mutex);
    return wakes;
}

static void *job_thread(void *context)
{
    struct job_runner *runner = context;
    while (!is_closing(runner)) {
        uint64_t seen = wakes_of(runner); /* before the look: what comes during it counts */
        enum store_result result;
        do
            result = run_one(runner);
        while (result == STORE_OK && !is_closing(runner));
        wait_for_wake(runner, seen,
                      result == STORE_NOT_FOUND ? runner->config.look_ns : TROUBLE_NS);
    }
    return NULL;
}

struct job_runner *job_runner_new(const struct job_runner_config *config, struct error *err)
{
    AUTO(job_runner_free) struct job_runner *runner = NEW(struct job_runner);
    runner->config = *config;
    pthread_mutex_init(&runner->mutex, NULL);
    cond_init_monotonic(&runner->wake);
    runner->threads = NEW_ARRAY(pthread_t, config->threads);
    for (; runner->thread_count < config->threads; runner->thread_count++)
        if (thread_start(&runner->threads[runner->thread_count], job_thread, runner, "a job thread",
                         err) != 0)
            return NULL;
    return TAKE(runner);
}

void job_runner_free(struct job_runner **runner)
{
    struct job_runner *r = TAKE(*runner);
    if (!r)
        return;
    pthread_mutex_lock(&r->mutex);
    r->closing = true;
    pthread_cond_broadcast(&r->wake);
    pthread_mutex_unlock(&r->mutex);
    for (unsigned i = 0; i < r->thread_count; i++)
        pthread_join(r->threads[i], NULL);
    pthread_mutex_destroy(&r->mutex);
    pthread_cond_destroy(&r->wake);
    free(r->threads);
    free(r);
}

void job_runner_wake(struct job_runner *runner)
{
    pthread_mutex_lock(&runner->mutex);
    runner->wakes++;
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->mutex);
    atomic_fetch_add(&runner->added, 1);
}

void job_runner_render(struct job_runner *runner, struct strbuf *out)
{
    static const char DURATION[] = "keneyapp_job_duration_seconds";
    struct latency_figures durations;
    prometheus_single(out, "keneyapp_jobs_running", "gauge", "Jobs that this process works on.",
                      (double)atomic_load(&runner->running));
    prometheus_single(out, "keneyapp_jobs_added_total", "counter",
                      "Jobs that this process put into the queue.",
                      (double)atomic_load(&runner->added));
    prometheus_single(out, "keneyapp_job_attempts_total", "counter",
                      "Attempts of this process at a job.", (double)atomic_load(&runner->tries));
    prometheus_family(out, "keneyapp_jobs_finished_total", "counter",
                      "Jobs that this process brought to an end.");
    prometheus_count(out, "keneyapp_jobs_finished_total", "state=\"done\"",
                     atomic_load(&runner->done));
    prometheus_count(out, "keneyapp_jobs_finished_total", "state=\"failed\"",
                     atomic_load(&runner->failed));
    latency_read(&runner->durations, &durations);
    prometheus_family(out, DURATION, "histogram", "Seconds that one attempt at a job took.");
    latency_render(out, DURATION, "", &latency_scale_work, &durations);
}
