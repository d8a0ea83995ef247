/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins an executor to time and users: its ticks come from a timer of the loop, its slots hold
 * users of the worker's pool.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "load/load_private.h"
#include "metrics/recorder.h"
#include "metrics/tags.h"

static struct scenario_run *run_of(struct executor_port *port)
{
    return CONTAINER_OF(port, struct scenario_run, port);
}

static struct vu **user_at(struct scenario_run *run, int64_t slot)
{
    return &run->users[slot / run->spread];
}

static nsec_t offset_now(const struct scenario_run *run)
{
    return clock_now(run->worker->config.clock) - run->start_ns;
}

static void count_active(struct scenario_run *run, int change)
{
    control_count_active(run->worker->config.control, run->counters, change);
}

static void check_ended(struct scenario_run *run)
{
    if (run->ended || !executor_ended(run->executor))
        return;
    run->ended = true;
    timer_cancel(&run->timer);
    worker_run_ended(run->worker);
}

static void tick(struct scenario_run *run)
{
    nsec_t next_ns = executor_tick(run->executor, offset_now(run));
    if (next_ns != NSEC_NEVER)
        timer_set(&run->timer, run->start_ns + next_ns);
    check_ended(run);
}

static void on_tick(struct timer *timer)
{
    tick(CONTAINER_OF(timer, struct scenario_run, timer));
}

static void on_start(struct timer *timer)
{
    struct scenario_run *run = CONTAINER_OF(timer, struct scenario_run, timer);
    timer->fn = on_tick;
    executor_begin(run->executor);
    tick(run);
}

/* The port */

static void acquire(struct executor_port *port, int64_t slot)
{
    worker_take_user(run_of(port)->worker, run_of(port), slot);
}

static void grow(struct executor_port *port, int64_t slot)
{
    worker_make_user(run_of(port)->worker, run_of(port), slot);
}

static void start_iteration(struct executor_port *port, int64_t slot, nsec_t intended_ns,
                            int64_t index)
{
    struct scenario_run *run = run_of(port);
    if (intended_ns != INTENDED_NOW)
        intended_ns += run->start_ns;
    if (run->open)
        count_active(run, 1);
    vu_assign(*user_at(run, slot), intended_ns, index);
}

static void interrupt(struct executor_port *port, int64_t slot)
{
    vu_interrupt(*user_at(run_of(port), slot));
}

static void release(struct executor_port *port, int64_t slot)
{
    struct scenario_run *run = run_of(port);
    struct vu *vu = TAKE(*user_at(run, slot));
    if (!vu)
        return;
    atomic_fetch_sub(&run->counters->allocated_vus, 1);
    if (!run->open)
        count_active(run, -1);
    worker_return_user(run->worker, vu);
}

static void drop(struct executor_port *port, int64_t count)
{
    struct scenario_run *run = run_of(port);
    recorder_add(run->worker->recorder, METRIC_DROPPED_ITERATIONS, run->tags, (double)count);
}

static void exhausted(struct executor_port *port)
{
    struct scenario_run *run = run_of(port);
    log_printf(run->worker->config.log, LOG_WARNING,
               "Insufficient VUs, reached %lld active VUs and cannot initialize more; iterations "
               "of scenario %s are dropped: raise its maxVUs",
               (long long)scenario_max_vus(run->scenario), run->scenario->name);
}

static const struct executor_port port = {
    .acquire = acquire,
    .grow = grow,
    .run = start_iteration,
    .interrupt = interrupt,
    .release = release,
    .drop = drop,
    .exhausted = exhausted,
};

static const struct tag_set *scenario_tags(struct worker *worker, const struct scenario *scenario)
{
    const struct tag_set *tags = worker->run_tags;
    MAP_FOREACH (entry, &scenario->tags)
        tags = tag_set_with1(worker->tags, tags, entry->key, span_cstr(entry->value));
    if (worker->config.plan->client.system_tags & TAG_SCENARIO)
        tags = tag_set_with1(worker->tags, tags, SPAN("scenario"), span_cstr(scenario->name));
    return tags;
}

void scenario_run_init(struct scenario_run *run, struct worker *worker, size_t number)
{
    const struct scenario *scenario = &worker->config.plan->scenarios[number];
    *run = (struct scenario_run){
        .port = port,
        .worker = worker,
        .scenario = scenario,
        .counters = &worker->config.control->scenarios[number],
        .tags = scenario_tags(worker, scenario),
        .number = number,
        .spread = plan_spread(scenario, worker->config.count),
        .open = scenario->kind == EXECUTOR_CONSTANT_ARRIVAL_RATE ||
                scenario->kind == EXECUTOR_RAMPING_ARRIVAL_RATE,
    };
    run->users = NEW_ARRAY(struct vu *, (size_t)scenario_max_vus(scenario) / run->spread + 1);
    run->executor = executor_new(&(struct executor_config){
        .scenario = scenario,
        .counters = run->counters,
        .port = &run->port,
        .worker = plan_share(number, worker->config.index, worker->config.count),
        .worker_count = run->spread,
    });
    timer_init(&run->timer, worker->loop, "scenario", on_start);
}

void scenario_run_done(struct scenario_run *run)
{
    timer_done(&run->timer);
    executor_free(&run->executor);
    free(run->users);
}

void scenario_run_begin(struct scenario_run *run, nsec_t test_start_ns)
{
    run->start_ns = test_start_ns + run->scenario->start_time_ns;
    timer_set(&run->timer, run->start_ns);
}

void scenario_run_give(struct scenario_run *run, int64_t slot, struct vu *vu)
{
    *user_at(run, slot) = vu;
    vu->run = run;
    vu->slot = slot;
    vu->base_tags = run->tags;
    vu->tags = NULL;
    atomic_fetch_add(&run->counters->allocated_vus, 1);
    if (!run->open)
        count_active(run, 1);
    executor_idle(run->executor, slot, offset_now(run));
    check_ended(run);
}

void scenario_run_lost(struct scenario_run *run, int64_t slot)
{
    executor_idle(run->executor, slot, offset_now(run));
    check_ended(run);
}

void scenario_run_idle(struct scenario_run *run, int64_t slot, bool interrupted)
{
    atomic_fetch_add(interrupted ? &run->counters->interrupted : &run->counters->completed, 1);
    if (run->open)
        count_active(run, -1);
    /* The wake-up of a stop may come later than its effect on this iteration. */
    if (interrupted)
        worker_heed_control(run->worker);
    executor_idle(run->executor, slot, offset_now(run));
    check_ended(run);
}

void scenario_run_abort(struct scenario_run *run)
{
    if (run->ended)
        return;
    executor_abort(run->executor);
    check_ended(run);
}
