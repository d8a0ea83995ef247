/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions (pthread_cond_init(3)) that are waited for by the time of clock_monotonic(): setting
 * the machine's clock wakes nobody early and leaves nobody asleep.
 */
#ifndef BASE_COND_H
#define BASE_COND_H

#include <pthread.h>

#include "base/clock.h"

/* pthread_cond_destroy() ends it. */
static inline void cond_init_monotonic(pthread_cond_t *cond)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

/* pthread_cond_timedwait(3) on such a condition: 0, also for no reason at all, or ETIMEDOUT. */
static inline int cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, nsec_t until_ns)
{
    const struct timespec until = {.tv_sec = until_ns / NSEC_PER_SEC,
                                   .tv_nsec = until_ns % NSEC_PER_SEC};
    return pthread_cond_timedwait(cond, mutex, &until);
}

#endif
