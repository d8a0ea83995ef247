/* SPDX-License-Identifier: Apache-2.0
 *
 * The open model of a repeater: arrivals come when the schedule says, whatever the server does.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "load/repeater_private.h"

/* Thirty years: the sum of a few is still a time. */
static const double LONGEST_GAP_NS = 1e18;

static void push_waiting(struct due_ring *ring, nsec_t due_ns)
{
    if (ring->count == ring->capacity) {
        size_t capacity = ring->capacity ? ring->capacity * 2 : 1024;
        nsec_t *times = NEW_ARRAY(nsec_t, capacity);
        for (size_t i = 0; i < ring->count; i++)
            times[i] = ring->times[(ring->first + i) % ring->capacity];
        free(ring->times);
        *ring = (struct due_ring){times, capacity, 0, ring->count};
    }
    ring->times[(ring->first + ring->count++) % ring->capacity] = due_ns;
}

static nsec_t pop_waiting(struct due_ring *ring)
{
    nsec_t due_ns = ring->times[ring->first];
    ring->first = (ring->first + 1) % ring->capacity;
    ring->count--;
    return due_ns;
}

static void arrive(struct repeater *repeater, nsec_t due_ns)
{
    struct list *link = list_pop_front(&repeater->resting);
    repeater->tally.scheduled++;
    repeater->last_due_ns = due_ns;
    if (!link) {
        repeater->tally.waited++;
        push_waiting(&repeater->waiting, due_ns);
        return;
    }
    struct lane *lane = CONTAINER_OF(link, struct lane, link);
    repeater->resting_count--;
    lane_choose(lane);
    lane->repeat.due_ns = due_ns;
    repeat_go(&lane->repeat);
}

static nsec_t since_warmup(const struct repeater *repeater, nsec_t at_ns)
{
    return at_ns - repeater->begin_ns - repeater->config.warmup_ns;
}

static bool is_all(const struct repeater *repeater)
{
    uint64_t requests = repeater->config.requests;
    return requests && repeater->is_warm && repeater->tally.scheduled >= requests;
}

static bool is_over(const struct repeater *repeater)
{
    nsec_t due_ns = since_warmup(repeater, schedule_due(&repeater->schedule));
    return due_ns >= repeater->config.duration_ns || is_all(repeater);
}

/* Arrivals that are counted last until the next one would be due: ten at 10/s last a second. */
static nsec_t scheduled_ns(const struct repeater *repeater)
{
    const struct repeater_config *config = &repeater->config;
    double gap_ns = MIN_OF(1e9 / config->rate, LONGEST_GAP_NS);
    if (!is_all(repeater))
        return config->duration_ns;
    return MIN_OF(since_warmup(repeater, repeater->last_due_ns) + (nsec_t)gap_ns,
                  config->duration_ns);
}

/* What is due after the warm-up waits until its end was noticed, or it would be no part of the
 * figures. */
static bool is_next_due(const struct repeater *repeater)
{
    nsec_t due_ns = schedule_due(&repeater->schedule);
    return due_ns <= loop_now(repeater->loop) &&
           (repeater->is_warm || since_warmup(repeater, due_ns) < 0);
}

static void take_due(struct repeater *repeater)
{
    while (!is_over(repeater) && is_next_due(repeater)) {
        arrive(repeater, schedule_due(&repeater->schedule));
        schedule_take(&repeater->schedule);
    }
}

static void on_arrival(struct timer *timer)
{
    struct repeater *repeater = CONTAINER_OF(timer, struct repeater, arrival);
    take_due(repeater);
    if (!is_over(repeater))
        timer_set(timer, schedule_due(&repeater->schedule));
    else if (repeater->config.requests)
        open_model_end(repeater);
}

/* All that was due has its answer. */
static bool is_drained(const struct repeater *repeater)
{
    return repeater->waiting.count == 0 && repeater->resting_count == repeater->active;
}

/* The lane whose answer was the last cannot be ended from inside its own callback. */
static void end_if_drained(struct repeater *repeater)
{
    if (repeater->is_ending && is_drained(repeater))
        timer_set(&repeater->end, loop_now(repeater->loop));
}

enum repeat_next open_model_next(struct lane *lane)
{
    struct repeater *repeater = lane->repeater;
    if (repeater->waiting.count > 0) {
        lane_choose(lane);
        lane->repeat.due_ns = pop_waiting(&repeater->waiting);
        return REPEAT_AGAIN;
    }
    list_push_back(&repeater->resting, &lane->link);
    repeater->resting_count++;
    end_if_drained(repeater);
    return REPEAT_REST;
}

void open_model_begin(struct repeater *repeater)
{
    const struct repeater_config *config = &repeater->config;
    schedule_init(&repeater->schedule, config->rate, config->arrivals, config->index, config->count,
                  config->seed);
    schedule_start(&repeater->schedule, repeater->begin_ns);
    timer_init(&repeater->arrival, repeater->loop, "arrival", on_arrival);
    timer_set(&repeater->arrival, schedule_due(&repeater->schedule));
}

void open_model_forget(struct repeater *repeater)
{
    repeater->tally.waited = repeater->waiting.count;
    if (repeater->config.rate > 0)
        repeater->tally.scheduled = repeater->waiting.count + lanes_busy(repeater);
    repeater->tally.carried = repeater->tally.scheduled;
}

void open_model_end(struct repeater *repeater)
{
    take_due(repeater);
    timer_cancel(&repeater->arrival);
    repeater->is_ending = true;
    repeater->tally.scheduled_ns = scheduled_ns(repeater);
    timer_set(&repeater->end, loop_now(repeater->loop) + repeater->config.grace_ns);
    end_if_drained(repeater);
}

void open_model_done(struct repeater *repeater)
{
    repeater->tally.never_sent = repeater->waiting.count;
    if (repeater->arrival.loop)
        timer_done(&repeater->arrival);
    free(repeater->waiting.times);
    repeater->waiting = (struct due_ring){0};
}
