/* SPDX-License-Identifier: Apache-2.0
 *
 * The poller over epoll. Sockets are registered once, edge-triggered, for everything; what an edge
 * said is remembered in io->state until a read or write proves it used up. Foreign descriptors are
 * level-triggered.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/util.h"
#include "loop/io.h"
#include "loop/loop_private.h"
#include "loop/poller.h"
#include "loop/slot.h"

enum {
    EVENTS_PER_TURN = 256,
    READS_PER_TURN = 4, /* per io: one fast peer must not starve the others */
    BUFFER_BYTES = 64 * 1024,
};

/* Bits of io->state. */
enum {
    IO_CONNECTING = 1 << 0,
    IO_READABLE = 1 << 1, /* the kernel may hold bytes, an end or an error */
    IO_HANGUP = 1 << 2,   /* an end or error follows the bytes: read until it shows */
    IO_PAUSED = 1 << 3,
    IO_FULL = 1 << 4,  /* io_send() was short: on_writable is owed */
    IO_ENDED = 1 << 5, /* on_recv had its last call */
};

#define EPOLL_BROKEN ((uint32_t)(EPOLLERR | EPOLLHUP))

struct epoll_slot {
    struct slot slot; /* listed: in poller->ready, or in the batch being dispatched */
    uint32_t events;  /* reported by the kernel and not handed out yet */
};

struct epoll_poller {
    struct poller poller;
    int epoll_fd;
    bool coarse; /* the kernel has no epoll_pwait2 */
    struct list ready;
    struct slot_table slots;
    char *buffer; /* lent to on_recv */
};

static const struct poller_ops epoll_ops;

static struct epoll_poller *epoll_of(const struct loop *loop)
{
    return CONTAINER_OF(loop->poller, struct epoll_poller, poller);
}

static void push_ready(struct epoll_poller *poller, struct slot *slot)
{
    if (!list_linked(&slot->link))
        list_push_back(&poller->ready, &slot->link);
}

static int control(struct epoll_poller *poller, const struct slot *slot, int operation, int fd,
                   uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u64 = slot_tag(slot, 0)};
    return epoll_ctl(poller->epoll_fd, operation, fd, &event) < 0 ? -errno : 0;
}

static void epoll_free(struct poller *base)
{
    struct epoll_poller *poller = CONTAINER_OF(base, struct epoll_poller, poller);
    slot_table_done(&poller->slots);
    if (poller->epoll_fd >= 0)
        close(poller->epoll_fd);
    free(poller->buffer);
    free(poller);
}

struct poller *poller_epoll_new(struct error *err)
{
    struct epoll_poller *poller = NEW(struct epoll_poller);
    poller->poller.ops = &epoll_ops;
    list_init(&poller->ready);
    slot_table_init(&poller->slots, sizeof(struct epoll_slot));
    poller->buffer = NEW_ARRAY(char, BUFFER_BYTES);
    poller->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (poller->epoll_fd >= 0)
        return &poller->poller;
    error_set(err, EXIT_INVALID_CONFIG,
              "cannot create an event queue (epoll): %s; more descriptors: ulimit -n",
              strerror(errno));
    epoll_free(&poller->poller);
    return NULL;
}

static int epoll_fd(const struct poller *base)
{
    return CONTAINER_OF(base, struct epoll_poller, poller)->epoll_fd;
}

static bool epoll_is_pending(const struct poller *base)
{
    return !list_empty(&CONTAINER_OF(base, struct epoll_poller, poller)->ready);
}

/* The kernel lets a sleep run over by 0.1 % (select_estimate_accuracy() in fs/select.c; five times
 * that for a nice process), which is a millisecond a second. A long wait ends early instead: the
 * next turn finds nothing due and waits for the short rest. */
static nsec_t trimmed(nsec_t wait_ns)
{
    return wait_ns > 10 * NSEC_PER_MSEC ? wait_ns - wait_ns / 128 : wait_ns;
}

static int wait_events(struct epoll_poller *poller, struct epoll_event *events, nsec_t wait_ns)
{
    bool forever = wait_ns == NSEC_NEVER;
    if (!poller->coarse) {
        nsec_t ns = trimmed(wait_ns);
        struct timespec timeout = {ns / NSEC_PER_SEC, ns % NSEC_PER_SEC};
        int count = epoll_pwait2(poller->epoll_fd, events, EVENTS_PER_TURN,
                                 forever ? NULL : &timeout, NULL);
        /* Before Linux 5.11; some container filters answer EPERM to calls they do not know. */
        if (count >= 0 || (errno != ENOSYS && errno != EPERM))
            return count;
        poller->coarse = true;
    }
    nsec_t ms = MIN_OF(wait_ns, INT32_MAX) / NSEC_PER_MSEC + (wait_ns % NSEC_PER_MSEC != 0);
    return epoll_wait(poller->epoll_fd, events, EVENTS_PER_TURN, forever ? -1 : (int)ms);
}

