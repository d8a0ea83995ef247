/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a repeater's thread. The client, the loop and the recorder live on it alone.
 */
#include "load/repeater.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/resident.h"
#include "base/thread.h"
#include "load/repeater_private.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "metrics/tags.h"

#define OPENING_MAX_NS (10 * NSEC_PER_SEC)

static void begin_load(struct repeater *repeater);

/* The end of opening, of waiting for the others, of the load, or of the grace after it. */
static void on_end(struct timer *timer)
{
    struct repeater *repeater = CONTAINER_OF(timer, struct repeater, end);
    if (!repeater->is_ready)
        repeater_ready(repeater);
    else if (!repeater->is_loading)
        begin_load(repeater);
    else if (repeater->config.rate > 0 && !repeater->is_ending)
        open_model_end(repeater);
    else
        lanes_stop(repeater);
}

static void on_go(struct waker *waker)
{
    struct repeater *repeater = CONTAINER_OF(waker, struct repeater, go);
    if (repeater->active > 0)
        timer_set(&repeater->end, atomic_load(&repeater->go_ns));
}

static void on_stop(struct waker *waker)
{
    lanes_stop(CONTAINER_OF(waker, struct repeater, stop));
}

static void cut_snapshot(struct repeater *repeater)
{
    const struct client_counts *counts = client_counts(repeater->client);
    struct recorder *recorder = repeater->recorder;
    recorder_add(recorder, METRIC_LOOP_LAG, NULL, nsec_to_ms(loop_take_lag(repeater->loop)));
    recorder_add(recorder, METRIC_DATA_SENT, NULL,
                 (double)(counts->bytes_sent - repeater->counts.bytes_sent));
    recorder_add(recorder, METRIC_DATA_RECEIVED, NULL,
                 (double)(counts->bytes_received - repeater->counts.bytes_received));
    repeater->counts = *counts;
    struct snapshot *snapshot = recorder_cut(recorder, clock_now(loop_clock(repeater->loop)));
    repeater->config.on_snapshot(repeater->config.arg, recorder, snapshot);
}

static nsec_t thread_cpu_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (nsec_t)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* From now on everything counts; what ended before is forgotten. */
static void begin_figures(struct repeater *repeater)
{
    nsec_t now_ns = clock_now(loop_clock(repeater->loop));
    struct repeater_tally *tally = &repeater->tally;
    repeater->is_warm = true;
    repeater->warmup_cpu_ns = thread_cpu_ns();
    repeater->next_tick_ns = now_ns + NSEC_PER_SEC;
    timer_set(&repeater->tick, repeater->next_tick_ns);
    if (repeater->config.warmup_ns > 0) {
        struct snapshot *unwanted = recorder_cut(repeater->recorder, now_ns);
        recorder_recycle(repeater->recorder, unwanted);
        repeater->counts = repeater->warmup = *client_counts(repeater->client);
        *tally = (struct repeater_tally){
            .opened_ns = tally->opened_ns,
            .not_opened = tally->not_opened,
            .opened_resident = tally->opened_resident,
            .warmup_attempts =
                repeater->warmup.reported + repeater->warmup.retried + repeater->warmup.cut,
        };
        repeater->sent = lanes_busy(repeater);
        open_model_forget(repeater);
        loop_take_lag(repeater->loop);
    }
    recorder_begin(repeater->recorder, now_ns);
}

/* Attempts of the warm-up that had not ended at its end belong to what follows. */
static void set_figures(struct repeater *repeater)
{
    const struct client_counts *warmup = &repeater->warmup;
    struct client_counts *figures = &repeater->figures;
    *figures = *client_counts(repeater->client);
    figures->attempts -= warmup->reported + warmup->retried + warmup->cut;
    figures->reported -= warmup->reported;
    figures->retried -= warmup->retried;
    figures->cut -= warmup->cut;
    figures->never_delivered -= warmup->never_delivered;
    figures->bytes_sent -= warmup->bytes_sent;
    figures->bytes_received -= warmup->bytes_received;
}

static void on_tick(struct timer *timer)
{
    struct repeater *repeater = CONTAINER_OF(timer, struct repeater, tick);
    if (!repeater->is_warm) {
        begin_figures(repeater);
        return;
    }
    cut_snapshot(repeater);
    repeater->next_tick_ns += NSEC_PER_SEC;
    timer_set(timer, repeater->next_tick_ns);
}

