/* SPDX-License-Identifier: Apache-2.0
 *
 * Wait, count, wait. A store that refuses is asked again after the interval; the figures of before
 * stay.
 */
#include "keneyapp/jobs/refresher.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/cond.h"
#include "base/mem.h"
#include "base/thread.h"
#include "keneyapp/telemetry/latency.h"
#include "keneyapp/telemetry/prometheus.h"

struct refresher {
    struct refresher_config config;
    pthread_t thread;
    bool running;          /* there is a thread to join */
    pthread_mutex_t mutex; /* asked, closing */
    pthread_cond_t wake;
    bool asked, closing;
    _Atomic uint64_t rounds, failures, edition;
    struct latency durations;
};

static enum store_result count_anew(struct refresher *refresher, struct session *session)
{
    struct stats_times times;
    stats_times_at(refresher->config.wall(), &times);
    enum store_result result = session_refresh_stats(session, &times);
    if (result != STORE_OK)
        log_printf(refresher->config.log, LOG_WARNING,
                   "the dashboard's figures stay as they are: %s", session_problem(session));
    return result;
}

static void refresh(struct refresher *refresher)
{
    enum store_result result;
    struct session *session = pool_take(refresher->config.pool, &result);
    nsec_t started_ns = clock_now(refresher->config.clock);
    if (session)
        result = count_anew(refresher, session);
    pool_give(refresher->config.pool, &session);
    if (result != STORE_OK) {
        atomic_fetch_add(&refresher->failures, 1);
        return;
    }
    latency_record(&refresher->durations, &latency_scale_work,
                   clock_now(refresher->config.clock) - started_ns);
    uint64_t edition;
    randombytes_buf(&edition, sizeof(edition));
    atomic_store(&refresher->edition, edition);
    atomic_fetch_add(&refresher->rounds, 1);
}

/* Until it is time, somebody asks, or the end. Called with the mutex. */
static void wait_for_turn(struct refresher *refresher)
{
    nsec_t until_ns = clock_now(clock_monotonic()) + refresher->config.interval_ns;
    int rc = 0;
    while (!refresher->asked && !refresher->closing && rc == 0) {
        if (refresher->config.interval_ns)
            rc = cond_wait_until(&refresher->wake, &refresher->mutex, until_ns);
        else
            pthread_cond_wait(&refresher->wake, &refresher->mutex);
    }
    refresher->asked = false;
}

static void *refresher_thread(void *context)
{
    struct refresher *refresher = context;
    pthread_mutex_lock(&refresher->mutex);
    while (!refresher->closing) {
        pthread_mutex_unlock(&refresher->mutex);
        refresh(refresher);
        pthread_mutex_lock(&refresher->mutex);
        wait_for_turn(refresher);
    }
    pthread_mutex_unlock(&refresher->mutex);
    return NULL;
}

struct refresher *refresher_new(const struct refresher_config *config, struct error *err)
{
    AUTO(refresher_free) struct refresher *refresher = NEW(struct refresher);
    refresher->config = *config;
    pthread_mutex_init(&refresher->mutex, NULL);
    cond_init_monotonic(&refresher->wake);
    if (thread_start(&refresher->thread, refresher_thread, refresher,
                     "the thread for the dashboard's figures", err) != 0)
        return NULL;
    refresher->running = true;
    return TAKE(refresher);
}

void refresher_free(struct refresher **refresher)
{
    struct refresher *r = TAKE(*refresher);
    if (!r)
        return;
    pthread_mutex_lock(&r->mutex);
    r->closing = true;
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->mutex);
    if (r->running)
        pthread_join(r->thread, NULL);
    pthread_mutex_destroy(&r->mutex);
    pthread_cond_destroy(&r->wake);
    free(r);
}

void refresher_ask(struct refresher *refresher)
{
    pthread_mutex_lock(&refresher->mutex);
    refresher->asked = true;
    pthread_cond_signal(&refresher->wake);
    pthread_mutex_unlock(&refresher->mutex);
}

uint64_t refresher_rounds(const struct refresher *refresher)
{
    return atomic_load(&refresher->rounds);
}

uint64_t refresher_edition(const struct refresher *refresher)
{
    return atomic_load(&refresher->edition);
}

void refresher_render(struct refresher *refresher, struct strbuf *out)
{
    static const char DURATION[] = "keneyapp_stats_refresh_duration_seconds";
    struct latency_figures durations;
    latency_read(&refresher->durations, &durations);
    prometheus_family(out, DURATION, "histogram",
                      "Seconds that counting the dashboard's figures anew took.");
    latency_render(out, DURATION, "", &latency_scale_work, &durations);
    prometheus_single(out, "keneyapp_stats_refresh_failures_total", "counter",
                      "Rounds that the database refused.",
                      (double)atomic_load(&refresher->failures));
}
