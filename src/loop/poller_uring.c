/* SPDX-License-Identifier: Apache-2.0
 *
 * The poller over io_uring (docs/internals/io-uring.md). A socket's receive is armed once and
 * completes many times; sends, connects and closes are handed over together with the next wait.
 * Bytes that arrive for a paused socket are kept in `stash`.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "loop/poller_uring_private.h"

enum {
    STASH_MAX_BYTES = 1 << 30, /* never reached: the stash ends the receive that fills it */
};

static const struct poller_ops uring_ops;

static void push_ready(struct uring_poller *poller, struct uring_slot *slot)
{
    if (!list_linked(&slot->slot.link))
        list_push_back(&poller->ready, &slot->slot.link);
}

/* Receiving begins with waiting: a socket that was just connected or read has nothing yet. Only TCP
 * may complete many times: after bytes a Unix socket does not say that its end has come too
 * (seen on Linux 6.18), and the end would be missed. */
static void arm(struct uring_poller *poller, struct uring_slot *slot)
{
    struct io *io = slot->slot.io;
    struct io_uring_sqe *entry = poller_uring_entry(poller, slot, FOR_RECV, IORING_OP_RECV, io->fd);
    entry->ioprio = IORING_RECVSEND_POLL_FIRST | (slot->is_tcp ? IORING_RECV_MULTISHOT : 0);
    entry->flags = IOSQE_BUFFER_SELECT;
    entry->buf_group = URING_BUFFER_GROUP;
    io->state |= IO_ARMED;
}

static void arm_again(struct uring_poller *poller, struct uring_slot *slot)
{
    if (!(slot->slot.io->state & (IO_ARMED | IO_PAUSED | IO_LAST | IO_CONNECTING)))
        arm(poller, slot);
}

static void uring_poller_free(struct poller *base)
{
    struct uring_poller *poller = CONTAINER_OF(base, struct uring_poller, poller);
    uring_done(&poller->uring);
    slot_table_done(&poller->slots);
    poller_uring_free_chunks(poller);
    free(poller);
}

/* What stands in the way, and what to do about it. */
static int refuse(int error, struct error *err)
{
    const char *remedy = "use --poller epoll";
    if (error == ENOSYS || error == EINVAL)
        remedy = "it needs Linux 6.1; use --poller epoll";
    else if (error == EPERM || error == EACCES)
        remedy = "the system forbids it (sysctl kernel.io_uring_disabled, or a container's seccomp "
                 "profile); use --poller epoll";
    else if (error == ENOMEM)
        remedy = "raise the limit on locked memory (ulimit -l) or use --poller epoll";
    else if (error == EMFILE || error == ENFILE)
        remedy = "more descriptors: ulimit -n";
    return error_set(err, EXIT_INVALID_CONFIG, "cannot use io_uring: %s; %s", strerror(error),
                     remedy);
}

struct poller *poller_uring_new(struct error *err)
{
    struct uring_poller *poller = NEW(struct uring_poller);
    poller->poller.ops = &uring_ops;
    list_init(&poller->ready);
    list_init(&poller->free_chunks);
    slot_table_init(&poller->slots, sizeof(struct uring_slot));
    int error = -uring_init(&poller->uring);
    if (error == 0)
        return &poller->poller;
    uring_poller_free(&poller->poller);
    refuse(error, err);
    return NULL;
}

static int uring_fd(const struct poller *base)
{
    return CONTAINER_OF(base, struct uring_poller, poller)->uring.ring.ring_fd;
}

static bool uring_is_pending(const struct poller *base)
{
    return !list_empty(&CONTAINER_OF(base, struct uring_poller, poller)->ready);
}

static void uring_turn_wait(struct poller *base, nsec_t max_wait_ns)
{
    struct uring_poller *poller = CONTAINER_OF(base, struct uring_poller, poller);
    uring_wait(&poller->uring, max_wait_ns);
    poller_uring_settle(poller);
    poller->turn++;
}

/* Nothing more arrives. An end that came after a failed send is that failure: sending took it from
 * the socket, so that receiving saw a plain end. */
static void note_last(struct uring_slot *slot, int result)
{
    slot->last = result == 0 && !slot->is_heard ? -slot->error : result;
    slot->slot.io->state |= IO_LAST;
}

static void hand_over_last(struct uring_slot *slot)
{
    struct io *io = slot->slot.io;
    if ((io->state & (IO_LAST | IO_ENDED | IO_PAUSED)) != IO_LAST || slot->stash.len > 0)
        return;
    io->state |= IO_ENDED;
    io->ops->on_recv(io, NULL, slot->last);
}

