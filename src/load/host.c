/* SPDX-License-Identifier: Apache-2.0
 *
 * What a script can ask for. Calls that wait suspend the user's coroutine and check, whenever it
 * runs again, what they waited for: wake-ups may come for other reasons.
 */
#include "load/host.h"

#include <inttypes.h>
#include <stdio.h>

#include "load/load_private.h"
#include "loop/coro.h"
#include "metrics/recorder.h"

/* Giving stack pages back and faulting them in again is only worth it for real pauses. */
#define TRIM_SLEEP_NS (5 * NSEC_PER_SEC)

static nsec_t now_of(const struct vu *vu)
{
    return clock_now(vu->worker->config.clock);
}

/* Facts */

void host_vu_facts(const struct vu *vu, struct vu_facts *ret_facts)
{
    const struct scenario_run *run = vu->run;
    *ret_facts = (struct vu_facts){
        .id_in_test = vu->id,
        .id_in_instance = vu->id,
        .iteration = vu->started > 0 ? vu->started - 1 : 0,
    };
    if (!run)
        return;
    if (vu->scenario_started && vu->scenario_started[run->number] > 0)
        ret_facts->iteration_in_scenario = vu->scenario_started[run->number] - 1;
    ret_facts->scenario_iteration_in_test = (uint64_t)vu->index;
    ret_facts->scenario_iteration_in_instance = (uint64_t)vu->index;
    ret_facts->scenario = run->scenario;
    ret_facts->scenario_start_ns = run->start_ns;
    double total = (double)scenario_duration_ns(run->scenario);
    double done = (double)(now_of(vu) - run->start_ns);
    if (run->scenario->kind == EXECUTOR_SHARED_ITERATIONS ||
        run->scenario->kind == EXECUTOR_PER_VU_ITERATIONS) {
        done = (double)(atomic_load(&run->counters->completed) +
                        atomic_load(&run->counters->interrupted));
        total = (double)run->scenario->iterations;
        if (run->scenario->kind == EXECUTOR_PER_VU_ITERATIONS)
            total *= (double)run->scenario->vus;
    }
    ret_facts->scenario_progress = done >= total ? 1 : done / total;
}

void host_test_facts(const struct vu *vu, struct test_facts *ret_facts)
{
    const struct control *control = vu->worker->config.control;
    nsec_t start_ns = atomic_load(&control->start_ns);
    *ret_facts = (struct test_facts){
        .duration_ns = start_ns > 0 ? MAX_OF(now_of(vu) - start_ns, 0) : 0,
        .vus_active = (uint64_t)atomic_load(&control->vus_active),
        .vus_initialized = (uint64_t)atomic_load(&control->vus_initialized),
    };
    for (size_t i = 0; i < control->scenario_count; i++) {
        struct scenario_counters *counters = &control->scenarios[i];
        ret_facts->iterations_completed += (uint64_t)atomic_load(&counters->completed);
        ret_facts->iterations_interrupted += (uint64_t)atomic_load(&counters->interrupted);
    }
}

const struct plan *host_plan(const struct vu *vu)
{
    return vu->worker->config.plan;
}

struct log *host_log(const struct vu *vu)
{
    return vu->worker->config.log;
}

struct arena *host_iteration_arena(struct vu *vu)
{
    return &vu->arena;
}

struct session *host_session(struct vu *vu)
{
    return vu->session;
}

struct span host_setup_data(const struct vu *vu)
{
    return vu->worker->config.setup_data;
}

bool host_interrupted(const struct vu *vu)
{
    if (vu->interrupted)
        return true;
    if (vu->once && now_of(vu) >= vu->once->deadline_ns)
        return true;
    return (!vu->once || vu->once->heeds_abort) &&
           atomic_load(&vu->worker->config.control->state) == CONTROL_STOPPING;
}

/* Waiting */

/* For what nothing but time ends. */
static const bool NEVER = false;

