/* SPDX-License-Identifier: Apache-2.0
 *
 * Exactly how often each duration occurred, in whole microseconds: what ab computes from one record
 * a request, without the records. Counters come in leaves of 64 that are taken on first touch, so
 * memory follows the spread of the durations, not their number: 256 bytes a leaf, and never more
 * leaves than durations.
 */
#ifndef CLI_AS_AB_DURATIONS_H
#define CLI_AS_AB_DURATIONS_H

#include <stddef.h>
#include <stdint.h>

struct durations_branch;

/* Zero is empty. */
struct durations {
    struct durations_branch **branches;
    size_t branch_count;
    uint64_t count;
    uint64_t sum_us;
};

/* Frees the memory; also the cleanup function. */
void durations_done(struct durations *durations);

/* Those over 2^40 us, 12 days, count as that. */
void durations_add(struct durations *durations, uint64_t us);

/* The one at place `rank` of all, from 0, smallest first; `rank` < count. */
uint64_t durations_at(const struct durations *durations, uint64_t rank);

/* The same for several; `ranks` ascends. */
void durations_at_each(const struct durations *durations, const uint64_t *ranks, size_t n,
                       uint64_t *ret_us);

/* How many took `us` or longer, and what they add up to. */
uint64_t durations_from(const struct durations *durations, uint64_t us, double *ret_sum_us);

/* Sample standard deviation around `mean_us`, us; 0 for less than two. */
double durations_deviation(const struct durations *durations, double mean_us);

#endif
