/* SPDX-License-Identifier: Apache-2.0
 *
 * A queue, a mutex and some threads.
 */
#include "keneyapp/http/handlers.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "keneyapp/telemetry/prometheus.h"

struct handlers {
    struct handlers_config config;
    pthread_mutex_t mutex; /* everything below, but the threads */
    pthread_cond_t work;
    struct list tasks;
    unsigned queued, busy;
    uint64_t refused;
    bool closing, joined;
    pthread_t *threads;
    unsigned thread_count;
};

static void *handler_thread(void *context)
{
    struct handlers *handlers = context;
    pthread_mutex_lock(&handlers->mutex);
    for (;;) {
        struct list *link = list_pop_front(&handlers->tasks);
        if (link) {
            struct task *task = CONTAINER_OF(link, struct task, link);
            handlers->queued--;
            handlers->busy++;
            pthread_mutex_unlock(&handlers->mutex);
            task->run(task);
            pthread_mutex_lock(&handlers->mutex);
            handlers->busy--;
        } else if (handlers->closing) {
            break;
        } else {
            pthread_cond_wait(&handlers->work, &handlers->mutex);
        }
    }
    pthread_mutex_unlock(&handlers->mutex);
    return NULL;
}

struct handlers *handlers_new(const struct handlers_config *config, struct error *err)
{
    AUTO(handlers_free) struct handlers *handlers = NEW(struct handlers);
    handlers->config = *config;
    pthread_mutex_init(&handlers->mutex, NULL);
    pthread_cond_init(&handlers->work, NULL);
    list_init(&handlers->tasks);
    handlers->threads = NEW_ARRAY(pthread_t, config->threads);
    for (; handlers->thread_count < config->threads; handlers->thread_count++)
        if (thread_start(&handlers->threads[handlers->thread_count], handler_thread, handlers,
                         "a handler thread (see --handlers)", err) != 0)
            return NULL;
    return TAKE(handlers);
}

void handlers_close(struct handlers *handlers)
{
    pthread_mutex_lock(&handlers->mutex);
    handlers->closing = true;
    pthread_cond_broadcast(&handlers->work);
    pthread_mutex_unlock(&handlers->mutex);
    for (unsigned i = 0; i < handlers->thread_count && !handlers->joined; i++)
        pthread_join(handlers->threads[i], NULL);
    handlers->joined = true;
}

void handlers_free(struct handlers **handlers)
{
    struct handlers *h = TAKE(*handlers);
    if (!h)
        return;
    handlers_close(h);
    pthread_mutex_destroy(&h->mutex);
    pthread_cond_destroy(&h->work);
    free(h->threads);
    free(h);
}

/* Called with the mutex. */
static bool has_room(const struct handlers *handlers, nsec_t now_ns)
{
    struct list *oldest = list_first(&handlers->tasks);
    if (handlers->closing || handlers->queued >= handlers->config.queue_max)
        return false;
    return !oldest || now_ns - CONTAINER_OF(oldest, struct task, link)->queued_ns <=
                          handlers->config.wait_max_ns;
}

bool handlers_submit(struct handlers *handlers, struct task *task)
{
    task->queued_ns = clock_now(handlers->config.clock);
    pthread_mutex_lock(&handlers->mutex);
    bool accepted = has_room(handlers, task->queued_ns);
    if (accepted) {
        list_push_back(&handlers->tasks, &task->link);
        handlers->queued++;
        pthread_cond_signal(&handlers->work);
    } else {
        handlers->refused++;
    }
    pthread_mutex_unlock(&handlers->mutex);
    return accepted;
}

void handlers_figures(struct handlers *handlers, struct handlers_figures *ret_figures)
{
    pthread_mutex_lock(&handlers->mutex);
    *ret_figures = (struct handlers_figures){
        .threads = handlers->thread_count,
        .busy = handlers->busy,
        .queued = handlers->queued,
        .refused = handlers->refused,
    };
    pthread_mutex_unlock(&handlers->mutex);
}

void handlers_render(struct handlers *handlers, struct strbuf *out)
{
    struct handlers_figures figures;
    handlers_figures(handlers, &figures);
    prometheus_single(out, "keneyapp_handler_threads", "gauge",
                      "Threads that work with the database.", figures.threads);
    prometheus_single(out, "keneyapp_handler_threads_busy", "gauge",
                      "Of them, those with a request.", figures.busy);
    prometheus_single(out, "keneyapp_handler_queue_length", "gauge",
                      "Requests that wait for a handler thread.", figures.queued);
    prometheus_single(out, "keneyapp_handler_refused_total", "counter",
                      "Requests answered 503 because the queue was full or too slow.",
                      (double)figures.refused);
}
