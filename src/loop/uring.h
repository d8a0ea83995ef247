/* SPDX-License-Identifier: Apache-2.0
 *
 * One io_uring with its ring of receive buffers: making it, handing it work, waiting. What the
 * work means is poller_uring.c's. Needs Linux 6.1 (task work deferred to the waiting thread).
 *
 * The thread that first submits or waits owns the ring from then on; it may be made and ended on
 * another one.
 */
#ifndef LOOP_URING_H
#define LOOP_URING_H

#include <liburing.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/util.h"

enum {
    URING_BUFFER_GROUP = 0,
    URING_MAX_BUFFERS = 256,
};

struct uring {
    struct io_uring ring;
    bool is_made, is_running;
    pthread_t owner; /* once it is running */

    /* Received bytes. The kernel fills one buffer after the other; it fills them piece by piece
     * (Linux 6.12), or each piece takes a whole one. Few, until they do not suffice. */
    struct io_uring_buf_ring *buffer_ring;
    char *buffers;
    unsigned buffer_count, buffer_max, buffer_bytes;
    unsigned filled_bytes[URING_MAX_BUFFERS]; /* handed out of each buffer */
};

/* 0 or -errno. */
int uring_init(struct uring *uring);

/* Work that was handed over and not submitted is done as far as it closes descriptors; work in the
 * kernel is cancelled. Harmless when uring_init() failed. */
void uring_done(struct uring *uring);

/* An empty entry for work to be handed over; the kernel sees it with the next submission (at once
 * when no entry is free). Valid until then. */
struct io_uring_sqe *uring_entry(struct uring *uring);

/* Gives the kernel what was handed over. Its completions may stand in the ring afterwards, but no
 * others come. */
void uring_submit(struct uring *uring);

/* The same and waits for a completion, for `max_wait_ns` at most (NSEC_NEVER: no limit). */
void uring_wait(struct uring *uring, nsec_t max_wait_ns);

/* Completions that stand in the ring, by position. */
static inline unsigned uring_first(const struct uring *uring)
{
    return *uring->ring.cq.khead;
}

static inline unsigned uring_end(const struct uring *uring)
{
    return io_uring_smp_load_acquire(uring->ring.cq.ktail);
}

static inline const struct io_uring_cqe *uring_at(const struct uring *uring, unsigned position)
{
    return &uring->ring.cq.cqes[position & uring->ring.cq.ring_mask];
}

/* The first completion was seen: its place is the kernel's again. */
static inline void uring_advance(struct uring *uring)
{
    io_uring_smp_store_release(uring->ring.cq.khead, uring_first(uring) + 1);
}

/* Position of the next entry, and whether the kernel has taken what stood at `position`. */
static inline unsigned uring_entry_position(const struct uring *uring)
{
    return uring->ring.sq.sqe_tail;
}

static inline bool uring_is_taken(const struct uring *uring, unsigned position)
{
    return (int)(io_uring_smp_load_acquire(uring->ring.sq.khead) - position) > 0;
}

/* One more buffer, unless there are enough by all means. */
void uring_add_buffer(struct uring *uring);

/* The bytes of a receive that completed with a buffer; in the order of completions. They are lent
 * until uring_give_back(), which every such completion is due. */
const char *uring_bytes(const struct uring *uring, const struct io_uring_cqe *cqe);
void uring_give_back(struct uring *uring, const struct io_uring_cqe *cqe);

#endif
