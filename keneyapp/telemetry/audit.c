/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests fill the queue under a mutex; the thread takes all of it at once and writes without the
 * mutex. A session that failed is replaced, for its connection may be what failed.
 */
#include "keneyapp/telemetry/audit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/cond.h"
#include "base/mem.h"
#include "base/thread.h"
#include "keneyapp/telemetry/prometheus.h"

enum {
    BATCH_ROWS = 4096,   /* per transaction */
    FILL_EARLY = 25,     /* hundredths of the memory that end the pause */
    FILL_NO_ROOM = 75,   /* from here on only who asked before */
    TRIES_OF_DAMAGE = 5, /* of what the database calls neither busy nor away */
};

struct audit_writer {
    struct audit_config config;
    struct session *session; /* the thread's own; NULL when it could not be opened again */
    struct audit_row *rows;  /* the thread's: a batch */
    uint64_t settled;        /* the thread's: entries that are written or lost */
    pthread_t thread;
    bool running; /* there is a thread to join */
    bool away;    /* the thread's: the last try failed */
    atomic_bool no_room;
    pthread_mutex_t mutex; /* everything below */
    pthread_cond_t wake;
    struct audit_queue queue;
    bool closing;
    nsec_t closing_ns; /* when it began */
    uint64_t written, lost;
    uint64_t overflowed; /* lost for want of memory, and not yet logged */
    size_t in_hand;      /* taken from the queue and not yet written */
    uint64_t added;      /* the number of the newest entry */
    struct list waiters; /* by number */
    bool telling;        /* the thread calls some that are not in the list any more */
    bool nobody_waits;
    pthread_cond_t told;
};

void audit_config_defaults(struct audit_config *config)
{
    *config = (struct audit_config){
        .pause_ns = 200 * NSEC_PER_MSEC,
        .retry_ns = 200 * NSEC_PER_MSEC,
        .grace_ns = 5 * NSEC_PER_SEC,
        .max_bytes = (size_t)16 << 20,
    };
}

static void note_room(struct audit_writer *writer)
{
    bool none = audit_queue_fill(&writer->queue) >= FILL_NO_ROOM;
    atomic_store_explicit(&writer->no_room, none, memory_order_relaxed);
}

/* Until the time is over, or there is a reason to go on. Called with the mutex. */
static void pause_for(struct audit_writer *writer, nsec_t ns, unsigned fill)
{
    nsec_t until_ns = clock_now(clock_monotonic()) + ns;
    int rc = 0;
    while (rc == 0 && !writer->closing && audit_queue_fill(&writer->queue) < fill)
        rc = cond_wait_until(&writer->wake, &writer->mutex, until_ns);
}

/* Called with the mutex. */
static void wait_for_entries(struct audit_writer *writer)
{
    while (!writer->queue.entries && !writer->closing)
        pthread_cond_wait(&writer->wake, &writer->mutex);
    if (!writer->config.strict)
        pause_for(writer, writer->config.pause_ns, FILL_EARLY);
}

static struct audit_waiter *waiter_at(struct list *link)
{
    return CONTAINER_OF(link, struct audit_waiter, link);
}

/* Calls those who wait for entries up to this number. Called without the mutex. */
static void tell_waiters(struct audit_writer *writer, uint64_t number, bool written)
{
    struct list told, *link;
    list_init(&told);
    pthread_mutex_lock(&writer->mutex);
    while ((link = list_first(&writer->waiters)) && waiter_at(link)->number <= number)
        list_push_back(&told, list_pop_front(&writer->waiters));
    writer->telling = true;
    pthread_mutex_unlock(&writer->mutex);
    while ((link = list_pop_front(&told)))
        waiter_at(link)->done(waiter_at(link), written);
    pthread_mutex_lock(&writer->mutex);
    writer->telling = false;
    pthread_cond_signal(&writer->told);
    pthread_mutex_unlock(&writer->mutex);
}

