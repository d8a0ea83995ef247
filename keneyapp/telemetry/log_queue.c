/* SPDX-License-Identifier: Apache-2.0
 *
 * Two buffers: threads fill one while the other is written. The descriptor is not made
 * non-blocking, because it is shared with whoever started the program; instead each write is
 * preceded by poll(), after which a pipe takes PIPE_BUF bytes without blocking (pipe(7)).
 */
#include "keneyapp/telemetry/log_queue.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/thread.h"

enum {
    POLL_MS = 100,
    GRACE_MS = 1000,       /* at the end */
    SENTENCE_BYTES = 1024, /* room for the line about dropped ones */
};

struct log_queue {
    struct log *log;
    pthread_t thread;
    atomic_bool closing;
    nsec_t closing_ns;     /* written before `closing` */
    pthread_mutex_t mutex; /* everything below */
    pthread_cond_t lines_in;
    struct strbuf filling;
    uint64_t dropped, told; /* dropped lines: all, and those that a line told of */
};

static void add_line(void *context, struct span line)
{
    struct log_queue *queue = context;
    pthread_mutex_lock(&queue->mutex);
    if (line.len <= queue->filling.max - queue->filling.len)
        strbuf_add_span(&queue->filling, line);
    else
        queue->dropped++;
    pthread_mutex_unlock(&queue->mutex);
    pthread_cond_signal(&queue->lines_in);
}

/* False when it is not to be waited for any longer. */
static bool wait_writable(struct log_queue *queue)
{
    struct pollfd poller = {.fd = queue->log->fd, .events = POLLOUT};
    while (poll(&poller, 1, POLL_MS) <= 0)
        if (atomic_load(&queue->closing) &&
            clock_now(clock_monotonic()) - queue->closing_ns > GRACE_MS * NSEC_PER_MSEC)
            return false;
    return true;
}

static void write_out(struct log_queue *queue, struct span bytes)
{
    while (bytes.len && wait_writable(queue)) {
        ssize_t n = write(queue->log->fd, bytes.ptr, MIN_OF(bytes.len, (size_t)PIPE_BUF));
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return;
        bytes = span_from(bytes, n > 0 ? (size_t)n : 0);
    }
}

static void tell_dropped(struct log_queue *queue, uint64_t count, struct strbuf *out)
{
    char text[96];
    int len = snprintf(text, sizeof(text),
                       "%llu lines of the log were dropped: it is not read fast enough",
                       (unsigned long long)count);
    log_format(queue->log, LOG_WARNING, span_of(text, (size_t)len), NULL, 0, out);
}

static void *writer_thread(void *context)
{
    struct log_queue *queue = context;
    AUTO(strbuf_done) struct strbuf draining = STRBUF_INIT(queue->filling.max + SENTENCE_BYTES);
    pthread_mutex_lock(&queue->mutex);
    for (;;) {
        while (!queue->filling.len && queue->told == queue->dropped && !queue->closing)
            pthread_cond_wait(&queue->lines_in, &queue->mutex);
        if (!queue->filling.len && queue->told == queue->dropped)
            break;
        uint64_t dropped = queue->dropped - queue->told;
        queue->told = queue->dropped;
        strbuf_reset(&draining);
        strbuf_add_span(&draining, strbuf_span(&queue->filling));
        strbuf_reset(&queue->filling);
        pthread_mutex_unlock(&queue->mutex);
        if (dropped)
            tell_dropped(queue, dropped, &draining);
        write_out(queue, strbuf_span(&draining));
        pthread_mutex_lock(&queue->mutex);
    }
    pthread_mutex_unlock(&queue->mutex);
    return NULL;
}

struct log_queue *log_queue_new(struct log *log, size_t max_bytes, struct error *err)
{
    struct log_queue *queue = NEW(struct log_queue);
    queue->log = log;
    strbuf_init(&queue->filling, max_bytes);
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_cond_init(&queue->lines_in, NULL);
    if (thread_start(&queue->thread, writer_thread, queue, "the log's thread", err) != 0) {
        free(queue);
        return NULL;
    }
    log->write = add_line;
    log->write_context = queue;
    return queue;
}

void log_queue_free(struct log_queue **queue)
{
    struct log_queue *q = TAKE(*queue);
    if (!q)
        return;
    pthread_mutex_lock(&q->mutex);
    q->closing_ns = clock_now(clock_monotonic());
    atomic_store(&q->closing, true);
    pthread_cond_signal(&q->lines_in);
    pthread_mutex_unlock(&q->mutex);
    pthread_join(q->thread, NULL);
    q->log->write = NULL;
    strbuf_done(&q->filling);
    pthread_mutex_destroy(&q->mutex);
    pthread_cond_destroy(&q->lines_in);
    free(q);
}

uint64_t log_queue_dropped(struct log_queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    uint64_t dropped = queue->dropped;
    pthread_mutex_unlock(&queue->mutex);
    return dropped;
}
