/* SPDX-License-Identifier: Apache-2.0
 *
 * The poller over epoll. Sockets are registered once, edge-triggered, for everything; what an edge
 * said is remembered in io->state until a read or write proves it used up. Foreign descriptors are
 * level-triggered.
 *
 * The kernel is never given the address of an io: its tag names a slot and the slot's generation,
 * and both stop matching when the io is closed. That is what makes it safe to free an io in any
 * callback while events for it are still on their way.
 */
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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

struct slot {
    struct list link; /* in poller->ready, in the batch being dispatched, or in poller->free */
    struct poller *poller;
    struct io *io; /* in use: either this or watch */
    struct fd_watch *watch;
    uint32_t events; /* reported by the kernel and not handed out yet */
    uint32_t index, generation;
};

struct poller {
    int epoll_fd;
    bool coarse; /* the kernel has no epoll_pwait2 */
    struct list ready;
    struct list free;
    struct slot **slots;
    uint32_t slot_count, slot_capacity, used_count;
    char *buffer; /* lent to on_recv */
};

static struct slot *take_slot(struct poller *poller)
{
    poller->used_count++;
    struct list *link = list_pop_front(&poller->free);
    if (link)
        return CONTAINER_OF(link, struct slot, link);
    if (poller->slot_count == poller->slot_capacity) {
        poller->slot_capacity = poller->slot_capacity ? poller->slot_capacity * 2 : 64;
        poller->slots = GROW_ARRAY(poller->slots, poller->slot_capacity);
    }
    struct slot *slot = NEW(struct slot);
    slot->poller = poller;
    slot->index = poller->slot_count;
    poller->slots[poller->slot_count++] = slot;
    return slot;
}

static void release_slot(struct slot *slot)
{
    list_remove(&slot->link);
    slot->io = NULL;
    slot->watch = NULL;
    slot->events = 0;
    slot->generation++;
    slot->poller->used_count--;
    list_push_back(&slot->poller->free, &slot->link);
}

static void push_ready(struct slot *slot)
{
    if (!list_linked(&slot->link))
        list_push_back(&slot->poller->ready, &slot->link);
}

static int control(struct slot *slot, int operation, int fd, uint32_t events)
{
    struct epoll_event event = {
        .events = events,
        .data.u64 = (uint64_t)slot->index << 32 | slot->generation,
    };
    return epoll_ctl(slot->poller->epoll_fd, operation, fd, &event) < 0 ? -errno : 0;
}

struct poller *poller_new(struct error *err)
{
    struct poller *poller = NEW(struct poller);
    list_init(&poller->ready);
    list_init(&poller->free);
    poller->buffer = NEW_ARRAY(char, BUFFER_BYTES);
    poller->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (poller->epoll_fd < 0) {
        error_set(err, EXIT_INVALID_CONFIG,
                  "cannot create an event queue (epoll): %s; more descriptors: ulimit -n",
                  strerror(errno));
        poller_free(&poller);
    }
    return poller;
}

void poller_free(struct poller **poller_ptr)
{
    struct poller *poller = TAKE(*poller_ptr);
    if (!poller)
        return;
    assert(poller->used_count == 0);
    if (poller->epoll_fd >= 0)
        close(poller->epoll_fd);
    for (uint32_t i = 0; i < poller->slot_count; i++)
        free(poller->slots[i]);
    free(poller->slots);
    free(poller->buffer);
    free(poller);
}

int poller_fd(const struct poller *poller)
{
    return poller->epoll_fd;
}

bool poller_pending(const struct poller *poller)
{
    return !list_empty(&poller->ready);
}

/* The kernel lets a sleep run over by 0.1 % (select_estimate_accuracy() in fs/select.c; five times
 * that for a nice process), which is a millisecond a second. A long wait ends early instead: the
 * next turn finds nothing due and waits for the short rest. */
static nsec_t trimmed(nsec_t wait_ns)
{
    return wait_ns > 10 * NSEC_PER_MSEC ? wait_ns - wait_ns / 128 : wait_ns;
}

static int wait_events(struct poller *poller, struct epoll_event *events, nsec_t wait_ns)
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

void poller_wait(struct poller *poller, nsec_t max_wait_ns)
{
    struct epoll_event events[EVENTS_PER_TURN];
    /* -1 is EINTR: a signal came, which is nothing to do here. */
    int count = wait_events(poller, events, max_wait_ns);
    for (int i = 0; i < count; i++) {
        struct slot *slot = poller->slots[events[i].data.u64 >> 32];
        /* A child between fork and exec may keep a closed descriptor's entry alive. */
        if (slot->generation != (uint32_t)events[i].data.u64)
            continue;
        slot->events |= events[i].events;
        push_ready(slot);
    }
}