/* Says it once when writing begins to fail, and once when it works again. */
static void note_result(struct audit_writer *writer, enum store_result result, const char *problem)
{
    bool away = result != STORE_OK;
    if (away && !writer->away)
        log_printf(writer->config.log, LOG_ERROR,
                   "the audit log cannot be written, its rows are kept in memory: %s", problem);
    if (!away && writer->away)
        log_printf(writer->config.log, LOG_INFO, "the audit log is written again");
    writer->away = away;
}

static enum store_result try_batch(struct audit_writer *writer, size_t count)
{
    struct error err = {0};
    if (!writer->session)
        writer->session = session_new(writer->config.store, &err);
    if (!writer->session) {
        note_result(writer, STORE_BUSY, err.message);
        return STORE_BUSY;
    }
    enum store_result result = session_audit(writer->session, writer->rows, count);
    note_result(writer, result, result == STORE_OK ? "" : session_problem(writer->session));
    if (result != STORE_OK)
        session_free(&writer->session);
    return result;
}

/* False: it is too late for another try. Called without the mutex. */
static bool wait_for_retry(struct audit_writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    nsec_t now_ns = clock_now(clock_monotonic());
    bool late = writer->closing && now_ns - writer->closing_ns >= writer->config.grace_ns;
    pthread_mutex_unlock(&writer->mutex);
    const struct timespec retry = {.tv_sec = writer->config.retry_ns / NSEC_PER_SEC,
                                   .tv_nsec = writer->config.retry_ns % NSEC_PER_SEC};
    if (!late)
        nanosleep(&retry, NULL);
    return !late;
}

/* A try that failed is told to everybody, also to those whose entries come later: their turn is
 * when the database is back, and nobody knows when that is. */
static void write_batch(struct audit_writer *writer, size_t count)
{
    bool again = true;
    enum store_result result = try_batch(writer, count);
    for (int tries = 1; result != STORE_OK && again; tries++) {
        tell_waiters(writer, UINT64_MAX, false);
        again = (result != STORE_FAILED || tries < TRIES_OF_DAMAGE) && wait_for_retry(writer);
        if (again)
            result = try_batch(writer, count);
    }
    writer->settled += count;
    if (result == STORE_OK)
        tell_waiters(writer, writer->settled, true);
    else
        log_printf(writer->config.log, LOG_ERROR, "%zu rows of the audit log are lost", count);
    pthread_mutex_lock(&writer->mutex);
    *(result == STORE_OK ? &writer->written : &writer->lost) += count;
    writer->in_hand -= count;
    pthread_mutex_unlock(&writer->mutex);
}

static void write_chunks(struct audit_writer *writer, struct audit_chunk *chunk)
{
    size_t offset = 0, count = 0;
    while (audit_chunk_next(&chunk, &offset, &writer->rows[count])) {
        if (++count == BATCH_ROWS) {
            write_batch(writer, count);
            count = 0;
        }
    }
    if (count)
        write_batch(writer, count);
}

/* Called with the mutex; gives it back while it logs. */
static void tell_overflow(struct audit_writer *writer)
{
    uint64_t overflowed = writer->overflowed;
    writer->overflowed = 0;
    writer->lost += overflowed;
    pthread_mutex_unlock(&writer->mutex);
    if (overflowed)
        log_printf(writer->config.log, LOG_ERROR,
                   "%llu rows of the audit log are lost: there was no memory left for them",
                   (unsigned long long)overflowed);
    pthread_mutex_lock(&writer->mutex);
}

static void *writer_thread(void *context)
{
    struct audit_writer *writer = context;
    pthread_mutex_lock(&writer->mutex);
    while (writer->queue.entries || !writer->closing) {
        wait_for_entries(writer);
        writer->in_hand = writer->queue.entries;
        struct audit_chunk *chunks = audit_queue_take(&writer->queue);
        pthread_mutex_unlock(&writer->mutex);
        write_chunks(writer, chunks);
        pthread_mutex_lock(&writer->mutex);
        audit_queue_give(&writer->queue, chunks);
        note_room(writer);
        tell_overflow(writer);
    }
    pthread_mutex_unlock(&writer->mutex);
    return NULL;
}

