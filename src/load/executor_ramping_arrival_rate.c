/* SPDX-License-Identifier: Apache-2.0
 *
 * ramping-arrival-rate: the rate goes in straight lines from startRate through the stages' targets;
 * arrival i is due when the area under that line reaches i + 1. The area of whole stages is kept
 * as an exact integer in units of half an arrival per timeUnit, so nothing drifts from stage to
 * stage; only the place inside of a stage is a floating-point number.
 */
#include <math.h>

#include "load/arrival.h"

struct ramping_arrival_rate {
    struct arrivals arrivals;
    size_t stage;
    nsec_t stage_start_ns;
    int64_t from;   /* rate at the start of the stage */
    __int128 area2; /* before the stage: twice the arrivals times timeUnit */
};

static __int128 stage_area2(const struct ramping_arrival_rate *self, const struct stage *stage)
{
    return (__int128)stage->duration_ns * (self->from + stage->target);
}

/* The x at which from * x + (to - from) / (2 * duration) * x * x is area2 / 2: the root in the form
 * that needs neither a case for a constant rate nor one for a start at zero. */
static nsec_t solve(double from, const struct stage *stage, double area2)
{
    double slope = ((double)stage->target - from) / (double)stage->duration_ns;
    double root = sqrt(fmax(0, from * from + slope * area2));
    return MIN_OF((nsec_t)llround(area2 / (from + root)), stage->duration_ns);
}

static nsec_t due(struct arrivals *arrivals, int64_t i)
{
    struct ramping_arrival_rate *self =
        CONTAINER_OF(arrivals, struct ramping_arrival_rate, arrivals);
    const struct scenario *scenario = arrivals->base.scenario;
    __int128 wanted2 = (__int128)(i + 1) * 2 * scenario->time_unit_ns;
    while (self->stage < scenario->stage_count) {
        const struct stage *stage = &scenario->stages[self->stage];
        __int128 inside2 = wanted2 - self->area2;
        if (inside2 <= stage_area2(self, stage))
            return self->stage_start_ns + solve((double)self->from, stage, (double)inside2);
        self->area2 += stage_area2(self, stage);
        self->stage_start_ns += stage->duration_ns;
        self->from = stage->target;
        self->stage++;
    }
    return NSEC_NEVER;
}

static void begin(struct executor *ex)
{
    struct arrivals *arrivals = CONTAINER_OF(ex, struct arrivals, base);
    CONTAINER_OF(arrivals, struct ramping_arrival_rate, arrivals)->from = ex->scenario->rate;
    arrivals_begin(arrivals, due);
}

const struct executor_ops executor_ramping_arrival_rate = {
    .bytes = sizeof(struct ramping_arrival_rate),
    .begin = begin,
    .tick = arrivals_tick,
    .idle = arrivals_idle,
    .done = arrivals_done,
};
