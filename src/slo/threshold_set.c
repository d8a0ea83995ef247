/* SPDX-License-Identifier: Apache-2.0
 *
 * All thresholds of a test.
 */
#include "slo/threshold_set.h"

#include <assert.h>

#include "base/arena.h"
#include "base/mem.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "slo/threshold.h"

#define ARENA_CHUNK 1024

struct threshold_set {
    struct arena texts;
    struct threshold *thresholds;
    size_t count;
};

struct threshold_set *threshold_set_new(void)
{
    struct threshold_set *set = NEW(struct threshold_set);
    arena_init(&set->texts, ARENA_CHUNK);
    return set;
}

void threshold_set_free(struct threshold_set **set)
{
    if (!*set)
        return;
    mem_free(&(*set)->thresholds);
    arena_done(&(*set)->texts);
    mem_free(set);
}

int threshold_set_add(struct threshold_set *set, struct registry *registry, struct span selector,
                      struct span expression, struct error *err)
{
    const struct series *series = registry_add_selector(registry, selector, err);
    struct threshold threshold = {0};
    if (!series)
        return -1;
    if (!expression.ptr)
        return 0;
    if (threshold_parse(expression, series, &threshold, err) < 0)
        return -1;
    threshold.expression = arena_dup(&set->texts, expression);
    set->thresholds = GROW_ARRAY(set->thresholds, set->count + 1);
    set->thresholds[set->count++] = threshold;
    return 0;
}

void threshold_set_abort(struct threshold_set *set, nsec_t delay_ns)
{
    assert(set->count > 0);
    set->thresholds[set->count - 1].abort_on_fail = true;
    set->thresholds[set->count - 1].delay_abort_ns = delay_ns;
}

size_t threshold_set_count(const struct threshold_set *set)
{
    return set->count;
}

const struct threshold *threshold_set_at(const struct threshold_set *set, size_t index)
{
    return &set->thresholds[index];
}

static struct threshold_result evaluate(const struct threshold *t, const struct snapshot *total,
                                        nsec_t elapsed_ns, bool final)
{
    struct threshold_result result = {.ok = true};
    const struct sink *sink = snapshot_sink(total, t->series->id);
    if (!sink && !final)
        return result;
    result.observed =
        aggregate_observe(t->aggregate, t->series->type, sink, elapsed_ns, &result.value);
    if (!result.observed)
        return result;
    result.ok = threshold_holds(t->op, result.value, t->bound);
    result.abort = !result.ok && t->abort_on_fail && elapsed_ns > t->delay_abort_ns;
    return result;
}

bool threshold_set_evaluate(const struct threshold_set *set, const struct snapshot *total,
                            nsec_t elapsed_ns, bool final, struct threshold_result *results)
{
    bool all_ok = true;
    for (size_t i = 0; i < set->count; i++) {
        results[i] = evaluate(&set->thresholds[i], total, elapsed_ns, final);
        all_ok = all_ok && results[i].ok;
    }
    return all_ok;
}