static void init_locks(struct audit_writer *writer)
{
    pthread_mutex_init(&writer->mutex, NULL);
    cond_init_monotonic(&writer->wake);
    pthread_cond_init(&writer->told, NULL);
    list_init(&writer->waiters);
}

struct audit_writer *audit_writer_new(const struct audit_config *config, struct error *err)
{
    struct session *session = session_new(config->store, err);
    if (!session)
        return NULL;
    AUTO(audit_writer_free) struct audit_writer *writer = NEW(struct audit_writer);
    writer->config = *config;
    writer->session = session;
    writer->rows = NEW_ARRAY(struct audit_row, BATCH_ROWS);
    audit_queue_init(&writer->queue, config->max_bytes);
    init_locks(writer);
    if (thread_start(&writer->thread, writer_thread, writer, "the audit log's thread", err) != 0)
        return NULL;
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
    w->closing_ns = clock_now(clock_monotonic());
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->mutex);
    if (w->running)
        pthread_join(w->thread, NULL);
    session_free(&w->session);
    pthread_mutex_destroy(&w->mutex);
    pthread_cond_destroy(&w->wake);
    pthread_cond_destroy(&w->told);
    audit_queue_done(&w->queue);
    free(w->rows);
    free(w);
}

bool audit_writer_is_strict(const struct audit_writer *writer)
{
    return writer->config.strict;
}

bool audit_writer_has_room(const struct audit_writer *writer)
{
    return !atomic_load_explicit(&writer->no_room, memory_order_relaxed);
}

/* With the mutex. */
static bool join_waiters(struct audit_writer *writer, struct audit_waiter *waiter)
{
    if (writer->nobody_waits)
        return false;
    waiter->number = writer->added;
    list_push_back(&writer->waiters, &waiter->link);
    return true;
}

bool audit_writer_add(struct audit_writer *writer, const struct audit_entry *entry,
                      struct audit_waiter *waiter)
{
    pthread_mutex_lock(&writer->mutex);
    unsigned before = audit_queue_fill(&writer->queue);
    bool added = audit_queue_add(&writer->queue, entry);
    unsigned after = audit_queue_fill(&writer->queue);
    writer->added += added;
    writer->overflowed += !added;
    if (after != before)
        note_room(writer);
    /* The thread needs to hear of the first entry, and of the one that ends its pause. */
    bool wake =
        (added && writer->queue.entries == 1) || (before < FILL_EARLY && after >= FILL_EARLY);
    bool good = added && (!waiter || join_waiters(writer, waiter));
    pthread_mutex_unlock(&writer->mutex);
    if (wake)
        pthread_cond_signal(&writer->wake);
    return good;
}

void audit_writer_settle(struct audit_writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    writer->nobody_waits = true;
    while (writer->telling || !list_empty(&writer->waiters))
        pthread_cond_wait(&writer->told, &writer->mutex);
    pthread_mutex_unlock(&writer->mutex);
}

void audit_writer_figures(struct audit_writer *writer, struct audit_figures *ret_figures)
{
    pthread_mutex_lock(&writer->mutex);
    *ret_figures = (struct audit_figures){
        .written = writer->written,
        .lost = writer->lost + writer->overflowed,
        .waiting = writer->queue.entries + writer->in_hand,
    };
    pthread_mutex_unlock(&writer->mutex);
}

void audit_writer_render(struct audit_writer *writer, struct strbuf *out)
{
    struct audit_figures figures;
    audit_writer_figures(writer, &figures);
    prometheus_single(out, "audit_log_entries_total", "counter", "Audit rows written.",
                      (double)figures.written);
    prometheus_single(out, "keneyapp_audit_lost_total", "counter",
                      "Audit rows that could not be written.", (double)figures.lost);
    prometheus_single(out, "keneyapp_audit_waiting", "gauge",
                      "Audit rows that are not in the database yet.", (double)figures.waiting);
}
