/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the poller over io_uring to each other: sockets that are opened, read and closed
 * (poller_uring.c), what is sent on them (poller_uring_send.c), and watched descriptors
 * (poller_uring_watch.c).
 */
#ifndef LOOP_POLLER_URING_PRIVATE_H
#define LOOP_POLLER_URING_PRIVATE_H

#include "base/list.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "loop/loop_private.h"
#include "loop/poller.h"
#include "loop/slot.h"
#include "loop/uring.h"

enum {
    /* Work that starts something on the wire waits for that many of its kind at most: the first of
     * them should not leave long after its sender looked at the clock. */
    URING_BATCH = 32,
};

/* Bits of io->state. */
enum {
    IO_CONNECTING = 1 << 0,
    IO_ARMED = 1 << 1,      /* a receive is under way */
    IO_CANCELLING = 1 << 2, /* and is to end */
    IO_PAUSED = 1 << 3,
    IO_FULL = 1 << 4,           /* io_send() was short: on_writable is owed */
    IO_WAITS_FOR_ROOM = 1 << 5, /* the kernel tells when the socket has room */
    IO_LAST = 1 << 6,           /* slot->last is known: nothing more arrives */
    IO_ENDED = 1 << 7,          /* on_recv had its last call */
};

/* Kinds of tags. A slot has one completion of each kind to expect at most. */
enum {
    FOR_NOBODY,
    FOR_RECV,
    FOR_CONNECT,
    FOR_SEND,
    FOR_ROOM,
    FOR_WATCH,
};

struct chunk;

struct uring_slot {
    struct slot slot;    /* listed: in poller->ready, or in the batch being dispatched */
    struct chunk *chunk; /* what is being sent; NULL: nothing */
    struct strbuf stash;
    ssize_t last;  /* of on_recv: 0 or -errno */
    int error;     /* with which sending failed */
    bool is_heard; /* bytes came after that */
    unsigned turn; /* in which bytes came last */
    bool is_tcp;
    bool is_watching;
    struct sockaddr_storage peer;
};

struct uring_poller {
    struct poller poller;
    struct uring uring;
    struct list ready;
    struct list free_chunks;
    struct chunk *sending[URING_BATCH];
    unsigned sending_count;
    unsigned started_count;    /* sends and connects since the last submission */
    unsigned settled;          /* up to where sends have seen the completions */
    unsigned turn, short_turn; /* this one; the last one in which buffers were short */
    struct slot_table slots;
};

static inline struct uring_poller *poller_uring_of(const struct loop *loop)
{
    return CONTAINER_OF(loop->poller, struct uring_poller, poller);
}

static inline struct uring_slot *poller_uring_slot(const struct io *io)
{
    return io->poller_ref;
}

static inline struct io_uring_sqe *poller_uring_entry(struct uring_poller *poller,
                                                      const struct uring_slot *slot, unsigned kind,
                                                      unsigned opcode, int fd)
{
    struct io_uring_sqe *entry = uring_entry(&poller->uring);
    entry->opcode = (uint8_t)opcode;
    entry->fd = fd;
    entry->user_data = slot_tag(&slot->slot, kind);
    return entry;
}

/* Whether there was anything to cancel is of no interest. */
static inline void poller_uring_cancel(struct uring_poller *poller, const struct uring_slot *slot,
                                       unsigned kind)
{
    struct io_uring_sqe *entry =
        poller_uring_entry(poller, slot, FOR_NOBODY, IORING_OP_ASYNC_CANCEL, -1);
    entry->addr = slot_tag(&slot->slot, kind);
    entry->flags = IOSQE_CQE_SKIP_SUCCESS;
}

static inline void poller_uring_poll(struct uring_poller *poller, const struct uring_slot *slot,
                                     unsigned kind, int fd, unsigned events)
{
    poller_uring_entry(poller, slot, kind, IORING_OP_POLL_ADD, fd)->poll32_events = events;
}

/* poller_uring_send.c */
ssize_t poller_uring_send(struct io *io, const void *bytes, size_t len);
size_t poller_uring_unsent(const struct io *io);

/* The socket has room again. */
void poller_uring_on_room(struct uring_poller *poller, struct uring_slot *slot);

/* After a submission: frees the chunks that were sent, and notes how far the others came. */
void poller_uring_settle(struct uring_poller *poller);

/* Submits at once. */
void poller_uring_flush(struct uring_poller *poller);

/* Something will leave with the next submission. */
void poller_uring_note_start(struct uring_poller *poller);

/* The socket closes behind its last bytes. */
void poller_uring_leave(struct uring_poller *poller, struct uring_slot *slot);

/* After the ring has ended. */
void poller_uring_free_chunks(struct uring_poller *poller);

/* poller_uring_watch.c */
int poller_uring_watch_init(struct fd_watch *watch);
int poller_uring_watch_set(struct fd_watch *watch);
void poller_uring_watch_done(struct fd_watch *watch);
void poller_uring_on_watched(struct uring_poller *poller, struct uring_slot *slot, int result);

#endif