/* Until `*over`, `until_ns` or interruption. */
static void block(struct vu *vu, const bool *over, nsec_t until_ns)
{
    bool timed = until_ns != NSEC_NEVER;
    if (timed)
        timer_set(&vu->timer, until_ns);
    while (!*over && !host_interrupted(vu) && (!timed || timer_armed(&vu->timer)))
        vu_suspend(vu);
    timer_cancel(&vu->timer);
}

bool host_sleep(struct vu *vu, nsec_t duration_ns)
{
    if (duration_ns > TRIM_SLEEP_NS)
        coro_trim(vu->coro);
    if (duration_ns > 0)
        block(vu, &NEVER, now_of(vu) + duration_ns);
    return !host_interrupted(vu);
}

void host_yield(struct vu *vu)
{
    vu_schedule(vu);
    vu_suspend(vu);
}

bool host_wait(struct vu *vu, nsec_t until_ns)
{
    block(vu, &NEVER, until_ns);
    return !host_interrupted(vu);
}

/* Requests */

static nsec_t take_rps_slot(struct vu *vu)
{
    int64_t rps = vu->worker->config.plan->rps;
    nsec_t now_ns = now_of(vu);
    return rps > 0 ? control_take_rps_slot(vu->worker->config.control, rps, now_ns) : now_ns;
}

void host_request_init(struct vu *vu, struct request *request, struct arena *arena)
{
    const struct plan *plan = vu->worker->config.plan;
    *request = (struct request){
        .arena = arena,
        .max_redirects = plan->max_redirects,
        .discard_body = plan->discard_response_bodies,
        .jar = session_jar(vu->session),
        .tags = host_tags(vu),
    };
}

static void on_request_done(struct request *request)
{
    struct vu *vu = request->arg;
    vu->request_over = true;
    vu_schedule(vu);
}

bool host_request(struct vu *vu, struct request *request)
{
    if (vu->worker->config.plan->rps > 0)
        host_sleep(vu, take_rps_slot(vu) - now_of(vu));
    if (host_interrupted(vu))
        return false;
    request->on_done = on_request_done;
    request->arg = vu;
    vu->request_over = false;
    request_start(vu->session, request);
    block(vu, &vu->request_over, NSEC_NEVER);
    if (!vu->request_over)
        request_cancel(request);
    return vu->request_over;
}

/* A request that nobody waits for on the coroutine; in the request's arena. */
struct call {
    struct list link; /* in vu->calls */
    struct vu *vu;
    struct request *request;
    struct timer timer; /* until its turn under an rps limit */
    bool started;
    on_response_fn *on_done; /* the caller's */
    void *arg;
};

static void end_call(struct call *call)
{
    list_remove(&call->link);
    timer_done(&call->timer);
    call->request->on_done = call->on_done;
    call->request->arg = call->arg;
}

static void on_call_done(struct request *request)
{
    end_call(request->arg);
    request->on_done(request);
}

static void on_call_timer(struct timer *timer)
{
    struct call *call = CONTAINER_OF(timer, struct call, timer);
    call->started = true;
    request_start(call->vu->session, call->request);
}

void host_request_start(struct vu *vu, struct request *request)
{
    struct call *call = ARENA_NEW(request->arena, struct call);
    *call = (struct call){
        .vu = vu, .request = request, .on_done = request->on_done, .arg = request->arg};
    request->on_done = on_call_done;
    request->arg = call;
    list_push_back(&vu->calls, &call->link);
    timer_init(&call->timer, vu->worker->loop, "rps", on_call_timer);
    if (vu->worker->config.plan->rps > 0)
        timer_set(&call->timer, take_rps_slot(vu));
    else
        on_call_timer(&call->timer);
}

void host_request_cancel(struct request *request)
{
    struct call *call = request->arg;
    end_call(call);
    if (call->started)
        request_cancel(request);
}

