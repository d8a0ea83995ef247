/* SPDX-License-Identifier: Apache-2.0
 *
 * Single producer, single consumer ring. Both counters only grow; their difference is what is
 * queued. The producer looks at the consumer's counter only when its copy says that the ring is
 * full, so that the two threads rarely touch the same cache line.
 */
#include "output/sample_ring.h"

#include <assert.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "output/output.h"

#define CACHE_LINE_BYTES 64

struct sample_ring {
    struct sample *samples;
    size_t capacity;
    char before_producer[CACHE_LINE_BYTES];
    _Atomic(size_t) pushed;
    size_t released_seen;
    _Atomic(uint64_t) dropped;
    char before_consumer[CACHE_LINE_BYTES];
    _Atomic(size_t) released;
};

struct sample_ring *sample_ring_new(size_t capacity)
{
    assert(capacity && (capacity & (capacity - 1)) == 0);
    struct sample_ring *ring = NEW(struct sample_ring);
    ring->capacity = capacity;
    ring->samples = NEW_ARRAY(struct sample, capacity);
    return ring;
}

void sample_ring_free(struct sample_ring **ring)
{
    if (!*ring)
        return;
    mem_free(&(*ring)->samples);
    mem_free(ring);
}

void sample_ring_push(struct sample_ring *ring, const struct sample *sample)
{
    size_t pushed = atomic_load_explicit(&ring->pushed, memory_order_relaxed);
    if (pushed - ring->released_seen == ring->capacity)
        ring->released_seen = atomic_load_explicit(&ring->released, memory_order_acquire);
    if (pushed - ring->released_seen == ring->capacity) {
        uint64_t dropped = atomic_load_explicit(&ring->dropped, memory_order_relaxed);
        atomic_store_explicit(&ring->dropped, dropped + 1, memory_order_relaxed);
        return;
    }
    ring->samples[pushed & (ring->capacity - 1)] = *sample;
    atomic_store_explicit(&ring->pushed, pushed + 1, memory_order_release);
}

size_t sample_ring_peek(struct sample_ring *ring, const struct sample **ret_samples)
{
    size_t released = atomic_load_explicit(&ring->released, memory_order_relaxed);
    size_t queued = atomic_load_explicit(&ring->pushed, memory_order_acquire) - released;
    size_t at = released & (ring->capacity - 1);
    *ret_samples = &ring->samples[at];
    return MIN_OF(queued, ring->capacity - at);
}

void sample_ring_release(struct sample_ring *ring, size_t count)
{
    size_t released = atomic_load_explicit(&ring->released, memory_order_relaxed);
    atomic_store_explicit(&ring->released, released + count, memory_order_release);
}

uint64_t sample_ring_dropped(const struct sample_ring *ring)
{
    return atomic_load_explicit(&ring->dropped, memory_order_relaxed);
}
