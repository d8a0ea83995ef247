/* SPDX-License-Identifier: Apache-2.0
 *
 * The ring, over liburing 2.3 (what it does not know yet of Linux is defined here).
 */
#include "loop/uring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

enum {
    ENTRIES = 1024,
    COMPLETIONS = 8192,
    BUFFERS_BYTES = 4 * 1024 * 1024,  /* at most */
    FIRST_BUFFERS_BYTES = 256 * 1024, /* which stay in the cache */
};

/* Linux 6.12. */
#define PBUF_RING_INC  2
#define CQE_F_BUF_MORE (1U << 4)

static int register_buffers(struct uring *uring, unsigned buffer_bytes, unsigned flags)
{
    struct io_uring_buf_reg buffers = {
        .ring_addr = (uintptr_t)uring->buffer_ring,
        .ring_entries = BUFFERS_BYTES / buffer_bytes,
        .bgid = URING_BUFFER_GROUP,
        .pad = (uint16_t)flags, /* `flags` since Linux 6.4 */
    };
    uring->buffer_max = buffers.ring_entries;
    uring->buffer_bytes = buffer_bytes;
    return io_uring_register_buf_ring(&uring->ring, &buffers, 0);
}

static void add_buffer(struct uring *uring, unsigned index)
{
    io_uring_buf_ring_add(uring->buffer_ring, uring->buffers + index * uring->buffer_bytes,
                          uring->buffer_bytes, (unsigned short)index,
                          io_uring_buf_ring_mask(uring->buffer_max), 0);
    io_uring_buf_ring_advance(uring->buffer_ring, 1);
    uring->filled_bytes[index] = 0;
}

void uring_add_buffer(struct uring *uring)
{
    if (uring->buffer_count < uring->buffer_max)
        add_buffer(uring, uring->buffer_count++);
}

/* Large ones when the kernel fills them piece by piece. */
static int make_buffers(struct uring *uring)
{
    /* Of whole pages, as the kernel wants the ring to be. */
    size_t ring_bytes = URING_MAX_BUFFERS * sizeof(struct io_uring_buf);
    if (posix_memalign((void **)&uring->buffer_ring, (size_t)sysconf(_SC_PAGESIZE), ring_bytes))
        mem_exhausted(1, ring_bytes);
    memset(uring->buffer_ring, 0, ring_bytes);
    uring->buffers = NEW_ARRAY(char, BUFFERS_BYTES);
    int error = register_buffers(uring, 128 * 1024, PBUF_RING_INC);
    if (error == -EINVAL)
        error = register_buffers(uring, BUFFERS_BYTES / URING_MAX_BUFFERS, 0);
    while (error == 0 && uring->buffer_count * uring->buffer_bytes < FIRST_BUFFERS_BYTES)
        uring_add_buffer(uring);
    return error;
}

int uring_init(struct uring *uring)
{
    struct io_uring_params params = {
        /* Not bound to the thread that makes it: R_DISABLED, until start(). */
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL |
                 IORING_SETUP_CQSIZE | IORING_SETUP_R_DISABLED,
        .cq_entries = COMPLETIONS,
    };
    *uring = (struct uring){0};
    int error = io_uring_queue_init_params(ENTRIES, &uring->ring, &params);
    if (error < 0)
        return error;
    uring->is_made = true;
    for (unsigned i = 0; i < uring->ring.sq.ring_entries; i++)
        uring->ring.sq.array[i] = i;
    return make_buffers(uring);
}

static unsigned waiting_entries(const struct uring *uring)
{
    return uring->ring.sq.sqe_tail - io_uring_smp_load_acquire(uring->ring.sq.khead);
}

/* What the kernel did not take is dropped; but no descriptor may stay open for it. A receive that
 * is under way keeps the socket until the ring ends, and its peer should not wait for that. */