static void epoll_turn_wait(struct poller *base, nsec_t max_wait_ns)
{
    struct epoll_poller *poller = CONTAINER_OF(base, struct epoll_poller, poller);
    struct epoll_event events[EVENTS_PER_TURN];
    /* -1 is EINTR: a signal came, which is nothing to do here. */
    int count = wait_events(poller, events, max_wait_ns);
    for (int i = 0; i < count; i++) {
        /* A child between fork and exec may keep a closed descriptor's entry alive. */
        struct slot *slot = slot_of_tag(&poller->slots, events[i].data.u64);
        if (!slot)
            continue;
        CONTAINER_OF(slot, struct epoll_slot, slot)->events |= events[i].events;
        push_ready(poller, slot);
    }
}

static void dispatch_watch(struct fd_watch *watch, uint32_t events)
{
    bool readable = watch->want_read && (events & (EPOLLIN | EPOLLRDHUP | EPOLL_BROKEN));
    bool writable = watch->want_write && (events & (EPOLLOUT | EPOLL_BROKEN));
    if (readable || writable)
        watch->fn(watch, readable, writable);
}

static void finish_connect(struct io *io, uint32_t events)
{
    int error = 0;
    socklen_t len = sizeof error;
    io->state &= ~IO_CONNECTING;
    if (events & EPOLL_BROKEN)
        getsockopt(io->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error != 0)
        io->state |= IO_ENDED;
    io->ops->on_connect(io, error);
}

/* Less than was asked for: the socket was empty a moment ago, later bytes make a new edge
 * (epoll(7)). The end of the stream makes none once it was reported, so it is read for. */
static bool is_emptied(const struct io *io, ssize_t len)
{
    return len > 0 && len < BUFFER_BYTES && !io->drains && !(io->state & IO_HANGUP);
}

static bool may_read(const struct io *io)
{
    return (io->state & (IO_READABLE | IO_PAUSED | IO_ENDED | IO_CONNECTING)) == IO_READABLE;
}

/* One recv() and what it says about the state of the stream; -EAGAIN when there was nothing. */
static ssize_t receive(struct io *io, char *buffer)
{
    ssize_t len;
    do
        len = recv(io->fd, buffer, BUFFER_BYTES, 0);
    while (len < 0 && errno == EINTR);
    if (len < 0)
        len = -errno;
    if (len == -EAGAIN || is_emptied(io, len))
        io->state &= ~IO_READABLE;
    else if (len <= 0)
        io->state |= IO_ENDED;
    return len;
}

static void read_some(struct epoll_poller *poller, struct slot *slot)
{
    struct io *io = slot->io;
    uint32_t generation = slot->generation;
    for (int i = 0; i < READS_PER_TURN && may_read(io); i++) {
        ssize_t len = receive(io, poller->buffer);
        if (len == -EAGAIN)
            return;
        io->ops->on_recv(io, poller->buffer, len);
        if (slot->generation != generation)
            return;
    }
    if (may_read(io))
        push_ready(poller, slot);
}

static void dispatch_io(struct epoll_poller *poller, struct slot *slot, uint32_t events)
{
    struct io *io = slot->io;
    uint32_t generation = slot->generation;
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLL_BROKEN))
        io->state |= IO_READABLE;
    if (events & (EPOLLRDHUP | EPOLL_BROKEN))
        io->state |= IO_HANGUP;
    if ((io->state & IO_CONNECTING) && (events & (EPOLLOUT | EPOLL_BROKEN)))
        finish_connect(io, events);
    if (slot->generation == generation && (io->state & IO_FULL) &&
        (events & (EPOLLOUT | EPOLL_BROKEN))) {
        io->state &= ~IO_FULL;
        io->ops->on_writable(io);
    }
    if (slot->generation == generation)
        read_some(poller, slot);
}

static void epoll_dispatch(struct poller *base)
{
    struct epoll_poller *poller = CONTAINER_OF(base, struct epoll_poller, poller);
    struct list batch, *link;
    list_take_all(&poller->ready, &batch);
    while ((link = list_pop_front(&batch))) {
        struct epoll_slot *slot = CONTAINER_OF(link, struct epoll_slot, slot.link);
        uint32_t events = slot->events;
        slot->events = 0;
        if (slot->slot.watch)
            dispatch_watch(slot->slot.watch, events);
        else
            dispatch_io(poller, &slot->slot, events);
    }
}

