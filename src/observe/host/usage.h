/* SPDX-License-Identifier: Apache-2.0
 *
 * What samples of CPU time and memory amount to: averages and peaks in percent of the machine.
 * Pure.
 */
#ifndef OBSERVE_HOST_USAGE_H
#define OBSERVE_HOST_USAGE_H

#include <stddef.h>

#include "base/clock.h"

/* Percent, 0..100. The average is over the whole time; the peak is the largest of any sampling
 * interval. */
struct usage_level {
    double avg, peak;
};

struct host_usage {
    struct usage_level cpu;         /* of the watched processes, of all cores of the machine */
    struct usage_level memory;      /* resident memory of the watched processes, of all memory */
    struct usage_level host_cpu;    /* of everything that runs here */
    struct usage_level host_memory; /* total minus available */
    size_t samples;
    size_t gone; /* watched processes that ended meanwhile */
};

/* The state at one moment. Times only grow. */
struct usage_sample {
    nsec_t now_ns;            /* monotonic */
    double cpu_seconds;       /* of the watched processes so far */
    double host_busy_seconds; /* of all cores so far */
    double memory;            /* percent */
    double host_memory;       /* percent */
};

/* Sums of all samples; zeroed at first but for `cores` and `interval_ns`. */
struct usage_meter {
    unsigned cores;
    nsec_t interval_ns; /* CPU time comes in ticks: what is shorter than half of this has no peak */
    size_t samples;
    struct usage_sample first, last;
    struct usage_sample mark; /* where the interval that is measured now began */
    struct usage_level cpu, memory, host_cpu, host_memory; /* peaks so far; avg: sum of memory */
};

void usage_add(struct usage_meter *meter, const struct usage_sample *sample);

/* `gone` stays 0. Without an interval that is long enough the peak is the average. */
void usage_result(const struct usage_meter *meter, struct host_usage *ret_usage);

#endif