static void drop_entries(struct uring *uring)
{
    struct io_uring_sq *sq = &uring->ring.sq;
    unsigned count = waiting_entries(uring);
    for (unsigned i = 0; i < count; i++) {
        const struct io_uring_sqe *entry = &sq->sqes[--sq->sqe_tail & sq->ring_mask];
        if (entry->opcode != IORING_OP_CLOSE)
            continue;
        shutdown(entry->fd, SHUT_RDWR);
        close(entry->fd);
    }
    io_uring_smp_store_release(sq->ktail, sq->sqe_tail);
}

void uring_done(struct uring *uring)
{
    if (uring->is_made) {
        uring_wait(uring, 0);
        drop_entries(uring);
        io_uring_queue_exit(&uring->ring);
    }
    free(uring->buffer_ring);
    free(uring->buffers);
}

/* The ring belongs to the thread that does this. A registered descriptor saves the kernel a look at
 * the table; without it all works too. */
static void start(struct uring *uring)
{
    uring->is_running = true;
    uring->owner = pthread_self();
    io_uring_register((unsigned)uring->ring.ring_fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
    io_uring_register_ring_fd(&uring->ring);
}

static int enter(struct uring *uring, unsigned min_complete, unsigned flags, void *arg,
                 size_t arg_bytes)
{
    struct io_uring *ring = &uring->ring;
    if (UNLIKELY(!uring->is_running))
        start(uring);
    /* After the load another thread closes what is left; nothing else works there. */
    if (UNLIKELY(!pthread_equal(uring->owner, pthread_self()))) {
        drop_entries(uring);
        return -EEXIST;
    }
    io_uring_smp_store_release(ring->sq.ktail, ring->sq.sqe_tail);
    if (LIKELY(ring->enter_ring_fd != ring->ring_fd))
        flags |= IORING_ENTER_REGISTERED_RING;
    return io_uring_enter2((unsigned)ring->enter_ring_fd, waiting_entries(uring), min_complete,
                           flags, arg, arg_bytes);
}

void uring_submit(struct uring *uring)
{
    (void)enter(uring, 0, 0, NULL, 0);
}

struct io_uring_sqe *uring_entry(struct uring *uring)
{
    struct io_uring_sq *sq = &uring->ring.sq;
    if (UNLIKELY(waiting_entries(uring) == sq->ring_entries)) {
        uring_submit(uring);
        /* The kernel takes no work for want of memory. */
        if (waiting_entries(uring) == sq->ring_entries)
            mem_exhausted(sq->ring_entries, sizeof(struct io_uring_sqe));
    }
    struct io_uring_sqe *entry = &sq->sqes[sq->sqe_tail++ & sq->ring_mask];
    memset(entry, 0, sizeof *entry);
    return entry;
}

void uring_wait(struct uring *uring, nsec_t max_wait_ns)
{
    struct __kernel_timespec timeout = {max_wait_ns / NSEC_PER_SEC, max_wait_ns % NSEC_PER_SEC};
    struct io_uring_getevents_arg arg = {
        .ts = max_wait_ns == NSEC_NEVER ? 0 : (uintptr_t)&timeout,
    };
    /* Signals, the end of the time and a lack of memory are nothing to do here: what was not taken
     * is handed over again by the next wait. */
    (void)enter(uring, max_wait_ns > 0, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg,
                sizeof arg);
}

static unsigned buffer_of(const struct io_uring_cqe *cqe)
{
    return cqe->flags >> IORING_CQE_BUFFER_SHIFT;
}

const char *uring_bytes(const struct uring *uring, const struct io_uring_cqe *cqe)
{
    unsigned index = buffer_of(cqe);
    return uring->buffers + index * uring->buffer_bytes + uring->filled_bytes[index];
}

void uring_give_back(struct uring *uring, const struct io_uring_cqe *cqe)
{
    unsigned index = buffer_of(cqe);
    uring->filled_bytes[index] += (unsigned)MAX_OF(cqe->res, 0);
    if (!(cqe->flags & CQE_F_BUF_MORE))
        add_buffer(uring, index);
}
