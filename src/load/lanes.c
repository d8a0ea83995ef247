/* SPDX-License-Identifier: Apache-2.0
 *
 * The lanes of a repeater: opening them, the closed model, and the tally of what came back.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "load/repeater_private.h"
#include "metrics/registry.h"

enum {
    DIALS = 256, /* under way at a time: more overflow the accept queues of usual servers */
};

static size_t pick(struct repeater *repeater)
{
    size_t count = repeater->config.target_count;
    double at = rng_unit(&repeater->rng) * repeater->bounds[count - 1];
    size_t i = 0;
    while (i < count - 1 && at >= repeater->bounds[i])
        i++;
    return i;
}

void lane_choose(struct lane *lane)
{
    struct repeater *repeater = lane->repeater;
    const struct repeater_ops *ops = repeater->config.ops;
    if (ops && ops->next)
        ops->next(repeater->config.state, lane);
    else if (repeater->config.target_count > 1)
        lane->repeat.target = &repeater->targets[pick(repeater)];
}

/* The loop's last turn still runs the timers that are due: none of them may begin anything. */
static void end_lane(struct lane *lane)
{
    struct repeater *repeater = lane->repeater;
    lane->is_active = false;
    if (--repeater->active > 0)
        return;
    timer_cancel(&repeater->end);
    timer_cancel(&repeater->arrival);
    loop_stop(repeater->loop);
}

/* Whether one more message may be begun. */
static bool take_turn(struct repeater *repeater)
{
    bool counts = repeater->config.requests && repeater->is_warm;
    if (counts && repeater->sent >= repeater->config.requests)
        return false;
    repeater->sent++;
    return true;
}

static nsec_t pause_of(struct lane *lane)
{
    const struct repeater_config *config = &lane->repeater->config;
    return config->ops && config->ops->pause ? config->ops->pause(config->state, lane) : 0;
}

static void on_pause_over(struct timer *timer)
{
    struct lane *lane = CONTAINER_OF(timer, struct lane, pause);
    lane_choose(lane);
    repeat_go(&lane->repeat);
}

/* Whether the lane sends now; else its pause's timer will. */
static bool is_to_send(struct lane *lane)
{
    nsec_t pause_ns = pause_of(lane);
    if (UNLIKELY(pause_ns > 0)) {
        timer_set(&lane->pause, loop_now(lane->repeater->loop) + pause_ns);
        return false;
    }
    lane_choose(lane);
    return true;
}

static enum repeat_next closed_model_next(struct lane *lane, bool goes_on)
{
    if (!goes_on || !take_turn(lane->repeater)) {
        end_lane(lane);
        return REPEAT_END;
    }
    return is_to_send(lane) ? REPEAT_AGAIN : REPEAT_REST;
}

static void record_connection(struct repeater *repeater, const struct timings *timings)
{
    struct recorder *recorder = repeater->recorder;
    if (repeater->config.silent)
        return;
    if (timings->lookup_ns)
        recorder_add(recorder, METRIC_CONNECTION_LOOKUP, NULL, nsec_to_ms(timings->lookup_ns));
    if (timings->connecting_ns)
        recorder_add(recorder, METRIC_CONNECTION_CONNECTING, NULL,
                     nsec_to_ms(timings->connecting_ns));
    if (timings->tls_handshaking_ns)
        recorder_add(recorder, METRIC_CONNECTION_TLS_HANDSHAKING, NULL,
                     nsec_to_ms(timings->tls_handshaking_ns));
}

static void count(struct repeater_tally *tally, const struct repeat_answer *answer)
{
    unsigned kind = (unsigned)answer->outcome - OUTCOME_HTTP2_FIRST;
    tally->by_outcome[answer->outcome]++;
    if (kind < OUTCOME_HTTP2_KINDS)
        tally->by_http2[kind][answer->detail]++;
    if (answer->status > 0 && answer->status < REPEATER_STATUS_MAX)
        tally->by_status[answer->status]++;
}

static enum repeat_next on_answer(struct repeat *repeat, const struct repeat_answer *answer)
{
    struct lane *lane = repeat->arg;
    struct repeater *repeater = lane->repeater;
    const struct repeater_ops *ops = repeater->config.ops;
    count(&repeater->tally, answer);
    if (!answer->is_reused)
        record_connection(repeater, answer->timings);
    bool goes_on = !ops || !ops->on_answer || ops->on_answer(repeater->config.state, lane, answer);
    if (!answer->is_last)
        return REPEAT_REST;
    if (repeater->config.rate > 0)
        return open_model_next(lane);
    return closed_model_next(lane, goes_on);
}

static void begin_lane(struct lane *lane)
{
    if (lane->repeater->config.rate > 0) {
        if (open_model_next(lane) == REPEAT_AGAIN)
            repeat_go(&lane->repeat);
    } else if (!take_turn(lane->repeater)) {
        end_lane(lane);
    } else if (is_to_send(lane)) {
        repeat_go(&lane->repeat);
    }
}

static unsigned streams_of(const struct repeater *repeater)
{
    return repeater->lane_count / repeater->config.connections;
}

/* All lanes of the connection whose first one this is. */
static void begin_connection(struct lane *first)
{
    for (unsigned i = 0; i < streams_of(first->repeater); i++)
        begin_lane(first + i);
}

