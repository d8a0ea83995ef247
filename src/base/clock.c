/* SPDX-License-Identifier: Apache-2.0
 *
 * Monotonic, wall and virtual time.
 */
#include "base/clock.h"

#include <time.h>

#include "base/util.h"

static nsec_t read_clock(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (nsec_t)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static nsec_t monotonic_now(struct clock *clock)
{
    (void)clock;
    return read_clock(CLOCK_MONOTONIC);
}

static nsec_t virtual_now(struct clock *clock)
{
    return CONTAINER_OF(clock, struct virtual_clock, clock)->now_ns;
}

struct clock *clock_monotonic(void)
{
    static struct clock monotonic = {monotonic_now};
    return &monotonic;
}

nsec_t clock_wall(void)
{
    return read_clock(CLOCK_REALTIME);
}

void virtual_clock_init(struct virtual_clock *clock, nsec_t now_ns)
{
    *clock = (struct virtual_clock){{virtual_now}, now_ns};
}

void virtual_clock_advance(struct virtual_clock *clock, nsec_t by_ns)
{
    clock->now_ns += by_ns;
}
