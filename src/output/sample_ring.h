/* SPDX-License-Identifier: Apache-2.0
 *
 * A bounded queue of samples from one producing thread to one consuming thread, without locks. The
 * producer never waits: what does not fit is dropped and counted.
 */
#ifndef OUTPUT_SAMPLE_RING_H
#define OUTPUT_SAMPLE_RING_H

#include <stddef.h>
#include <stdint.h>

struct sample;
struct sample_ring;

/* `capacity` is a power of two, in samples. */
struct sample_ring *sample_ring_new(size_t capacity);
void sample_ring_free(struct sample_ring **ring);

/* Producer. */
void sample_ring_push(struct sample_ring *ring, const struct sample *sample);

/* Consumer: the oldest samples that lie side by side, valid until they are released. When it gives
 * none, the ring was empty. */
size_t sample_ring_peek(struct sample_ring *ring, const struct sample **ret_samples);

/* Consumer: gives back the oldest `count`. */
void sample_ring_release(struct sample_ring *ring, size_t count);

/* Samples dropped so far; any thread. */
uint64_t sample_ring_dropped(const struct sample_ring *ring);

#endif
