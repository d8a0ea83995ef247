/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the snapshots of all workers come together.
 */
#include "run/collector.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "metrics/recorder.h"
#include "metrics/snapshot.h"

struct pushed {
    struct recorder *recorder;
    struct snapshot *snapshot;
};

struct collector {
    pthread_mutex_t lock;
    struct pushed *queue; /* under the lock */
    size_t count, cap;
    int event_fd;
    struct snapshot *total;
    void (*listener)(void *arg, const struct snapshot *snapshot); /* NULL: nobody */
    void *listener_arg;
};

struct collector *collector_new(const struct registry *registry, struct error *err)
{
    int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event_fd < 0) {
        error_set(
            err, EXIT_INVALID_CONFIG,
            "cannot create the wake-up descriptor of the run: %s; more descriptors: ulimit -n",
            strerror(errno));
        return NULL;
    }
    struct collector *collector = NEW(struct collector);
    pthread_mutex_init(&collector->lock, NULL);
    collector->event_fd = event_fd;
    collector->total = snapshot_new(registry);
    return collector;
}

void collector_free(struct collector **ptr)
{
    struct collector *collector = TAKE(*ptr);
    if (!collector)
        return;
    collector_drain(collector);
    close(collector->event_fd);
    snapshot_free(&collector->total);
    pthread_mutex_destroy(&collector->lock);
    free(collector->queue);
    free(collector);
}

void collector_push(struct collector *collector, struct recorder *recorder,
                    struct snapshot *snapshot)
{
    pthread_mutex_lock(&collector->lock);
    if (collector->count == collector->cap) {
        collector->cap = MAX_OF(collector->cap * 2, (size_t)16);
        collector->queue = GROW_ARRAY(collector->queue, collector->cap);
    }
    collector->queue[collector->count++] = (struct pushed){recorder, snapshot};
    pthread_mutex_unlock(&collector->lock);
    collector_wake(collector);
}

void collector_listen(struct collector *collector,
                      void (*fn)(void *arg, const struct snapshot *snapshot), void *arg)
{
    collector->listener = fn;
    collector->listener_arg = arg;
}

int collector_fd(const struct collector *collector)
{
    return collector->event_fd;
}

void collector_wake(struct collector *collector)
{
    uint64_t one = 1;
    ssize_t written = write(collector->event_fd, &one, sizeof(one));
    (void)written; /* a full counter is readable all the same */
}

static struct pushed *take_queue(struct collector *collector, size_t *ret_count)
{
    pthread_mutex_lock(&collector->lock);
    struct pushed *queue = TAKE(collector->queue);
    *ret_count = collector->count;
    collector->count = collector->cap = 0;
    pthread_mutex_unlock(&collector->lock);
    return queue;
}

bool collector_drain(struct collector *collector)
{
    uint64_t wakes;
    size_t count;
    ssize_t taken = read(collector->event_fd, &wakes, sizeof(wakes));
    (void)taken; /* nothing to read is no news */
    AUTO(mem_free) struct pushed *queue = take_queue(collector, &count);
    for (size_t i = 0; i < count; i++) {
        if (collector->listener)
            collector->listener(collector->listener_arg, queue[i].snapshot);
        snapshot_merge(collector->total, queue[i].snapshot);
        if (queue[i].recorder)
            recorder_recycle(queue[i].recorder, queue[i].snapshot);
        else
            snapshot_free(&queue[i].snapshot);
    }
    return count > 0;
}

const struct snapshot *collector_total(const struct collector *collector)
{
    return collector->total;
}