void host_request_close(struct request *request)
{
    struct call *call = request->arg;
    end_call(call);
    if (call->started)
        request_close(request);
}

void host_cancel_calls(struct vu *vu)
{
    struct list *link;
    while ((link = list_first(&vu->calls)))
        host_request_cancel(CONTAINER_OF(link, struct call, link)->request);
}

/* Tags */

static const struct tag_set *with_number(struct vu *vu, const struct tag_set *tags, struct span key,
                                         uint64_t number)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%" PRIu64, number);
    return tag_set_with1(vu->worker->tags, tags, key, span_of(text, (size_t)len));
}

const struct tag_set *host_tags(struct vu *vu)
{
    if (vu->tags)
        return vu->tags;
    uint32_t wanted = vu->worker->config.plan->client.system_tags;
    const struct tag_set *tags = vu->base_tags;
    if (wanted & TAG_GROUP)
        tags = tag_set_with1(vu->worker->tags, tags, SPAN("group"), host_group_path(vu));
    if (wanted & TAG_VU)
        tags = with_number(vu, tags, SPAN("vu"), vu->id);
    if (wanted & TAG_ITER)
        tags = with_number(vu, tags, SPAN("iter"), vu->started > 0 ? vu->started - 1 : 0);
    vu->tags = tags;
    return tags;
}

const struct tag_set *host_tags_with(struct vu *vu, const struct tag *tags, size_t count)
{
    return tag_set_with(vu->worker->tags, host_tags(vu), tags, count);
}

void host_set_vu_tag(struct vu *vu, struct span key, struct span value)
{
    struct tag_table *table = vu->worker->tags;
    vu->base_tags = value.ptr ? tag_set_with1(table, vu->base_tags, key, value)
                              : tag_set_without(table, vu->base_tags, key);
    vu->tags = NULL;
}

/* Samples */

void host_check(struct vu *vu, struct span name, bool ok, const struct tag_set *tags)
{
    struct worker *worker = vu->worker;
    if (!tags)
        tags = host_tags(vu);
    /* One set per name and group is only worth making when somebody can see it. */
    if (worker_keeps_tags(worker, METRIC_CHECKS) &&
        (worker->config.plan->client.system_tags & TAG_CHECK))
        tags = tag_set_with1(worker->tags, tags, SPAN("check"), name);
    recorder_add(worker->recorder, METRIC_CHECKS, tags, ok);
    recorder_check(worker->recorder, host_group_path(vu), name, ok);
}

void host_metric_add(struct vu *vu, uint32_t metric_id, double value, const struct tag_set *tags)
{
    recorder_add(vu->worker->recorder, metric_id, tags ? tags : host_tags(vu), value);
}

nsec_t host_group_begin(struct vu *vu, struct span name)
{
    strbuf_adds(&vu->group, "::");
    strbuf_add_span(&vu->group, name);
    vu->tags = NULL;
    return now_of(vu);
}

void host_group_end(struct vu *vu, struct span name, nsec_t started_ns)
{
    double ms = nsec_to_ms(now_of(vu) - started_ns);
    recorder_add(vu->worker->recorder, METRIC_GROUP_DURATION, host_tags(vu), ms);
    strbuf_truncate(&vu->group, vu->group.len - MIN_OF(name.len + 2, vu->group.len));
    vu->tags = NULL;
}

struct span host_group_path(const struct vu *vu)
{
    return span_of(strbuf_cstr(&vu->group), vu->group.len);
}

/* The end of the test */

void host_abort(struct vu *vu, struct span message)
{
    control_abort(vu->worker->config.control, ABORT_BY_SCRIPT, message.ptr, message.len);
}

void host_throw(struct vu *vu, struct span message)
{
    control_abort(vu->worker->config.control, ABORT_BY_EXCEPTION, message.ptr, message.len);
}

void host_fail(struct vu *vu)
{
    control_fail(vu->worker->config.control);
}
