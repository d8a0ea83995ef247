/* SPDX-License-Identifier: Apache-2.0
 *
 * A list, a mutex and a thread that counts seconds. A socket is only shut down, under the mutex,
 * and is on the list until before it is closed: so its number cannot be another connection's.
 */
#include "keneyapp/http/deadlines.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/cond.h"
#include "base/mem.h"
#include "base/thread.h"
#include "keneyapp/telemetry/metrics.h"

struct deadlines {
    struct metrics *metrics;
    atomic_uint second; /* from 1 on */
    pthread_t thread;
    bool running;          /* there is a thread to join */
    pthread_mutex_t mutex; /* list, closing */
    pthread_cond_t wake;
    struct list list;
    bool closing;
};

/* Called with the mutex. */
static unsigned end_what_is_due(struct deadlines *deadlines, unsigned second)
{
    unsigned ended = 0;
    for (struct list *at = deadlines->list.next; at != &deadlines->list; at = at->next) {
        struct deadline *deadline = CONTAINER_OF(at, struct deadline, link);
        unsigned due = atomic_load_explicit(&deadline->due, memory_order_relaxed);
        if (!due || due > second)
            continue;
        shutdown(deadline->fd, SHUT_RDWR);
        deadline_clear(deadline);
        metrics_connection_timed_out(deadlines->metrics);
        ended++;
    }
    return ended;
}

/* Called with the mutex. */
static unsigned tick(struct deadlines *deadlines)
{
    return end_what_is_due(deadlines, atomic_fetch_add(&deadlines->second, 1) + 1);
}

unsigned deadlines_tick(struct deadlines *deadlines)
{
    pthread_mutex_lock(&deadlines->mutex);
    unsigned ended = tick(deadlines);
    pthread_mutex_unlock(&deadlines->mutex);
    return ended;
}

static void *count_seconds(void *context)
{
    struct deadlines *deadlines = context;
    nsec_t next_ns = clock_now(clock_monotonic());
    pthread_mutex_lock(&deadlines->mutex);
    while (!deadlines->closing) {
        next_ns += NSEC_PER_SEC;
        int rc = 0;
        while (!deadlines->closing && rc == 0)
            rc = cond_wait_until(&deadlines->wake, &deadlines->mutex, next_ns);
        if (!deadlines->closing)
            tick(deadlines);
    }
    pthread_mutex_unlock(&deadlines->mutex);
    return NULL;
}

struct deadlines *deadlines_new(struct metrics *metrics, struct error *err)
{
    AUTO(deadlines_free) struct deadlines *deadlines = NEW(struct deadlines);
    deadlines->metrics = metrics;
    atomic_init(&deadlines->second, 1);
    pthread_mutex_init(&deadlines->mutex, NULL);
    cond_init_monotonic(&deadlines->wake);
    list_init(&deadlines->list);
    if (thread_start(&deadlines->thread, count_seconds, deadlines,
                     "the thread that ends slow connections", err) != 0)
        return NULL;
    deadlines->running = true;
    return TAKE(deadlines);
}

void deadlines_free(struct deadlines **deadlines)
{
    struct deadlines *d = TAKE(*deadlines);
    if (!d)
        return;
    pthread_mutex_lock(&d->mutex);
    d->closing = true;
    pthread_cond_signal(&d->wake);
    pthread_mutex_unlock(&d->mutex);
    if (d->running)
        pthread_join(d->thread, NULL);
    pthread_cond_destroy(&d->wake);
    pthread_mutex_destroy(&d->mutex);
    free(d);
}

void deadlines_add(struct deadlines *deadlines, struct deadline *deadline, int fd)
{
    deadline->fd = fd;
    pthread_mutex_lock(&deadlines->mutex);
    list_push_back(&deadlines->list, &deadline->link);
    pthread_mutex_unlock(&deadlines->mutex);
}

void deadlines_remove(struct deadlines *deadlines, struct deadline *deadline)
{
    pthread_mutex_lock(&deadlines->mutex);
    list_remove(&deadline->link);
    pthread_mutex_unlock(&deadlines->mutex);
}

void deadline_set(const struct deadlines *deadlines, struct deadline *deadline, nsec_t within_ns)
{
    unsigned seconds = (unsigned)((within_ns + NSEC_PER_SEC - 1) / NSEC_PER_SEC);
    unsigned now = atomic_load_explicit(&deadlines->second, memory_order_relaxed);
    /* One more: the current second is partly over. */
    atomic_store_explicit(&deadline->due, now + seconds + 1, memory_order_relaxed);
}

void deadline_clear(struct deadline *deadline)
{
    atomic_store_explicit(&deadline->due, 0, memory_order_relaxed);
}