/* Keeps what nobody wants now, and lets no more come. */
static void put_by(struct uring_poller *poller, struct uring_slot *slot, const char *bytes,
                   size_t len)
{
    struct io *io = slot->slot.io;
    slot->stash.max = STASH_MAX_BYTES;
    strbuf_add(&slot->stash, bytes, len);
    if ((io->state & (IO_ARMED | IO_CANCELLING)) == IO_ARMED) {
        poller_uring_cancel(poller, slot, FOR_RECV);
        io->state |= IO_CANCELLING;
    }
}

static void receive(struct uring_poller *poller, struct uring_slot *slot, const char *bytes,
                    int result)
{
    struct io *io = slot->slot.io;
    uint32_t generation = slot->slot.generation;
    if (LIKELY(result > 0)) {
        slot->is_heard = true;
        slot->turn = poller->turn;
        if (UNLIKELY((io->state & IO_PAUSED) || slot->stash.len > 0))
            put_by(poller, slot, bytes, (size_t)result);
        else
            io->ops->on_recv(io, bytes, result);
    } else if (result == -ENOBUFS && slot->turn == poller->turn) {
        /* It had its share, perhaps all there was: those that had none go first. */
        push_ready(poller, slot);
        return;
    } else if (result != -ENOBUFS && result != -ECANCELED && result != -EINTR) {
        note_last(slot, result);
        hand_over_last(slot);
    }
    if (slot->slot.generation == generation)
        arm_again(poller, slot);
}

/* Once a turn: the sockets that found none are many at a time. */
static void note_no_buffer(struct uring_poller *poller)
{
    if (poller->short_turn != poller->turn)
        uring_add_buffer(&poller->uring);
    poller->short_turn = poller->turn;
}

static void on_received(struct uring_poller *poller, struct uring_slot *slot,
                        const struct io_uring_cqe *cqe)
{
    bool has_bytes = cqe->flags & IORING_CQE_F_BUFFER;
    if (cqe->res == -ENOBUFS)
        note_no_buffer(poller);
    if (slot) {
        if (!(cqe->flags & IORING_CQE_F_MORE))
            slot->slot.io->state &= ~(IO_ARMED | IO_CANCELLING);
        receive(poller, slot, has_bytes ? uring_bytes(&poller->uring, cqe) : NULL, cqe->res);
    }
    if (has_bytes)
        uring_give_back(&poller->uring, cqe);
}

static void on_connected(struct uring_poller *poller, struct uring_slot *slot, int result)
{
    struct io *io = slot->slot.io;
    uint32_t generation = slot->slot.generation;
    io->state &= ~IO_CONNECTING;
    if (result < 0)
        io->state |= IO_LAST | IO_ENDED;
    io->ops->on_connect(io, -result);
    if (slot->slot.generation == generation)
        arm_again(poller, slot);
}

static void complete(struct uring_poller *poller, const struct io_uring_cqe *cqe)
{
    struct slot *found = slot_of_tag(&poller->slots, cqe->user_data);
    struct uring_slot *slot = found ? CONTAINER_OF(found, struct uring_slot, slot) : NULL;
    unsigned kind = slot_tag_kind(cqe->user_data);
    if (LIKELY(kind == FOR_RECV))
        on_received(poller, slot, cqe); /* a buffer is given back in any case */
    else if (slot && kind == FOR_CONNECT)
        on_connected(poller, slot, cqe->res);
    else if (slot && kind == FOR_ROOM)
        poller_uring_on_room(poller, slot);
    else if (slot && kind == FOR_WATCH)
        poller_uring_on_watched(poller, slot, cqe->res);
}

/* An io that was resumed. */
static void go_on(struct uring_poller *poller, struct uring_slot *slot)
{
    struct io *io = slot->slot.io;
    uint32_t generation = slot->slot.generation;
    if (slot->stash.len > 0 && !(io->state & IO_PAUSED)) {
        size_t len = slot->stash.len;
        AUTO(mem_free) char *bytes = strbuf_take(&slot->stash);
        io->ops->on_recv(io, bytes, (ssize_t)len);
    }
    if (slot->slot.generation == generation)
        hand_over_last(slot);
    if (slot->slot.generation == generation)
        arm_again(poller, slot);
}

static void uring_dispatch(struct poller *base)
{
    struct uring_poller *poller = CONTAINER_OF(base, struct uring_poller, poller);
    struct list batch, *link;
    list_take_all(&poller->ready, &batch);
    while ((link = list_pop_front(&batch)))
        go_on(poller, CONTAINER_OF(link, struct uring_slot, slot.link));
    /* What a callback's submission completes is left for the next turn. */
    for (unsigned end = poller->settled; uring_first(&poller->uring) != end;) {
        struct io_uring_cqe cqe = *uring_at(&poller->uring, uring_first(&poller->uring));
        uring_advance(&poller->uring);
        complete(poller, &cqe);
    }
}

