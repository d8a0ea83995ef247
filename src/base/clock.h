/* SPDX-License-Identifier: Apache-2.0
 *
 * The one notion of time: CLOCK_MONOTONIC in nanoseconds, read through a clock object so that
 * tests can drive time by hand. Wall-clock time exists only for what people read (clock_wall).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

typedef int64_t nsec_t;

#define NSEC_PER_USEC ((nsec_t)1000)
#define NSEC_PER_MSEC ((nsec_t)1000000)
#define NSEC_PER_SEC  ((nsec_t)1000000000)
#define NSEC_NEVER    INT64_MAX

struct clock {
    nsec_t (*now)(struct clock *clock);
};

/* Hand-driven time for tests: starts at `now_ns`, moves only when told. */
struct virtual_clock {
    struct clock clock;
    nsec_t now_ns;
};

/* The machine's monotonic clock; any thread. */
struct clock *clock_monotonic(void);

/* Wall-clock time, nanoseconds since 1970-01-01 UTC; for display and logs only. */
nsec_t clock_wall(void);

void virtual_clock_init(struct virtual_clock *clock, nsec_t now_ns);
void virtual_clock_advance(struct virtual_clock *clock, nsec_t by_ns);

static inline nsec_t clock_now(struct clock *clock)
{
    return clock->now(clock);
}

static inline double nsec_to_ms(nsec_t ns)
{
    return (double)ns / 1e6;
}

#endif
