/* SPDX-License-Identifier: Apache-2.0
 *
 * constant-arrival-rate: arrival i is due at i * timeUnit / rate, from the scenario's start and
 * without any rounding that could add up.
 */
#include "load/arrival.h"

static nsec_t due(struct arrivals *arrivals, int64_t i)
{
    const struct scenario *scenario = arrivals->base.scenario;
    return (nsec_t)((__int128)i * scenario->time_unit_ns / scenario->rate);
}

static void begin(struct executor *ex)
{
    arrivals_begin(CONTAINER_OF(ex, struct arrivals, base), due);
}

const struct executor_ops executor_constant_arrival_rate = {
    .bytes = sizeof(struct arrivals),
    .begin = begin,
    .tick = arrivals_tick,
    .idle = arrivals_idle,
    .done = arrivals_done,
};
