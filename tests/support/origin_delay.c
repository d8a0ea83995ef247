/* SPDX-License-Identifier: Apache-2.0
 *
 * Known latency distributions. The query names one; times are microseconds:
 *   kind=constant&us=5000              kind=uniform&from=1000&to=20000
 *   kind=exponential&mean=10000        kind=lognormal&median=5000&sigma_percent=80
 *   kind=bimodal&fast=2000&slow=200000&slow_permille=15
 * What is logged is not what was drawn but what it became: the time from the arrival of the
 * request's last byte, by the kernel's stamp, to the moment before its answer is written.
 */
#include <math.h>

#include "base/mem.h"
#include "support/origin.h"

static double draw_constant(struct origin_conn *conn)
{
    return (double)origin_conn_param(conn, "us", 5000);
}

static double draw_uniform(struct origin_conn *conn)
{
    double from = (double)origin_conn_param(conn, "from", 1000);
    double to = (double)origin_conn_param(conn, "to", 20000);
    return from + (to - from) * rng_unit(&conn->rng);
}

static double draw_exponential(struct origin_conn *conn)
{
    return -(double)origin_conn_param(conn, "mean", 10000) * log(1 - rng_unit(&conn->rng));
}

static double draw_bimodal(struct origin_conn *conn)
{
    bool slow = rng_below(&conn->rng, 1000) < origin_conn_param(conn, "slow_permille", 15);
    return (double)(slow ? origin_conn_param(conn, "slow", 200000)
                         : origin_conn_param(conn, "fast", 2000));
}

/* Box and Muller's method for the normal part. */
static double draw_lognormal(struct origin_conn *conn)
{
    double sigma = (double)origin_conn_param(conn, "sigma_percent", 80) / 100;
    double radius = sqrt(-2 * log(1 - rng_unit(&conn->rng)));
    double normal = radius * cos(2 * M_PI * rng_unit(&conn->rng));
    return (double)origin_conn_param(conn, "median", 5000) * exp(sigma * normal);
}

static const struct {
    const char *kind;
    double (*draw_us)(struct origin_conn *conn);
} KINDS[] = {
    {"constant", draw_constant}, {"uniform", draw_uniform},     {"exponential", draw_exponential},
    {"bimodal", draw_bimodal},   {"lognormal", draw_lognormal},
};

static void log_delay(struct origin *origin, nsec_t delay_ns)
{
    pthread_mutex_lock(&origin->lock);
    if (origin->delay_count == origin->delay_cap) {
        origin->delay_cap = origin->delay_cap ? 2 * origin->delay_cap : 1 << 16;
        origin->delays = GROW_ARRAY(origin->delays, origin->delay_cap);
    }
    origin->delays[origin->delay_count++] = delay_ns;
    pthread_mutex_unlock(&origin->lock);
}

void origin_delay(struct origin_conn *conn)
{
    struct span kind = origin_conn_text_param(conn, "kind");
    double us = 0;
    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        if (span_equal(kind, span_cstr(KINDS[i].kind)))
            us = KINDS[i].draw_us(conn);
    }
    origin_sleep_until(conn->arrival_ns + (nsec_t)(us * 1e3));
    log_delay(conn->origin, clock_now(clock_monotonic()) - conn->arrival_ns);
}
