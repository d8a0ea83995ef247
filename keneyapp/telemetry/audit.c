/* SPDX-License-Identifier: Apache-2.0
 *
 * Two buffers: requests fill one while the thread writes the other. The pause between batches
 * bounds both the transactions per second and what a crash can lose.
 */
#include "keneyapp/telemetry/audit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "keneyapp/telemetry/prometheus.h"

enum {
    BATCH_ROWS = 4096,
    BATCH_EARLY = 1024, /* rows that end the pause */
    PAUSE_MS = 200,
};

struct audit_writer {
    struct session *session; /* the thread's own */
    struct log *log;
    pthread_t thread;
    bool running;          /* there is a thread to join */
    pthread_mutex_t mutex; /* everything below */
    pthread_cond_t rows_in, room;
    struct audit_row *filling, *spare;
    size_t count;
    bool closing;
    uint64_t written, lost;
};

/* Until there is enough to write, the pause is over, or the end. Called with the mutex. */
static void wait_for_rows(struct audit_writer *writer)
{
    while (!writer->count && !writer->closing)
        pthread_cond_wait(&writer->rows_in, &writer->mutex);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PAUSE_MS * (long)NSEC_PER_MSEC;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int rc = 0;
    while (writer->count < BATCH_EARLY && !writer->closing && rc == 0)
        rc = pthread_cond_timedwait(&writer->rows_in, &writer->mutex, &until);
}

/* Called with the mutex; gives it back while it writes. */
static void write_batch(struct audit_writer *writer)
{
    struct audit_row *batch = writer->filling;
    size_t count = writer->count;
    writer->filling = writer->spare;
    writer->count = 0;
    pthread_cond_broadcast(&writer->room);
    pthread_mutex_unlock(&writer->mutex);
    enum store_result result = session_audit(writer->session, batch, count);
    if (result != STORE_OK)
        log_printf(writer->log, LOG_ERROR, "%zu rows of the audit log are lost: %s", count,
                   session_problem(writer->session));
    pthread_mutex_lock(&writer->mutex);
    writer->spare = batch;
    *(result == STORE_OK ? &writer->written : &writer->lost) += count;
}

static void *writer_thread(void *context)
{
    struct audit_writer *writer = context;
    pthread_mutex_lock(&writer->mutex);
    while (writer->count || !writer->closing) {
        wait_for_rows(writer);
        if (writer->count)
            write_batch(writer);
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

struct audit_writer *audit_writer_new(struct store *store, struct log *log, struct error *err)
{
    struct session *session = session_new(store, err);
    if (!session)
        return NULL;
    AUTO(audit_writer_free) struct audit_writer *writer = NEW(struct audit_writer);
    writer->session = session;
    writer->log = log;
    writer->filling = NEW_ARRAY(struct audit_row, BATCH_ROWS);
    writer->spare = NEW_ARRAY(struct audit_row, BATCH_ROWS);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_cond_init(&writer->rows_in, &monotonic);
    pthread_cond_init(&writer->room, NULL);
    pthread_condattr_destroy(&monotonic);
    int failed = pthread_create(&writer->thread, NULL, writer_thread, writer);
    if (failed) {
        error_set(err, EXIT_INVALID_CONFIG,
                  "the audit log's thread could not be started: %s; raise the limit on threads "
                  "(ulimit -u)",
                  strerror(failed));
        return NULL;
    }
    writer->running = true;
    return TAKE(writer);
}

void audit_writer_free(struct audit_writer **writer)
{
    struct audit_writer *w = TAKE(*writer);
    if (!w)
        return;
    pthread_mutex_lock(&w->mutex);
    w->closing = true;
    pthread_cond_signal(&w->rows_in);
    pthread_mutex_unlock(&w->mutex);
    if (w->running)
        pthread_join(w->thread, NULL);
    session_free(&w->session);
    pthread_mutex_destroy(&w->mutex);
    pthread_cond_destroy(&w->rows_in);
    pthread_cond_destroy(&w->room);
    free(w->filling);
    free(w->spare);
    free(w);
}

void audit_writer_add(struct audit_writer *writer, const struct audit_row *row)
{
    pthread_mutex_lock(&writer->mutex);
    while (writer->count == BATCH_ROWS)
        pthread_cond_wait(&writer->room, &writer->mutex);
    writer->filling[writer->count++] = *row;
    /* The thread needs to hear of the first row, and of the one that ends its pause. */
    if (writer->count == 1 || writer->count == BATCH_EARLY)
        pthread_cond_signal(&writer->rows_in);
    pthread_mutex_unlock(&writer->mutex);
}

static uint64_t read_count(struct audit_writer *writer, const uint64_t *count)
{
    pthread_mutex_lock(&writer->mutex);
    uint64_t value = *count;
    pthread_mutex_unlock(&writer->mutex);
    return value;
}

uint64_t audit_writer_written(struct audit_writer *writer)
{
    return read_count(writer, &writer->written);
}

uint64_t audit_writer_lost(struct audit_writer *writer)
{
    return read_count(writer, &writer->lost);
}

void audit_writer_render(struct audit_writer *writer, struct strbuf *out)
{
    prometheus_single(out, "audit_log_entries_total", "counter", "Audit rows written.",
                      (double)audit_writer_written(writer));
    prometheus_single(out, "keneyapp_audit_lost_total", "counter",
                      "Audit rows that the database refused.", (double)audit_writer_lost(writer));
}
