/* SPDX-License-Identifier: Apache-2.0
 *
 * The worker that somebody else turns.
 */
#include "load/embedded.h"

#include <stdlib.h>

#include "base/mem.h"
#include "load/load_private.h"
#include "metrics/recorder.h"

struct embedded {
    struct embedded_config config;
    struct control *control;
    struct worker *worker;
};

static void on_snapshot(void *arg, struct worker *worker, struct snapshot *snapshot)
{
    struct embedded *embedded = arg;
    embedded->config.on_snapshot(embedded->config.arg, snapshot);
    recorder_recycle(worker->recorder, snapshot);
}

struct embedded *embedded_new(const struct embedded_config *config, struct error *err)
{
    struct embedded *embedded = NEW(struct embedded);
    embedded->config = *config;
    embedded->control = control_new(0);
    const struct worker_config worker_config = {
        .plan = config->plan,
        .registry = config->registry,
        .control = embedded->control,
        .log = config->log,
        .index = config->index,
        .count = config->count,
        .leaves_users_out = config->count > 1,
        .clock = config->clock,
        .poller = POLLER_EPOLL, /* its descriptor can be waited for without turning the loop */
        .snapshot_interval_ns = NSEC_PER_SEC,
        .on_snapshot = on_snapshot,
        .arg = embedded,
    };
    struct worker *worker = embedded->worker = worker_new(&worker_config, err);
    if (!worker) {
        embedded_free(&embedded);
        return NULL;
    }
    nsec_t now_ns = clock_now(config->clock);
    control_start(embedded->control, now_ns);
    worker_begin_snapshots(worker, now_ns);
    worker->phase = WORKER_LOADING;
    return embedded;
}

void embedded_free(struct embedded **embedded_ptr)
{
    struct embedded *embedded = TAKE(*embedded_ptr);
    if (!embedded)
        return;
    if (embedded->worker) {
        worker_end_snapshots(embedded->worker);
        worker_cut(embedded->worker, clock_now(embedded->config.clock));
    }
    worker_free(&embedded->worker);
    control_free(&embedded->control);
    free(embedded);
}

int embedded_fd(const struct embedded *embedded)
{
    return loop_fd(embedded->worker->loop);
}

nsec_t embedded_next_deadline(const struct embedded *embedded)
{
    return loop_next_deadline(embedded->worker->loop);
}

void embedded_turn(struct embedded *embedded)
{
    loop_turn(embedded->worker->loop, 0);
}

struct client *embedded_client(struct embedded *embedded)
{
    return embedded->worker->client;
}

struct loop *embedded_loop(struct embedded *embedded)
{
    return embedded->worker->loop;
}

void embedded_note_lag(struct embedded *embedded, nsec_t ns)
{
    loop_note_lag(embedded->worker->loop, ns);
}

void embedded_set_users(struct embedded *embedded, int64_t count)
{
    struct control *control = embedded->control;
    atomic_store(&control->vus_active, count);
    if (count > atomic_load(&control->vus_initialized))
        atomic_store(&control->vus_initialized, count);
}

struct vu *embedded_user_new(struct embedded *embedded, struct span scenario)
{
    struct vu *vu = vu_new_idle(embedded->worker);
    if (scenario.len > 0 && (embedded->config.plan->client.system_tags & TAG_SCENARIO))
        host_set_vu_tag(vu, SPAN("scenario"), scenario);
    return vu;
}

void embedded_record_bytes(struct vu *vu)
{
    vu_record_bytes(vu);
}

void embedded_user_free(struct vu **vu_ptr)
{
    struct vu *vu = TAKE(*vu_ptr);
    if (!vu)
        return;
    host_cancel_calls(vu);
    vu_record_bytes(vu);
    vu_free(vu);
}

void embedded_iteration(struct vu *vu, nsec_t start_ns, nsec_t end_ns, nsec_t intended_ns)
{
    vu->intended_ns = intended_ns >= 0 ? intended_ns : INTENDED_NOW;
    vu_record_iteration(vu, start_ns, end_ns);
}
