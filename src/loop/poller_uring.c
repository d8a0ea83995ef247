/* SPDX-License-Identifier: Apache-2.0
 *
 * The poller over io_uring (docs/internals/io-uring.md). A socket's receive is armed once and
 * completes many times; sends, connects and closes are handed over together with the next wait.
 * Bytes that arrive for a paused socket are kept in `stash`.
 *
 * At most one send of an io is under way. Its bytes wait in a chunk of ours; the kernel is told not
 * to wait for room and to be silent about success, so that after a submission each chunk is either
 * done with or named by a completion that says how far it came.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "loop/loop_private.h"
#include "loop/poller.h"
#include "loop/slot.h"
#include "loop/uring.h"

enum {
    /* Work that starts something on the wire waits for that many of its kind at most: the first of
     * them should not leave long after its sender looked at the clock. */
    BATCH = 32,
    CHUNK_BYTES = 4096,
    STASH_MAX_BYTES = 1 << 30, /* never reached: the stash ends the receive that fills it */
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

/* Bytes that io_send() took. On the free list, or one of poller->sending, or kept by its slot. */
struct chunk {
    struct list link;
    struct uring_slot *owner; /* NULL: closed meanwhile */
    struct io_uring_sqe *entry;
    unsigned position; /* of the entry */
    bool is_kept;      /* not all was sent */
    size_t start, len; /* what is not sent yet */
    char bytes[CHUNK_BYTES];
};

struct uring_slot {
    struct slot slot; /* listed: in poller->ready, or in the batch being dispatched */
    struct chunk *chunk;
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
    struct chunk *sending[BATCH];
    unsigned sending_count;
    unsigned started_count;    /* sends and connects since the last submission */
    unsigned settled;          /* up to where settle() has seen the completions */
    unsigned turn, short_turn; /* this one; the last one in which buffers were short */
    struct slot_table slots;
};

static const struct poller_ops uring_ops;

static struct uring_poller *uring_of(const struct loop *loop)
{
    return CONTAINER_OF(loop->poller, struct uring_poller, poller);
}

static struct uring_slot *slot_of(const struct io *io)
{
    return io->poller_ref;
}

static void push_ready(struct uring_poller *poller, struct uring_slot *slot)
{
    if (!list_linked(&slot->slot.link))
        list_push_back(&poller->ready, &slot->slot.link);
}

static struct io_uring_sqe *entry_for(struct uring_poller *poller, const struct uring_slot *slot,
                                      unsigned kind, unsigned opcode, int fd)
{
    struct io_uring_sqe *entry = uring_entry(&poller->uring);
    entry->opcode = (uint8_t)opcode;
    entry->fd = fd;
    entry->user_data = slot_tag(&slot->slot, kind);
    return entry;
}

/* Whether there was anything to cancel is of no interest. */
static void cancel(struct uring_poller *poller, const struct uring_slot *slot, unsigned kind)
{
    struct io_uring_sqe *entry = entry_for(poller, slot, FOR_NOBODY, IORING_OP_ASYNC_CANCEL, -1);
    entry->addr = slot_tag(&slot->slot, kind);
    entry->flags = IOSQE_CQE_SKIP_SUCCESS;
}

/* Receiving begins with waiting: a socket that was just connected or read has nothing yet. Only TCP
 * may complete many times: after bytes a Unix socket does not say that its end has come too
 * (seen on Linux 6.18), and the end would be missed. */
