/* SPDX-License-Identifier: Apache-2.0
 *
 * Pseudo-random numbers for load shapes and synthetic data: xoshiro256** (Blackman, Vigna 2018),
 * seeded through splitmix64. Same seed, same numbers, on every machine. Not for secrets.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t state[4];
};

void rng_seed(struct rng *rng, uint64_t seed);
uint64_t rng_next(struct rng *rng);

/* Uniform in [0, bound), without modulo bias; bound >= 1. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

/* Uniform in [0, 1) with 53 bits. */
double rng_unit(struct rng *rng);

#endif
