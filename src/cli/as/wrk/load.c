/* SPDX-License-Identifier: Apache-2.0
 *
 * One thread of wrk or wrk2 during the load.
 */
#include "cli/as/wrk/load.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/util.h"
#include "script/wrk/wrk_lane.h"
#include "script/wrk/wrk_script.h"

#define RATE_WINDOW_NS         (100 * NSEC_PER_MSEC)
#define WARM_UP_NS             (10 * NSEC_PER_SEC)
#define WARM_UP_CONNECTION_NS  (5 * NSEC_PER_MSEC)
#define CALIBRATION_MIN_MS     10
#define CALIBRATION_PERCENTILE 90

void wrk_load_init(struct wrk_load *load, const struct wrk_load_config *config)
{
    *load = (struct wrk_load){
        .script = config->script,
        .counts_parts = config->is_wrk2 && !config->batch_latency,
        .timeout_us = MIN_OF(config->timeout_s, UINT64_MAX / 1000000) * 1000000,
        .window_ns = config->is_wrk2 ? 0 : RATE_WINDOW_NS,
        .warm_up_ns = config->is_wrk2 ? WARM_UP_NS + config->lanes * WARM_UP_CONNECTION_NS : 0,
        .since_ns = NEW_ARRAY(nsec_t, config->lanes),
        .lanes = config->lanes,
    };
    distribution_init(&load->latency);
    distribution_init(&load->uncorrected);
    distribution_init(&load->rates);
}

void wrk_load_done(struct wrk_load *load)
{
    distribution_done(&load->latency);
    distribution_done(&load->uncorrected);
    distribution_done(&load->rates);
    free(load->since_ns);
    *load = (struct wrk_load){0};
}

void wrk_load_begin(struct wrk_load *load, nsec_t now_ns)
{
    load->start_ns = now_ns;
    load->window_end_ns = now_ns + load->window_ns;
    for (unsigned i = 0; i < load->lanes; i++)
        load->since_ns[i] = now_ns;
}

static void close_windows(struct wrk_load *load, nsec_t now_ns)
{
    while (now_ns >= load->window_end_ns) {
        distribution_add(&load->rates, load->window_answers * NSEC_PER_SEC / load->window_ns);
        load->window_answers = 0;
        load->window_end_ns += load->window_ns;
    }
}

/* wrk2's windows begin here, twice as long as nine in ten answers take. */
static void calibrate(struct wrk_load *load, nsec_t now_ns)
{
    uint64_t most_us = distribution_percentile(&load->latency, CALIBRATION_PERCENTILE);
    load->is_calibrated = true;
    load->calibration.mean_us = distribution_mean(&load->latency);
    load->calibration.interval_ms = MAX_OF(most_us * 2 / 1000, CALIBRATION_MIN_MS);
    load->window_ns = (nsec_t)load->calibration.interval_ms * NSEC_PER_MSEC;
    load->window_end_ns = now_ns + load->window_ns;
    distribution_reset(&load->latency);
    distribution_reset(&load->uncorrected);
}

static void count_window(struct wrk_load *load, nsec_t now_ns)
{
    if (UNLIKELY(load->window_ns == 0)) {
        if (now_ns < load->start_ns + load->warm_up_ns)
            return;
        calibrate(load, now_ns);
    }
    if (UNLIKELY(now_ns >= load->window_end_ns))
        close_windows(load, now_ns);
    load->window_answers++;
}

static void count_latency(struct wrk_load *load, const struct timings *timings)
{
    uint64_t own_us = (uint64_t)(timings_duration_ns(timings) / NSEC_PER_USEC);
    if (UNLIKELY(own_us >= load->timeout_us))
        load->counts.timeouts++;
    if (timings->due_ns == 0) {
        distribution_add(&load->latency, own_us);
        return;
    }
    distribution_add(&load->latency, (uint64_t)(timings_total_ns(timings) / NSEC_PER_USEC));
    distribution_add(&load->uncorrected, own_us);
}

static void count_answer(struct wrk_load *load, const struct repeat_answer *answer)
{
    load->counts.requests++;
    load->counts.bad_statuses += answer->status > 399;
    if (UNLIKELY(answer->until_close || answer->has_surplus)) {
        load->counts.read_errors++;
        load->counts.until_close += answer->until_close;
    }
    count_window(load, answer->timings->end_ns);
    if (answer->is_last || load->counts_parts)
        count_latency(load, answer->timings);
}

/* Also what a server says against a handshake of TLS 1.3 after the client's part of it is over. */
static bool is_delivered(const struct repeat_answer *answer)
{
    return outcome_category(answer->outcome) != OUTCOME_CATEGORY_UNDELIVERED ||
           answer->timings->sending_ns + answer->timings->waiting_ns > 0;
}