static struct uring_slot *open_io(struct io *io, struct loop *loop, const struct io_ops *ops,
                                  int fd, unsigned state)
{
    struct slot *slot = slot_take(&poller_uring_of(loop)->slots);
    slot->io = io;
    *io = (struct io){.ops = ops, .loop = loop, .fd = fd, .state = state, .poller_ref = slot};
    return poller_uring_slot(io);
}

/* Descriptors that were closed may not be free before the next submission. */
static int open_socket(struct uring_poller *poller, const struct io_route *route)
{
    int fd = poller_socket(route);
    if (fd != -EMFILE && fd != -ENFILE)
        return fd;
    poller_uring_flush(poller);
    return poller_socket(route);
}

static int uring_connect(struct io *io, struct loop *loop, const struct io_ops *ops,
                         const struct io_route *route)
{
    struct uring_poller *poller = poller_uring_of(loop);
    int fd = open_socket(poller, route);
    if (fd < 0)
        return fd;
    struct uring_slot *slot = open_io(io, loop, ops, fd, IO_CONNECTING);
    slot->is_tcp = route->peer->sa_family != AF_UNIX;
    memcpy(&slot->peer, route->peer, route->peer_len);
    struct io_uring_sqe *entry =
        poller_uring_entry(poller, slot, FOR_CONNECT, IORING_OP_CONNECT, fd);
    entry->addr = (uintptr_t)&slot->peer;
    entry->off = route->peer_len;
    poller_uring_note_start(poller);
    return 0;
}

static int domain_of(int fd)
{
    int domain = AF_UNSPEC;
    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &(socklen_t){sizeof domain});
    return domain;
}

static int uring_attach(struct io *io, struct loop *loop, const struct io_ops *ops, int fd)
{
    if (fcntl(fd, F_GETFD) < 0)
        return -errno;
    struct uring_slot *slot = open_io(io, loop, ops, fd, 0);
    slot->is_tcp = domain_of(fd) != AF_UNIX;
    arm(poller_uring_of(loop), slot);
    return 0;
}

static void uring_pause(struct io *io)
{
    io->state |= IO_PAUSED;
}

static void uring_resume(struct io *io)
{
    struct uring_poller *poller = poller_uring_of(io->loop);
    struct uring_slot *slot = poller_uring_slot(io);
    io->state &= ~IO_PAUSED;
    if (slot->stash.len > 0 || (io->state & IO_LAST))
        push_ready(poller, slot);
    else
        arm_again(poller, slot);
}

/* The descriptor is closed behind what was handed over for it, so that last bytes still leave; a
 * receive would hold the socket open. */
static void uring_close(struct io *io)
{
    struct uring_poller *poller = poller_uring_of(io->loop);
    struct uring_slot *slot = poller_uring_slot(io);
    if (io->state & IO_CONNECTING) {
        poller_uring_flush(poller); /* the kernel reads the address from the slot */
        poller_uring_cancel(poller, slot, FOR_CONNECT);
    }
    if (io->state & IO_ARMED)
        poller_uring_cancel(poller, slot, FOR_RECV);
    if (io->state & IO_WAITS_FOR_ROOM)
        poller_uring_cancel(poller, slot, FOR_ROOM);
    poller_uring_entry(poller, slot, FOR_NOBODY, IORING_OP_CLOSE, io->fd)->flags =
        IOSQE_CQE_SKIP_SUCCESS;
    poller_uring_leave(poller, slot);
    strbuf_done(&slot->stash);
    slot_give_back(&poller->slots, &slot->slot);
    /* Perhaps no turn follows. */
    if (!io->loop->turning)
        poller_uring_flush(poller);
}

static const struct poller_ops uring_ops = {
    .kind = POLLER_IO_URING,
    .free = uring_poller_free,
    .fd = uring_fd,
    .is_pending = uring_is_pending,
    .wait = uring_turn_wait,
    .dispatch = uring_dispatch,
    .connect = uring_connect,
    .attach = uring_attach,
    .send = poller_uring_send,
    .unsent = poller_uring_unsent,
    .pause = uring_pause,
    .resume = uring_resume,
    .close = uring_close,
    .watch_init = poller_uring_watch_init,
    .watch_set = poller_uring_watch_set,
    .watch_done = poller_uring_watch_done,
};
