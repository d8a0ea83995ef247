/* SPDX-License-Identifier: Apache-2.0
 *
 * A queue, a mutex and some threads.
 */
#include "keneyapp/http/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct worker {
    struct pool *pool;
    struct session *session;
    pthread_t thread;
};

struct pool {
    pthread_mutex_t mutex; /* jobs, waiting, closing */
    pthread_cond_t work;
    struct list jobs;
    unsigned waiting;
    bool closing, joined;
    struct worker *workers;
    unsigned worker_count;
};

static void *worker_thread(void *context)
{
    struct worker *worker = context;
    struct pool *pool = worker->pool;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        struct list *link = list_pop_front(&pool->jobs);
        if (link) {
            struct job *job = CONTAINER_OF(link, struct job, link);
            pool->waiting--;
            pthread_mutex_unlock(&pool->mutex);
            job->run(job, worker->session);
            pthread_mutex_lock(&pool->mutex);
        } else if (pool->closing) {
            break;
        } else {
            pthread_cond_wait(&pool->work, &pool->mutex);
        }
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static int start_worker(struct pool *pool, struct store *store, struct error *err)
{
    struct worker *worker = &pool->workers[pool->worker_count];
    *worker = (struct worker){.pool = pool, .session = session_new(store, err)};
    if (!worker->session)
        return -1;
    int failed = pthread_create(&worker->thread, NULL, worker_thread, worker);
    if (failed) {
        session_free(&worker->session);
        return error_set(err, EXIT_INVALID_CONFIG,
                         "a handler thread could not be started: %s; use fewer --handlers or raise "
                         "the limit on threads (ulimit -u)",
                         strerror(failed));
    }
    pool->worker_count++;
    return 0;
}

struct pool *pool_new(struct store *store, unsigned threads, struct error *err)
{
    AUTO(pool_free) struct pool *pool = NEW(struct pool);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    list_init(&pool->jobs);
    pool->workers = NEW_ARRAY(struct worker, threads);
    while (pool->worker_count < threads)
        if (start_worker(pool, store, err) != 0)
            return NULL;
    return TAKE(pool);
}

void pool_close(struct pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->closing = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->worker_count && !pool->joined; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pool->joined = true;
}

void pool_free(struct pool **pool)
{
    struct pool *p = TAKE(*pool);
    if (!p)
        return;
    pool_close(p);
    for (unsigned i = 0; i < p->worker_count; i++)
        session_free(&p->workers[i].session);
    pthread_mutex_destroy(&p->mutex);
    pthread_cond_destroy(&p->work);
    free(p->workers);
    free(p);
}

bool pool_submit(struct pool *pool, struct job *job)
{
    pthread_mutex_lock(&pool->mutex);
    bool accepted = !pool->closing && pool->waiting < POOL_QUEUE_MAX;
    if (accepted) {
        list_push_back(&pool->jobs, &job->link);
        pool->waiting++;
        pthread_cond_signal(&pool->work);
    }
    pthread_mutex_unlock(&pool->mutex);
    return accepted;
}