static void count_failure(struct wrk_load *load, const struct repeat_answer *answer)
{
    switch (answer->outcome) {
    case OUTCOME_TIMEOUT:
        load->counts.timeouts++;
        break;
    case OUTCOME_BROKEN_PIPE:
        load->counts.write_errors++;
        break;
    default:
        if (is_delivered(answer))
            load->counts.read_errors++;
        else
            load->counts.connect_errors++;
    }
}

static bool is_answered(enum outcome outcome)
{
    return LIKELY(outcome == OUTCOME_OK) || outcome_category(outcome) == OUTCOME_CATEGORY_ANSWERED;
}

static bool on_answer(void *state, struct lane *lane, const struct repeat_answer *answer)
{
    struct wrk_load *load = state;
    if (is_answered(answer->outcome))
        count_answer(load, answer);
    else
        count_failure(load, answer);
    if (!answer->is_last)
        return true;
    /* wrk does not count what it cannot read. */
    if (LIKELY(answer->outcome != OUTCOME_MALFORMED && !answer->has_surplus))
        load->counts.bytes += answer->bytes;
    load->counts.messages++;
    load->since_ns[lane->index] = answer->timings->end_ns;
    return true;
}

static nsec_t script_pause(void *state, struct lane *lane)
{
    struct wrk_load *load = state;
    nsec_t pause_ns = wrk_lane_pause(load->script, lane);
    if (pause_ns > 0)
        load->since_ns[lane->index] = NSEC_NEVER;
    return pause_ns;
}

static void script_next(void *state, struct lane *lane)
{
    struct wrk_load *load = state;
    nsec_t *since_ns = &load->since_ns[lane->index];
    if (*since_ns == NSEC_NEVER)
        *since_ns = clock_now(repeater_clock(lane->repeater));
    wrk_lane_next(load->script, lane);
}

static bool script_on_answer(void *state, struct lane *lane, const struct repeat_answer *answer)
{
    struct wrk_load *load = state;
    on_answer(state, lane, answer);
    return wrk_lane_answer(load->script, lane, answer);
}

const struct repeater_ops WRK_LOAD_STATIC = {.on_answer = on_answer};
const struct repeater_ops WRK_LOAD_SCRIPT = {.next = script_next, .on_answer = script_on_answer};
const struct repeater_ops WRK_LOAD_DELAYED = {
    .pause = script_pause,
    .next = script_next,
    .on_answer = script_on_answer,
};

static void count_waiting(struct wrk_load *load, nsec_t now_ns)
{
    for (unsigned i = 0; i < load->lanes; i++) {
        if (load->since_ns[i] > now_ns)
            continue;
        uint64_t waited_us = (uint64_t)((now_ns - load->since_ns[i]) / NSEC_PER_USEC);
        if (waited_us < load->timeout_us)
            continue;
        load->counts.timeouts++;
        distribution_add(&load->latency, waited_us);
    }
}

/* A run without any answer has no windows, as in wrk; a thread that its script stopped sees none
 * after that. */
void wrk_load_end(struct wrk_load *load, nsec_t now_ns)
{
    if (load->script && wrk_thread_is_stopped(load->script))
        return;
    if (load->window_ns && load->counts.requests)
        close_windows(load, now_ns);
    if (load->warm_up_ns == 0)
        count_waiting(load, now_ns);
}

uint64_t wrk_load_add_waiting(struct wrk_load *load, uint64_t waiting, uint64_t sent, double gap_us)
{
    uint64_t late = 0;
    for (uint64_t i = 1; i <= waiting; i++) {
        double waited_us = (double)i * gap_us;
        if (waited_us < (double)load->timeout_us)
            continue;
        distribution_add(&load->latency, (uint64_t)waited_us);
        late++;
    }
    load->counts.timeouts += MIN_OF(late, sent);
    return late;
}

static void merge_counts(struct wrk_counts *into, const struct wrk_counts *from)
{
    into->requests += from->requests;
    into->bytes += from->bytes;
    into->connect_errors += from->connect_errors;
    into->read_errors += from->read_errors;
    into->write_errors += from->write_errors;
    into->timeouts += from->timeouts;
    into->bad_statuses += from->bad_statuses;
    into->until_close += from->until_close;
    into->messages += from->messages;
}

void wrk_load_merge(struct wrk_load *into, const struct wrk_load *from)
{
    distribution_merge(&into->latency, &from->latency);
    distribution_merge(&into->uncorrected, &from->uncorrected);
    distribution_merge(&into->rates, &from->rates);
    merge_counts(&into->counts, &from->counts);
}