void repeater_ready(struct repeater *repeater)
{
    repeater->tally.opened_ns = clock_now(loop_clock(repeater->loop)) - repeater->begin_ns;
    if (repeater->config.opens_first)
        repeater->tally.opened_resident = resident_bytes();
    repeater->is_ready = true;
    timer_cancel(&repeater->end);
    repeater->config.on_ready(repeater->config.arg);
}

static void begin_load(struct repeater *repeater)
{
    const struct repeater_config *config = &repeater->config;
    nsec_t begin_ns = atomic_load(&repeater->go_ns);
    repeater->begin_ns = begin_ns;
    repeater->is_loading = true;
    if (config->duration_ns != NSEC_NEVER)
        timer_set(&repeater->end, begin_ns + config->warmup_ns + config->duration_ns);
    if (config->warmup_ns > 0)
        timer_set(&repeater->tick, begin_ns + config->warmup_ns);
    else
        begin_figures(repeater);
    if (config->rate > 0)
        open_model_begin(repeater);
    lanes_begin(repeater);
}

static void begin(struct repeater *repeater)
{
    repeater->begin_ns = clock_now(loop_clock(repeater->loop));
    if (!repeater->config.opens_first) {
        repeater_ready(repeater);
        return;
    }
    timer_set(&repeater->end, repeater->begin_ns + OPENING_MAX_NS);
    lanes_open(repeater);
}

static void *repeater_main(void *arg)
{
    struct repeater *repeater = arg;
    begin(repeater);
    loop_run(repeater->loop);
    if (!repeater->is_warm)
        begin_figures(repeater);
    cut_snapshot(repeater);
    repeater->cpu_ns = thread_cpu_ns() - repeater->warmup_cpu_ns;
    open_model_done(repeater);
    lanes_close(repeater);
    set_figures(repeater);
    repeater->config.on_end(repeater->config.arg);
    return NULL;
}

static int make_parts(struct repeater *repeater, struct error *err)
{
    const struct repeater_config *config = &repeater->config;
    repeater->loop = loop_new_on(clock_monotonic(), config->poller, err);
    if (!repeater->loop)
        return -1;
    loop_set_spin(repeater->loop, config->spin_ns);
    waker_init(&repeater->go, repeater->loop, on_go);
    waker_init(&repeater->stop, repeater->loop, on_stop);
    timer_init(&repeater->end, repeater->loop, "repeater end", on_end);
    timer_init(&repeater->tick, repeater->loop, "repeater tick", on_tick);
    list_init(&repeater->resting);
    repeater->tags = tag_table_new(config->registry);
    repeater->recorder = recorder_new(config->registry, config->index);
    repeater->client =
        client_new(repeater->loop, repeater->recorder, repeater->tags, config->client, err);
    return repeater->client ? lanes_make(repeater, err) : -1;
}

struct repeater *repeater_start(const struct repeater_config *config, struct error *err)
{
    AUTO(repeater_free) struct repeater *repeater = NEW(struct repeater);
    repeater->config = *config;
    if (make_parts(repeater, err) < 0)
        return NULL;
    if (thread_start(&repeater->thread, repeater_main, repeater, "a worker thread (see --workers)",
                     err) != 0)
        return NULL;
    return TAKE(repeater);
}

void repeater_begin(struct repeater *repeater, nsec_t at_ns)
{
    atomic_store(&repeater->go_ns, at_ns);
    waker_wake(&repeater->go);
}

void repeater_stop(struct repeater *repeater)
{
    waker_wake(&repeater->stop);
}

void repeater_join(struct repeater *repeater)
{
    pthread_join(repeater->thread, NULL);
}

struct clock *repeater_clock(const struct repeater *repeater)
{
    return loop_clock(repeater->loop);
}

const struct repeater_tally *repeater_tally(const struct repeater *repeater)
{
    return &repeater->tally;
}

const struct client_counts *repeater_counts(const struct repeater *repeater)
{
    return &repeater->figures;
}

nsec_t repeater_cpu_ns(const struct repeater *repeater)
{
    return repeater->cpu_ns;
}

nsec_t repeater_warmup_cpu_ns(const struct repeater *repeater)
{
    return repeater->warmup_cpu_ns;
}

void repeater_free(struct repeater **ptr)
{
    struct repeater *repeater = TAKE(*ptr);
    if (!repeater)
        return;
    lanes_free(repeater);
    client_free(&repeater->client);
    recorder_free(&repeater->recorder);
    tag_table_free(&repeater->tags);
    if (repeater->loop) {
        waker_done(&repeater->go);
        waker_done(&repeater->stop);
        timer_done(&repeater->end);
        timer_done(&repeater->tick);
    }
    loop_free(&repeater->loop);
    free(repeater);
}