static void open_next(struct repeater *repeater)
{
    if (repeater->dialed == repeater->config.connections)
        return;
    struct lane *lane = &repeater->lanes[repeater->dialed++ * streams_of(repeater)];
    lane_choose(lane);
    repeat_connect(&lane->repeat);
}

static void on_connected(struct repeat *repeat, enum outcome outcome, const struct timings *timings)
{
    struct lane *lane = repeat->arg;
    struct repeater *repeater = lane->repeater;
    lane->is_open = true;
    repeater->opened++;
    if (outcome == OUTCOME_OK)
        record_connection(repeater, timings);
    else
        repeater->tally.not_opened++;
    open_next(repeater);
    if (repeater->is_loading)
        begin_connection(lane);
    else if (repeater->opened == repeater->config.connections)
        repeater_ready(repeater);
}

void lanes_open(struct repeater *repeater)
{
    for (unsigned i = 0; i < DIALS; i++)
        open_next(repeater);
}

/* The first stream of every connection before the second of any: a few requests use them all. */
void lanes_begin(struct repeater *repeater)
{
    unsigned streams = streams_of(repeater);
    for (unsigned i = 0; i < repeater->lane_count; i++) {
        struct lane *first = &repeater->lanes[i % repeater->config.connections * streams];
        if (first->is_open || !repeater->config.opens_first)
            begin_lane(first + i / repeater->config.connections);
    }
}

uint64_t lanes_busy(const struct repeater *repeater)
{
    return repeater->active - repeater->resting_count;
}

/* What is cut is in no percentile, however long it took already. */
static void note_cut(struct repeater *repeater, const struct lane *lane)
{
    nsec_t since_ns = repeat_since_ns(&lane->repeat);
    nsec_t age_ns = since_ns ? loop_now(repeater->loop) - since_ns : 0;
    repeater->tally.oldest_cut_ns = MAX_OF(repeater->tally.oldest_cut_ns, age_ns);
}

void lanes_stop(struct repeater *repeater)
{
    for (unsigned i = 0; i < repeater->lane_count; i++) {
        struct lane *lane = &repeater->lanes[i];
        if (!lane->is_active)
            continue;
        timer_cancel(&lane->pause);
        list_remove(&lane->link);
        note_cut(repeater, lane);
        repeat_done(&lane->repeat);
        end_lane(lane);
    }
    repeater->resting_count = 0;
}

static int make_targets(struct repeater *repeater, struct error *err)
{
    const struct repeater_config *config = &repeater->config;
    double sum = 0;
    repeater->targets = NEW_ARRAY(struct repeat_target, config->target_count);
    repeater->bounds = NEW_ARRAY(double, config->target_count);
    const struct transport *transport = NULL;
    if (config->transport) {
        transport = client_transport(repeater->client, config->transport, err);
        if (!transport)
            return -1;
    }
    for (size_t i = 0; i < config->target_count; i++) {
        struct repeat_target *target = &repeater->targets[i];
        const char *problem;
        *target = config->targets[i];
        target->transport = transport;
        repeater->bounds[i] = sum += config->weights ? config->weights[i] : 1;
        if (repeat_target_init(target, repeater->client, &problem) < 0)
            return error_set(err, EXIT_USAGE, "%.*s: %s", SPAN_ARG(target->url), problem);
    }
    return 0;
}

static void make_lane(struct repeater *repeater, unsigned i)
{
    const struct repeater_config *config = &repeater->config;
    struct lane *lane = &repeater->lanes[i];
    *lane = (struct lane){.repeater = repeater, .index = i, .is_active = true};
    lane->repeat = (struct repeat){
        .target = &repeater->targets[0],
        .timeout_ns = config->timeout_ns,
        .retry = config->retry,
        .silent = config->silent,
        .events = config->events,
        .events_arg = lane,
        .on_answer = on_answer,
        .on_connected = on_connected,
        .arg = lane,
    };
    timer_init(&lane->pause, repeater->loop, "lane pause", on_pause_over);
    repeat_init(&lane->repeat, repeater->sessions[i / streams_of(repeater)]);
}

int lanes_make(struct repeater *repeater, struct error *err)
{
    const struct repeater_config *config = &repeater->config;
    if (make_targets(repeater, err) < 0)
        return -1;
    rng_seed(&repeater->rng, ~(config->seed + config->index));
    repeater->lane_count = config->connections * MAX_OF(config->streams, 1);
    repeater->sessions = NEW_ARRAY(struct session *, config->connections);
    repeater->lanes = NEW_ARRAY(struct lane, repeater->lane_count);
    for (unsigned i = 0; i < config->connections; i++)
        repeater->sessions[i] = session_new(repeater->client);
    for (unsigned i = 0; i < repeater->lane_count; i++)
        make_lane(repeater, i);
    repeater->active = repeater->lane_count;
    return 0;
}

void lanes_close(struct repeater *repeater)
{
    for (unsigned i = 0; repeater->sessions && i < repeater->config.connections; i++)
        session_free(&repeater->sessions[i]);
}

void lanes_free(struct repeater *repeater)
{
    lanes_close(repeater);
    for (unsigned i = 0; repeater->lanes && i < repeater->lane_count; i++) {
        timer_done(&repeater->lanes[i].pause);
        list_remove(&repeater->lanes[i].link);
    }
    free(repeater->lanes);
    free(repeater->sessions);
    free(repeater->targets);
    free(repeater->bounds);
}
