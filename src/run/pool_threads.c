/* SPDX-License-Identifier: Apache-2.0
 *
 * Workers that are threads: they push their snapshots by pointer and read the control page.
 *
 * The extra worker `aux` never runs iterations: setup(), teardown() and handleSummary() are calls
 * of a user of its own, on the run's thread, while the others wait or have ended.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/mem.h"
#include "load/control.h"
#include "load/plan.h"
#include "load/worker.h"
#include "net/tls_trust.h"
#include "run/collector.h"
#include "run/memory.h"
#include "run/pool.h"
#include "run/run_private.h"

static const nsec_t START_MARGIN_NS = 2 * NSEC_PER_MSEC;

struct thread_pool {
    struct pool base;
    struct worker **workers;
    unsigned count;          /* started ones */
    struct tls_trust *trust; /* NULL: nothing is verified */
    atomic_uint ended;
};

static struct thread_pool *of(struct pool *pool)
{
    return CONTAINER_OF(pool, struct thread_pool, base);
}

static void on_snapshot(void *arg, struct worker *worker, struct snapshot *snapshot)
{
    struct thread_pool *pool = arg;
    collector_push(pool->base.run->collector, worker_recorder(worker), snapshot);
}

static void on_end(void *arg, struct worker *worker)
{
    struct thread_pool *pool = arg;
    atomic_fetch_add(&pool->ended, 1);
    collector_wake(pool->base.run->collector);
}

static struct worker *make_worker(struct thread_pool *pool, unsigned index, struct error *err)
{
    const struct run *run = pool->base.run;
    const struct run_config *config = run->config;
    struct worker_config worker = {
        .plan = config->plan,
        .registry = config->registry,
        .control = run->control,
        .front_end = config->script->front_end,
        .script = config->script->script,
        .log = config->log,
        .index = index,
        .count = config->plan->workers,
        .clock = clock_monotonic(),
        .poller = index < config->plan->workers ? config->poller : POLLER_EPOLL,
        .snapshot_interval_ns = NSEC_PER_SEC,
        .on_snapshot = on_snapshot,
        .on_end = on_end,
        .arg = pool,
    };
    if (run->samples)
        sample_stream_tap(run->samples, index, &worker.tap, &worker.tap_arg);
    return worker_new(&worker, err);
}

static int make(struct pool *base, struct error *err)
{
    struct thread_pool *pool = of(base);
    unsigned count = base->run->config->plan->workers;
    pool->workers = NEW_ARRAY(struct worker *, count);
    base->aux = make_worker(pool, count, err);
    if (!base->aux)
        return -1;
    for (unsigned i = 0; i < count; i++) {
        pool->workers[i] = make_worker(pool, i, err);
        if (!pool->workers[i] || worker_start(pool->workers[i], err) < 0)
            return -1;
        pool->count++;
    }
    int result = 0;
    for (unsigned i = 0; i < pool->count; i++) {
        if (worker_wait_ready(pool->workers[i], result < 0 ? NULL : err) < 0)
            result = -1;
    }
    return result;
}

static void set_setup_data(struct pool *base, struct span json)
{
    struct thread_pool *pool = of(base);
    for (unsigned i = 0; i < pool->count; i++)
        worker_set_setup_data(pool->workers[i], json);
    worker_set_setup_data(base->aux, json);
}

static void begin(struct pool *base)
{
    control_start(base->run->control, clock_now(clock_monotonic()) + START_MARGIN_NS);
}

static bool has_ended(const struct pool *base)
{
    const struct thread_pool *pool = of((struct pool *)base);
    return atomic_load(&pool->ended) >= pool->count;
}

/* A thread cannot be ended from outside, and what it uses cannot be freed under it. */
static void give_up(struct pool *base)
{
    struct thread_pool *pool = of(base);
    base->is_stuck = true;
    log_printf(base->run->config->log, LOG_ERROR,
               "the script does not return: %u of %u workers are inside of one call of a built-in "
               "function that cannot be interrupted, so the run ends without them and without "
               "teardown(); make that call smaller",
               pool->count - atomic_load(&pool->ended), pool->count);
}

static void join(struct pool *base)
{
    struct thread_pool *pool = of(base);
    for (unsigned i = 0; i < pool->count && !base->is_stuck; i++)
        worker_join(pool->workers[i]);
}

static nsec_t cpu_ns(const struct pool *base)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NSEC_PER_SEC +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * NSEC_PER_USEC;
}

static void free_pool(struct pool *base)
{
    struct thread_pool *pool = of(base);
    for (unsigned i = 0; pool->workers && i < base->run->config->plan->workers; i++)
        worker_free(&pool->workers[i]);
    worker_free(&base->aux);
    tls_trust_free(&pool->trust);
    free(pool->workers);
    free(pool);
}

static const struct pool_ops THREADS = {
    .make = make,
    .set_setup_data = set_setup_data,
    .begin = begin,
    .has_ended = has_ended,
    .give_up = give_up,
    .join = join,
    .cpu_ns = cpu_ns,
    .free = free_pool,
};

/* The plan's client settings get what all workers share. */
static int share_trust(struct thread_pool *pool, struct error *err)
{
    struct client_config *client = &pool->base.run->config->plan->client;
    if (client->insecure_skip_tls_verify)
        return 0;
    client->trust = pool->trust = tls_trust_new(client->ca_file, err);
    return pool->trust ? 0 : -1;
}

struct pool *pool_threads_new(struct run *run, struct error *err)
{
    struct thread_pool *pool = NEW(struct thread_pool);
    pool->base = (struct pool){.ops = &THREADS, .run = run, .fd = -1};
    if (share_trust(pool, err) == 0 && memory_check(plan_max_vus(run->config->plan), err) == 0)
        return &pool->base;
    free_pool(&pool->base);
    return NULL;
}