static void dispatch_watch(struct slot *slot)
{
    struct fd_watch *watch = slot->watch;
    uint32_t events = slot->events;
    slot->events = 0;
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
    /* Less than was asked for: the socket is empty, later bytes make a new edge (epoll(7)). The
     * end of the stream makes none once it was reported, so it is read for. */
    if (len == -EAGAIN || (len > 0 && len < BUFFER_BYTES && !(io->state & IO_HANGUP)))
        io->state &= ~IO_READABLE;
    else if (len <= 0)
        io->state |= IO_ENDED;
    return len;
}

static void read_some(struct slot *slot)
{
    struct io *io = slot->io;
    uint32_t generation = slot->generation;
    for (int i = 0; i < READS_PER_TURN && may_read(io); i++) {
        ssize_t len = receive(io, slot->poller->buffer);
        if (len == -EAGAIN)
            return;
        io->ops->on_recv(io, slot->poller->buffer, len);
        if (slot->generation != generation)
            return;
    }
    if (may_read(io))
        push_ready(slot);
}

static void dispatch_io(struct slot *slot)
{
    struct io *io = slot->io;
    uint32_t events = slot->events, generation = slot->generation;
    slot->events = 0;
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
        read_some(slot);
}

void poller_dispatch(struct poller *poller)
{
    struct list batch, *link;
    list_take_all(&poller->ready, &batch);
    while ((link = list_pop_front(&batch))) {
        struct slot *slot = CONTAINER_OF(link, struct slot, link);
        if (slot->watch)
            dispatch_watch(slot);
        else
            dispatch_io(slot);
    }
}

static int open_io(struct io *io, struct loop *loop, const struct io_ops *ops, int fd,
                   unsigned state)
{
    struct slot *slot = take_slot(loop->poller);
    int error = control(slot, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    if (error < 0) {
        release_slot(slot);
        return error;
    }
    slot->io = io;
    *io = (struct io){.ops = ops, .loop = loop, .fd = fd, .state = state, .poller_ref = slot};
    return 0;
}

static int start_connect(int fd, const struct sockaddr *peer, socklen_t peer_len)
{
    /* Not for AF_UNIX, where it fails and nothing is lost. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (connect(fd, peer, peer_len) < 0 && errno != EINPROGRESS && errno != EINTR)
        return -errno;
    return 0;
}

int io_connect(struct io *io, struct loop *loop, const struct io_ops *ops,
               const struct sockaddr *peer, socklen_t peer_len)
{
    io->fd = -1;
    int fd = socket(peer->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int error = start_connect(fd, peer, peer_len);
    /* Registered after connect(): a socket that was never connected reports a hang-up. */
    if (error == 0)
        error = open_io(io, loop, ops, fd, IO_CONNECTING);
    if (error < 0)
        close(fd);
    return error;
}

int io_attach(struct io *io, struct loop *loop, const struct io_ops *ops, int fd)
{
    return open_io(io, loop, ops, fd, 0);
}

ssize_t io_send(struct io *io, const void *bytes, size_t len)
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

void io_pause(struct io *io)
{
    io->state |= IO_PAUSED;
}

void io_resume(struct io *io)
{
    io->state &= ~IO_PAUSED;
    if (io->fd >= 0 && may_read(io))
        push_ready(io->poller_ref);
}

void io_close(struct io *io)
{
    if (io->fd < 0)
        return;
    release_slot(io->poller_ref);
    close(io->fd);
    io->fd = -1;
    io->poller_ref = NULL;
}

int fd_watch_init(struct fd_watch *watch, struct loop *loop, int fd,
                  void (*fn)(struct fd_watch *watch, bool readable, bool writable))
{
    *watch = (struct fd_watch){.loop = loop, .fd = fd, .fn = fn};
    struct slot *slot = take_slot(loop->poller);
    /* Edge-triggered while nothing is wanted: a hang-up, which cannot be masked, shows once
     * instead of spinning. */
    int error = control(slot, EPOLL_CTL_ADD, fd, EPOLLET);
    if (error < 0) {
        release_slot(slot);
        return error;
    }
    slot->watch = watch;
    watch->poller_ref = slot;
    return 0;
}

int fd_watch_set(struct fd_watch *watch, bool want_read, bool want_write)
{
    watch->want_read = want_read;
    watch->want_write = want_write;
    uint32_t events = (want_read ? EPOLLIN | EPOLLRDHUP : 0) | (want_write ? EPOLLOUT : 0);
    return control(watch->poller_ref, EPOLL_CTL_MOD, watch->fd, events ? events : EPOLLET);
}

void fd_watch_done(struct fd_watch *watch)
{
    struct slot *slot = watch->poller_ref;
    if (!slot)
        return;
    /* Fails when the owner closed the descriptor already: it is out of the set then. */
    control(slot, EPOLL_CTL_DEL, watch->fd, 0);
    release_slot(slot);
    watch->poller_ref = NULL;
}
