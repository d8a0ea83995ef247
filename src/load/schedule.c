/* SPDX-License-Identifier: Apache-2.0
 *
 * Constant gaps and Poisson gaps.
 */
#include "load/schedule.h"

#include <math.h>

/* A century: what is due later is never seen, and its time may not fit. */
static const double FAR_NS = 100 * 365.0 * 86400 * 1e9;

void schedule_init(struct schedule *schedule, double rate, enum arrivals_kind kind, unsigned index,
                   unsigned stride, uint64_t seed)
{
    *schedule = (struct schedule){.rate = rate, .kind = kind, .index = index, .stride = stride};
    /* Workers must not draw the same gaps. */
    rng_seed(&schedule->rng, seed + index * UINT64_C(0x9E3779B97F4A7C15));
}

/* Exponential, by inversion; 1 - unit is in (0, 1]. */
static double gap_ns(struct schedule *schedule)
{
    double mean_ns = 1e9 * schedule->stride / schedule->rate;
    return -log(1 - rng_unit(&schedule->rng)) * mean_ns;
}

static void set_due(struct schedule *schedule)
{
    double offset_ns;
    if (schedule->kind == ARRIVALS_POISSON)
        offset_ns = schedule->offset_ns += gap_ns(schedule);
    else
        offset_ns =
            1e9 * ((double)schedule->taken * schedule->stride + schedule->index) / schedule->rate;
    schedule->due_ns = schedule->start_ns + (nsec_t)fmin(offset_ns, FAR_NS);
}

void schedule_start(struct schedule *schedule, nsec_t start_ns)
{
    schedule->start_ns = start_ns;
    set_due(schedule);
}

void schedule_take(struct schedule *schedule)
{
    schedule->taken++;
    set_due(schedule);
}
