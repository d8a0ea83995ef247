/* SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots: sinks by series id, checks by first appearance, and their merge.
 */
#include "metrics/snapshot.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/util.h"
#include "metrics/checks.h"

struct snapshot *snapshot_new(const struct registry *registry)
{
    struct snapshot *snapshot = NEW(struct snapshot);
    snapshot->registry = registry;
    snapshot->sink_count = registry_series_count(registry);
    snapshot->sinks = NEW_ARRAY(struct sink, snapshot->sink_count);
    for (size_t i = 0; i < snapshot->sink_count; i++)
        histogram_init(&snapshot->sinks[i].trend);
    snapshot->check_index = check_index_new();
    return snapshot;
}

void snapshot_free(struct snapshot **snapshot)
{
    struct snapshot *s = *snapshot;
    if (!s)
        return;
    for (size_t i = 0; i < s->sink_count; i++)
        histogram_done(&s->sinks[i].trend);
    check_index_free(&s->check_index);
    mem_free(&s->checks);
    mem_free(&s->sinks);
    mem_free(snapshot);
}

static void reset_sink(struct sink *sink)
{
    struct histogram trend = sink->trend;
    histogram_reset(&trend);
    *sink = (struct sink){.trend = trend};
}

void snapshot_reset(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->sink_count; i++) {
        if (snapshot->sinks[i].touched)
            reset_sink(&snapshot->sinks[i]);
    }
    check_index_reset(snapshot->check_index);
    snapshot->check_count = 0;
    snapshot->worker = 0;
    snapshot->start_ns = snapshot->end_ns = 0;
    snapshot->refused = 0;
}

/* The later value wins; of two set in the same nanosecond, the larger, so that order is no matter.
 */
static void merge_gauge(struct sink *into, const struct sink *from)
{
    bool later = from->last_ns > into->last_ns ||
                 (from->last_ns == into->last_ns && from->value > into->value);
    if (!into->touched || later) {
        into->value = from->value;
        into->last_ns = from->last_ns;
    }
    into->min = into->touched ? MIN_OF(into->min, from->min) : from->min;
    into->max = into->touched ? MAX_OF(into->max, from->max) : from->max;
}

static void merge_sink(enum metric_type type, struct sink *into, const struct sink *from)
{
    if (type == METRIC_GAUGE)
        merge_gauge(into, from);
    else if (type == METRIC_TREND)
        histogram_merge(&into->trend, &from->trend);
    into->count += from->count;
    into->sum += from->sum;
    into->touched = true;
}

static void merge_interval(struct snapshot *into, const struct snapshot *from)
{
    if (into->start_ns == 0 && into->end_ns == 0) {
        into->start_ns = from->start_ns;
        into->end_ns = from->end_ns;
    } else if (from->start_ns != 0 || from->end_ns != 0) {
        into->start_ns = MIN_OF(into->start_ns, from->start_ns);
        into->end_ns = MAX_OF(into->end_ns, from->end_ns);
    }
}

void snapshot_merge(struct snapshot *into, const struct snapshot *from)
{
    merge_interval(into, from);
    for (size_t i = 0; i < from->sink_count; i++) {
        enum metric_type type = registry_series(from->registry, (uint32_t)i)->type;
        if (from->sinks[i].touched)
            merge_sink(type, &into->sinks[i], &from->sinks[i]);
    }
    for (size_t i = 0; i < from->check_count; i++) {
        const struct check_count *check = &from->checks[i];
        struct check_count *row = snapshot_check(into, check->group_path, check->name);
        bool is_new = row->passes + row->fails == 0;
        row->first_ns = is_new ? check->first_ns : MIN_OF(row->first_ns, check->first_ns);
        row->passes += check->passes;
        row->fails += check->fails;
    }
    into->refused += from->refused;
}

const struct sink *snapshot_sink(const struct snapshot *snapshot, uint32_t series_id)
{
    const struct sink *sink = &snapshot->sinks[series_id];
    return sink->touched ? sink : NULL;
}

const struct sink *snapshot_metric(const struct snapshot *snapshot, enum builtin_metric metric)
{
    return snapshot_sink(snapshot, registry_metric(snapshot->registry, metric)->series_id);
}

static int compare_first(const void *left, const void *right)
{
    const struct check_count *const *a = left, *const *b = right;
    if ((*a)->first_ns != (*b)->first_ns)
        return (*a)->first_ns < (*b)->first_ns ? -1 : 1;
    return *a < *b ? -1 : *a > *b;
}

const struct check_count **snapshot_checks_by_time(const struct snapshot *snapshot)
{
    const struct check_count **sorted =
        NEW_ARRAY(const struct check_count *, snapshot->check_count);
    for (size_t i = 0; i < snapshot->check_count; i++)
        sorted[i] = &snapshot->checks[i];
    qsort(sorted, snapshot->check_count, sizeof(sorted[0]), compare_first);
    return sorted;
}

struct check_count *snapshot_check(struct snapshot *snapshot, struct span group_path,
                                   struct span name)
{
    size_t count = snapshot->check_count;
    size_t place = check_index_place(snapshot->check_index, count, &group_path, &name);
    if (place == count) {
        if (count >= snapshot->check_cap) {
            snapshot->check_cap = MAX_OF(count * 2, (size_t)8);
            snapshot->checks = GROW_ARRAY(snapshot->checks, snapshot->check_cap);
        }
        snapshot->checks[count] = (struct check_count){.group_path = group_path, .name = name};
        snapshot->check_count++;
    }
    return &snapshot->checks[place];
}