static void arm(struct uring_poller *poller, struct uring_slot *slot)
{
    struct io *io = slot->slot.io;
    struct io_uring_sqe *entry = entry_for(poller, slot, FOR_RECV, IORING_OP_RECV, io->fd);
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

static void poll_once(struct uring_poller *poller, const struct uring_slot *slot, unsigned kind,
                      int fd, unsigned events)
{
    entry_for(poller, slot, kind, IORING_OP_POLL_ADD, fd)->poll32_events = events;
}

static void wait_for_room(struct uring_poller *poller, struct uring_slot *slot)
{
    struct io *io = slot->slot.io;
    if (!(io->state & IO_WAITS_FOR_ROOM))
        poll_once(poller, slot, FOR_ROOM, io->fd, POLLOUT);
    io->state |= IO_WAITS_FOR_ROOM;
}

static struct chunk *take_chunk(struct uring_poller *poller)
{
    struct list *link = list_pop_front(&poller->free_chunks);
    return link ? CONTAINER_OF(link, struct chunk, link) : NEW(struct chunk);
}

static void free_chunk(struct uring_poller *poller, struct chunk *chunk)
{
    if (chunk->owner)
        chunk->owner->chunk = NULL;
    list_push_front(&poller->free_chunks, &chunk->link);
}

/* A send came to an end early: `result` is what it sent, or -errno. */
static void keep_rest(struct uring_poller *poller, struct uring_slot *slot, int result)
{
    struct chunk *chunk = slot->chunk;
    size_t sent = (size_t)MAX_OF(result, 0);
    chunk->is_kept = true;
    chunk->start += sent;
    chunk->len -= sent;
    if (result >= 0 || result == -EAGAIN) {
        wait_for_room(poller, slot);
    } else {
        slot->error = -result;
        slot->is_heard = false;
    }
}

/* After a submission: new completions name the chunks that were not sent whole; the others are
 * free. */
static void settle(struct uring_poller *poller)
{
    unsigned end = uring_end(&poller->uring);
    for (; poller->settled != end; poller->settled++) {
        const struct io_uring_cqe *cqe = uring_at(&poller->uring, poller->settled);
        struct slot *slot;
        if (UNLIKELY(slot_tag_kind(cqe->user_data) == FOR_SEND) &&
            (slot = slot_of_tag(&poller->slots, cqe->user_data)))
            keep_rest(poller, CONTAINER_OF(slot, struct uring_slot, slot), cqe->res);
    }
    unsigned left = 0;
    for (unsigned i = 0; i < poller->sending_count; i++) {
        struct chunk *chunk = poller->sending[i];
        if (UNLIKELY(!uring_is_taken(&poller->uring, chunk->position)))
            poller->sending[left++] = chunk;
        else if (LIKELY(!chunk->is_kept))
            free_chunk(poller, chunk);
    }
    poller->sending_count = poller->started_count = left;
}

static void flush(struct uring_poller *poller)
{
    uring_submit(&poller->uring);
    settle(poller);
}

/* Something will leave with the next submission. */
static void note_start(struct uring_poller *poller)
{
    if (++poller->started_count >= BATCH)
        flush(poller);
}

static void uring_poller_free(struct poller *base)
{
    struct uring_poller *poller = CONTAINER_OF(base, struct uring_poller, poller);
    struct list *link;
    uring_done(&poller->uring);
    slot_table_done(&poller->slots);
    for (unsigned i = 0; i < poller->sending_count; i++)
        free(poller->sending[i]);
    while ((link = list_pop_front(&poller->free_chunks)))
        free(CONTAINER_OF(link, struct chunk, link));
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
    settle(poller);
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
        cancel(poller, slot, FOR_RECV);
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

/* What io_send() took before the socket was full. */
static void send_rest(struct uring_poller *poller, struct uring_slot *slot)
{
    struct chunk *chunk = slot->chunk;
    if (!chunk || slot->error)
        return;
    ssize_t sent = send(slot->slot.io->fd, chunk->bytes + chunk->start, chunk->len,
                        MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == (ssize_t)chunk->len)
        free_chunk(poller, chunk);
    else
        keep_rest(poller, slot, sent < 0 ? -errno : (int)sent);
}

static void on_room(struct uring_poller *poller, struct uring_slot *slot)
{
    struct io *io = slot->slot.io;
    io->state &= ~IO_WAITS_FOR_ROOM;
    send_rest(poller, slot);
    if ((io->state & (IO_FULL | IO_WAITS_FOR_ROOM)) != IO_FULL)
        return;
    io->state &= ~IO_FULL;
    io->ops->on_writable(io);
}

static void watch_again(struct uring_poller *poller, struct uring_slot *slot)
{
    const struct fd_watch *watch = slot->slot.watch;
    unsigned events =
        (watch->want_read ? POLLIN | POLLRDHUP : 0) | (watch->want_write ? POLLOUT : 0);
    if (!events || slot->is_watching)
        return;
    poll_once(poller, slot, FOR_WATCH, watch->fd, events);
    slot->is_watching = true;
}

/* Polled anew each time, which reports what is ready already: a watch is level-triggered. */
static void on_watched(struct uring_poller *poller, struct uring_slot *slot, int result)
{
    struct fd_watch *watch = slot->slot.watch;
    uint32_t generation = slot->slot.generation;
    bool is_broken = result < 0 || (result & (POLLERR | POLLHUP));
    bool readable = watch->want_read && (is_broken || (result & (POLLIN | POLLRDHUP)));
    bool writable = watch->want_write && (is_broken || (result & POLLOUT));
    slot->is_watching = false;
    watch->fn(watch, readable, writable);
    if (slot->slot.generation == generation)
        watch_again(poller, slot);
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
        on_room(poller, slot);
    else if (slot && kind == FOR_WATCH)
        on_watched(poller, slot, cqe->res);
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
    struct slot *slot = slot_take(&uring_of(loop)->slots);
    slot->io = io;
    *io = (struct io){.ops = ops, .loop = loop, .fd = fd, .state = state, .poller_ref = slot};
    return slot_of(io);
}

/* Descriptors that were closed may not be free before the next submission. */
static int open_socket(struct uring_poller *poller, const struct io_route *route)
{
    int fd = poller_socket(route);
    if (fd != -EMFILE && fd != -ENFILE)
        return fd;
    flush(poller);
    return poller_socket(route);
}

static int uring_connect(struct io *io, struct loop *loop, const struct io_ops *ops,
                         const struct io_route *route)
{
    struct uring_poller *poller = uring_of(loop);
    int fd = open_socket(poller, route);
    if (fd < 0)
        return fd;
    struct uring_slot *slot = open_io(io, loop, ops, fd, IO_CONNECTING);
    slot->is_tcp = route->peer->sa_family != AF_UNIX;
    memcpy(&slot->peer, route->peer, route->peer_len);
    struct io_uring_sqe *entry = entry_for(poller, slot, FOR_CONNECT, IORING_OP_CONNECT, fd);
    entry->addr = (uintptr_t)&slot->peer;
    entry->off = route->peer_len;
    note_start(poller);
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
    arm(uring_of(loop), slot);
    return 0;
}

static ssize_t send_now(struct uring_poller *poller, struct io *io, const void *bytes, size_t len)
{
    ssize_t sent = send(io->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN)
        return -errno;
    sent = MAX_OF(sent, 0);
    if ((size_t)sent < len) {
        io->state |= IO_FULL;
        wait_for_room(poller, slot_of(io));
    }
    return sent;
}

static void queue_send(struct uring_poller *poller, struct io *io, const void *bytes, size_t len)
{
    struct uring_slot *slot = slot_of(io);
    struct chunk *chunk = slot->chunk = take_chunk(poller);
    chunk->owner = slot;
    chunk->is_kept = false;
    chunk->start = 0;
    chunk->len = len;
    memcpy(chunk->bytes, bytes, len);
    chunk->position = uring_entry_position(&poller->uring);
    chunk->entry = entry_for(poller, slot, FOR_SEND, IORING_OP_SEND, io->fd);
    chunk->entry->addr = (uintptr_t)chunk->bytes;
    chunk->entry->len = (uint32_t)len;
    chunk->entry->msg_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;
    chunk->entry->flags = IOSQE_CQE_SKIP_SUCCESS;
    poller->sending[poller->sending_count++] = chunk;
    note_start(poller);
}

/* More of an io whose last bytes have not left: joins them, or finds out what became of them. */
static bool join(struct uring_poller *poller, struct chunk *chunk, const void *bytes, size_t len)
{
    if (chunk->is_kept)
        return false;
    if (chunk->len + len > CHUNK_BYTES) {
        flush(poller);
        return false;
    }
    memcpy(chunk->bytes + chunk->len, bytes, len);
    chunk->len += len;
    chunk->entry->len = (uint32_t)chunk->len;
    return true;
}

static ssize_t uring_send(struct io *io, const void *bytes, size_t len)
{
    struct uring_poller *poller = uring_of(io->loop);
    struct uring_slot *slot = slot_of(io);
    if (slot->chunk && join(poller, slot->chunk, bytes, len))
        return (ssize_t)len;
    if (slot->error)
        return -slot->error;
    if (slot->chunk) {
        io->state |= IO_FULL;
        return 0;
    }
    if (len > CHUNK_BYTES || poller->sending_count == BATCH)
        return send_now(poller, io, bytes, len);
    queue_send(poller, io, bytes, len);
    return (ssize_t)len;
}

static size_t uring_unsent(const struct io *io)
{
    const struct chunk *chunk = io->fd >= 0 ? slot_of(io)->chunk : NULL;
    return chunk ? chunk->len : 0;
}

static void uring_pause(struct io *io)
{
    io->state |= IO_PAUSED;
}

static void uring_resume(struct io *io)
{
    struct uring_poller *poller = uring_of(io->loop);
    struct uring_slot *slot = slot_of(io);
    io->state &= ~IO_PAUSED;
    if (slot->stash.len > 0 || (io->state & IO_LAST))
        push_ready(poller, slot);
    else
        arm_again(poller, slot);
}

static void leave_chunk(struct uring_poller *poller, struct chunk *chunk)
{
    if (chunk->is_kept)
        free_chunk(poller, chunk);
    else
        chunk->owner = NULL;
}

/* The descriptor is closed behind what was handed over for it, so that last bytes still leave; a
 * receive would hold the socket open. */
static void uring_close(struct io *io)
{
    struct uring_poller *poller = uring_of(io->loop);
    struct uring_slot *slot = slot_of(io);
    if (io->state & IO_CONNECTING) {
        flush(poller); /* the kernel reads the address from the slot */
        cancel(poller, slot, FOR_CONNECT);
    }
    if (io->state & IO_ARMED)
        cancel(poller, slot, FOR_RECV);
    if (io->state & IO_WAITS_FOR_ROOM)
        cancel(poller, slot, FOR_ROOM);
    entry_for(poller, slot, FOR_NOBODY, IORING_OP_CLOSE, io->fd)->flags = IOSQE_CQE_SKIP_SUCCESS;
    if (slot->chunk)
        leave_chunk(poller, slot->chunk);
    strbuf_done(&slot->stash);
    slot_give_back(&poller->slots, &slot->slot);
    /* Perhaps no turn follows. */
    if (!io->loop->turning)
        flush(poller);
}

static int uring_watch_init(struct fd_watch *watch)
{
    if (fcntl(watch->fd, F_GETFD) < 0)
        return -errno;
    struct slot *slot = slot_take(&uring_of(watch->loop)->slots);
    slot->watch = watch;
    watch->poller_ref = slot;
    return 0;
}

static void stop_watching(struct uring_poller *poller, struct uring_slot *slot)
{
    if (slot->is_watching)
        cancel(poller, slot, FOR_WATCH);
    slot->is_watching = false;
}

/* A new generation: the old poll may have completed already. */
static int uring_watch_set(struct fd_watch *watch)
{
    struct uring_poller *poller = uring_of(watch->loop);
    struct uring_slot *slot = watch->poller_ref;
    stop_watching(poller, slot);
    slot->slot.generation++;
    watch_again(poller, slot);
    return 0;
}

static void uring_watch_done(struct fd_watch *watch)
{
    struct uring_poller *poller = uring_of(watch->loop);
    struct uring_slot *slot = watch->poller_ref;
    stop_watching(poller, slot);
    slot_give_back(&poller->slots, &slot->slot);
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
    .send = uring_send,
    .unsent = uring_unsent,
    .pause = uring_pause,
    .resume = uring_resume,
    .close = uring_close,
    .watch_init = uring_watch_init,
    .watch_set = uring_watch_set,
    .watch_done = uring_watch_done,
};
