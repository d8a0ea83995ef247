/* SPDX-License-Identifier: Apache-2.0
 *
 * How many users a plan needs. Each scenario is a staircase of users held over time, graceful
 * periods included; the pool is as large as the highest point of their sum. Of each scenario a
 * worker holds the slots of its share.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "load/plan.h"
#include "load/ramp.h"

/* Of an arrival rate, at least. */
enum {
    USERS_PER_WORKER = 16
};

/* From `at_ns` on, a scenario holds its first `slots` slots. */
struct hold {
    nsec_t at_ns;
    const struct scenario *scenario;
    size_t order; /* as made */
    int64_t slots;
};

struct holds {
    struct hold *items;
    size_t count, cap;
};

static void add(struct holds *holds, const struct scenario *scenario, nsec_t at_ns, int64_t slots)
{
    if (holds->count == holds->cap) {
        holds->cap = MAX_OF(holds->cap * 2, (size_t)64);
        holds->items = GROW_ARRAY(holds->items, holds->cap);
    }
    holds->items[holds->count] = (struct hold){at_ns, scenario, holds->count, slots};
    holds->count++;
}

/* Levels that may still be held at one moment, highest first: a level ends a graceful period after
 * the step away from it, unless a step that is as high comes first. */
struct level {
    int64_t users;
    nsec_t until_ns;
};

/* The staircase of a ramping-vus scenario: the highest level of the last gracefulRampDown. */
static void add_ramping_vus(struct holds *holds, const struct scenario *s)
{
    nsec_t start = s->start_time_ns;
    nsec_t end = scenario_duration_ns(s) + s->graceful_stop_ns;
    size_t cap = 64, first = 0, count = 0;
    struct level *levels = NEW_ARRAY(struct level, cap);
    struct ramp ramp;
    struct ramp_step step;
    ramp_init(&ramp, s);
    while (ramp_next(&ramp, &step)) {
        for (; first < count && levels[first].until_ns < step.at_ns; first++) {
            int64_t users = first + 1 < count ? levels[first + 1].users : 0;
            add(holds, s, start + levels[first].until_ns, users);
        }
        if (first < count)
            levels[count - 1].until_ns = step.at_ns + s->graceful_ramp_down_ns;
        while (count > first && levels[count - 1].users <= step.users)
            count--;
        if (count == first)
            add(holds, s, start + step.at_ns, step.users);
        if (count == cap) {
            cap *= 2;
            levels = GROW_ARRAY(levels, cap);
        }
        levels[count++] = (struct level){step.users, NSEC_NEVER};
    }
    for (; first + 1 < count && levels[first].until_ns < end; first++)
        add(holds, s, start + levels[first].until_ns, levels[first + 1].users);
    add(holds, s, start + end, 0);
    free(levels);
}

static void add_scenario(struct holds *holds, const struct scenario *s, bool initial)
{
    if (s->kind == EXECUTOR_RAMPING_VUS) {
        add_ramping_vus(holds, s);
        return;
    }
    nsec_t end = s->start_time_ns + scenario_duration_ns(s) + s->graceful_stop_ns;
    add(holds, s, s->start_time_ns, initial ? MAX_OF(s->vus, 0) : scenario_max_vus(s));
    add(holds, s, end, 0);
}

/* By time; at one moment what began earlier (and so ends here) comes first. */
static int compare_holds(const void *left, const void *right)
{
    const struct hold *a = left, *b = right;
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns ? -1 : 1;
    if (a->scenario->start_time_ns != b->scenario->start_time_ns)
        return a->scenario->start_time_ns < b->scenario->start_time_ns ? -1 : 1;
    if (a->scenario != b->scenario)
        return strcmp(a->scenario->name, b->scenario->name);
    return a->order < b->order ? -1 : 1;
}

static struct holds plan_holds(const struct plan *plan, bool initial)
{
    struct holds holds = {0};
    for (size_t i = 0; i < plan->scenario_count; i++)
        add_scenario(&holds, &plan->scenarios[i], initial);
    if (holds.count > 0)
        qsort(holds.items, holds.count, sizeof(*holds.items), compare_holds);
    return holds;
}

unsigned plan_spread(const struct scenario *scenario, unsigned count)
{
    if (scenario->kind != EXECUTOR_CONSTANT_ARRIVAL_RATE &&
        scenario->kind != EXECUTOR_RAMPING_ARRIVAL_RATE)
        return count;
    int64_t workers = scenario_max_vus(scenario) / USERS_PER_WORKER;
    return (unsigned)MAX_OF(MIN_OF(workers, (int64_t)count), 1);
}

unsigned plan_share(size_t number, unsigned worker, unsigned count)
{
    return (unsigned)((worker + number) % count);
}

/* How many of the slots 0..slots-1 are in the share. */
static int64_t slots_of_share(int64_t slots, unsigned share, unsigned spread)
{
    return share < spread && slots > share ? (slots - share - 1) / spread + 1 : 0;
}

int64_t plan_worker_vus(const struct plan *plan, unsigned worker, unsigned count, bool initial)
{
    struct holds holds = plan_holds(plan, initial);
    int64_t *held = NEW_ARRAY(int64_t, MAX_OF(plan->scenario_count, (size_t)1));
    int64_t sum = 0, max = 0;
    for (size_t i = 0; i < holds.count; i++) {
        size_t number = (size_t)(holds.items[i].scenario - plan->scenarios);
        int64_t mine = slots_of_share(holds.items[i].slots, plan_share(number, worker, count),
                                      plan_spread(holds.items[i].scenario, count));
        sum += mine - held[number];
        held[number] = mine;
        max = MAX_OF(max, sum);
    }
    free(held);
    free(holds.items);
    return max;
}

int64_t plan_max_vus(const struct plan *plan)
{
    return plan_worker_vus(plan, 0, 1, false);
}
