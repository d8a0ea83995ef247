/* SPDX-License-Identifier: Apache-2.0
 *
 * One worker's recording. The worker fills the current snapshot; a cut hands it over and takes a
 * used one from the stack of those that came back. Consumers push to that stack from any thread;
 * only the worker takes, always the whole stack at once, so there is no ABA.
 */
#include "metrics/recorder.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "base/util.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "metrics/tags.h"

struct recorder {
    const struct registry *registry;
    uint32_t worker;
    struct snapshot *current;
    struct snapshot *spare; /* taken back, ready for use */
    _Atomic(struct snapshot *) returned;
    _Atomic(size_t) away; /* handed over and not back yet */
    nsec_t start_ns;      /* of the current interval; NSEC_NEVER: not begun */
    sample_fn *tap;
    void *tap_arg;
};

struct recorder *recorder_new(const struct registry *registry, uint32_t worker)
{
    struct recorder *recorder = NEW(struct recorder);
    recorder->registry = registry;
    recorder->worker = worker;
    recorder->start_ns = NSEC_NEVER;
    recorder->current = snapshot_new(registry);
    return recorder;
}

static void free_all(struct snapshot *snapshot)
{
    while (snapshot) {
        struct snapshot *next = snapshot->next_free;
        snapshot_free(&snapshot);
        snapshot = next;
    }
}

void recorder_free(struct recorder **recorder)
{
    struct recorder *r = *recorder;
    if (!r)
        return;
    assert(atomic_load(&r->away) == 0);
    snapshot_free(&r->current);
    free_all(r->spare);
    free_all(atomic_load(&r->returned));
    mem_free(recorder);
}

static void add_to_gauge(struct sink *sink, double value)
{
    sink->min = sink->count ? MIN_OF(sink->min, value) : value;
    sink->max = sink->count ? MAX_OF(sink->max, value) : value;
    sink->value = value;
    sink->last_ns = clock_now(clock_monotonic()); /* orders workers among each other */
    sink->count++;
}

static inline void add_to_sink(struct sink *sink, enum metric_type type, double value)
{
    sink->touched = true;
    switch (type) {
    case METRIC_TREND:
        histogram_add(&sink->trend, value);
        break;
    case METRIC_COUNTER:
        sink->count++;
        sink->sum += value;
        break;
    case METRIC_RATE:
        sink->count++;
        sink->sum += value != 0;
        break;
    case METRIC_GAUGE:
        add_to_gauge(sink, value);
        break;
    }
}

static void add_to_submetrics(struct recorder *recorder, const struct metric *metric,
                              const struct tag_set *tags, double value)
{
    for (uint32_t i = 0; i < tags->match_count; i++) {
        uint32_t id = tags->matches[i];
        if (registry_series(recorder->registry, id)->metric_id == metric->id)
            add_to_sink(&recorder->current->sinks[id], metric->type, value);
    }
}

void recorder_add(struct recorder *recorder, uint32_t metric_id, const struct tag_set *tags,
                  double value)
{
    const struct metric *metric = registry_metric(recorder->registry, metric_id);
    if (UNLIKELY(isnan(value))) {
        recorder->current->refused++;
        return;
    }
    add_to_sink(&recorder->current->sinks[metric->series_id], metric->type, value);
    if (metric->submetric_count && tags)
        add_to_submetrics(recorder, metric, tags, value);
    if (UNLIKELY(recorder->tap != NULL))
        recorder->tap(recorder->tap_arg, metric_id, tags, clock_wall(), value);
}

void recorder_check(struct recorder *recorder, struct span group_path, struct span name, bool ok)
{
    struct check_count *row = snapshot_check(recorder->current, group_path, name);
    if (row->passes + row->fails == 0)
        row->first_ns = clock_now(clock_monotonic());
    row->passes += ok;
    row->fails += !ok;
}

void recorder_tap(struct recorder *recorder, sample_fn *fn, void *arg)
{
    recorder->tap = fn;
    recorder->tap_arg = arg;
}

static struct snapshot *take_spare(struct recorder *recorder)
{
    if (!recorder->spare)
        recorder->spare = atomic_exchange_explicit(&recorder->returned, NULL, memory_order_acquire);
    struct snapshot *snapshot = recorder->spare;
    if (!snapshot)
        return snapshot_new(recorder->registry);
    recorder->spare = TAKE(snapshot->next_free);
    return snapshot;
}

void recorder_begin(struct recorder *recorder, nsec_t now_ns)
{
    recorder->start_ns = now_ns;
}

struct snapshot *recorder_cut(struct recorder *recorder, nsec_t now_ns)
{
    struct snapshot *cut = recorder->current;
    cut->worker = recorder->worker;
    cut->start_ns = MIN_OF(recorder->start_ns, now_ns);
    cut->end_ns = now_ns;
    recorder->start_ns = now_ns;
    recorder->current = take_spare(recorder);
    atomic_fetch_add_explicit(&recorder->away, 1, memory_order_relaxed);
    return cut;
}

void recorder_recycle(struct recorder *recorder, struct snapshot *snapshot)
{
    snapshot_reset(snapshot);
    struct snapshot *top = atomic_load_explicit(&recorder->returned, memory_order_relaxed);
    do {
        snapshot->next_free = top;
    } while (!atomic_compare_exchange_weak_explicit(&recorder->returned, &top, snapshot,
                                                    memory_order_release, memory_order_relaxed));
    atomic_fetch_sub_explicit(&recorder->away, 1, memory_order_release);
}