/* A slot of whose descriptor the kernel reports `events`; NULL and errno when it refuses. */
static struct slot *watched_slot(struct epoll_poller *poller, int fd, uint32_t events)
{
    struct slot *slot = slot_take(&poller->slots);
    int error = control(poller, slot, EPOLL_CTL_ADD, fd, events);
    if (error == 0)
        return slot;
    slot_give_back(&poller->slots, slot);
    errno = -error;
    return NULL;
}

static int open_io(struct io *io, struct loop *loop, const struct io_ops *ops, int fd,
                   unsigned state)
{
    struct slot *slot = watched_slot(epoll_of(loop), fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    if (!slot)
        return -errno;
    slot->io = io;
    *io = (struct io){.ops = ops, .loop = loop, .fd = fd, .state = state, .poller_ref = slot};
    return 0;
}

static int start_connect(int fd, const struct sockaddr *peer, socklen_t peer_len)
{
    if (connect(fd, peer, peer_len) < 0 && errno != EINPROGRESS && errno != EINTR)
        return -errno;
    return 0;
}

static int epoll_connect(struct io *io, struct loop *loop, const struct io_ops *ops,
                         const struct io_route *route)
{
    int fd = poller_socket(route);
    if (fd < 0)
        return fd;
    int error = start_connect(fd, route->peer, route->peer_len);
    /* Registered after connect(): a socket that was never connected reports a hang-up. */
    if (error == 0)
        error = open_io(io, loop, ops, fd, IO_CONNECTING);
    if (error < 0)
        close(fd);
    return error;
}

static int epoll_attach(struct io *io, struct loop *loop, const struct io_ops *ops, int fd)
{
    return open_io(io, loop, ops, fd, 0);
}

static ssize_t epoll_send(struct io *io, const void *bytes, size_t len)
{
    ssize_t sent;
    do
        sent = send(io->fd, bytes, len, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && errno != EAGAIN)
        return -errno;
    sent = MAX_OF(sent, 0);
    if ((size_t)sent < len)
        io->state |= IO_FULL;
    return sent;
}

static size_t epoll_unsent(const struct io *io)
{
    return 0;
}

static void epoll_pause(struct io *io)
{
    io->state |= IO_PAUSED;
}

static void epoll_resume(struct io *io)
{
    io->state &= ~IO_PAUSED;
    if (may_read(io))
        push_ready(epoll_of(io->loop), io->poller_ref);
}

static void epoll_close(struct io *io)
{
    slot_give_back(&epoll_of(io->loop)->slots, io->poller_ref);
    close(io->fd);
}

static int epoll_watch_init(struct fd_watch *watch)
{
    /* Edge-triggered while nothing is wanted: a hang-up, which cannot be masked, shows once
     * instead of spinning. */
    struct slot *slot = watched_slot(epoll_of(watch->loop), watch->fd, EPOLLET);
    if (!slot)
        return -errno;
    slot->watch = watch;
    watch->poller_ref = slot;
    return 0;
}

static int epoll_watch_set(struct fd_watch *watch)
{
    uint32_t events =
        (watch->want_read ? EPOLLIN | EPOLLRDHUP : 0) | (watch->want_write ? EPOLLOUT : 0);
    return control(epoll_of(watch->loop), watch->poller_ref, EPOLL_CTL_MOD, watch->fd,
                   events ? events : EPOLLET);
}

static void epoll_watch_done(struct fd_watch *watch)
{
    struct epoll_poller *poller = epoll_of(watch->loop);
    /* Fails when the owner closed the descriptor already: it is out of the set then. */
    control(poller, watch->poller_ref, EPOLL_CTL_DEL, watch->fd, 0);
    slot_give_back(&poller->slots, watch->poller_ref);
}

static const struct poller_ops epoll_ops = {
    .kind = POLLER_EPOLL,
    .free = epoll_free,
    .fd = epoll_fd,
    .is_pending = epoll_is_pending,
    .wait = epoll_turn_wait,
    .dispatch = epoll_dispatch,
    .connect = epoll_connect,
    .attach = epoll_attach,
    .send = epoll_send,
    .unsent = epoll_unsent,
    .pause = epoll_pause,
    .resume = epoll_resume,
    .close = epoll_close,
    .watch_init = epoll_watch_init,
    .watch_set = epoll_watch_set,
    .watch_done = epoll_watch_done,
};
