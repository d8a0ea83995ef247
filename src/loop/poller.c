/* SPDX-License-Identifier: Apache-2.0
 *
 * The names of the pollers, and the functions of io.h: each goes to the poller of its loop.
 */
#include "loop/poller.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/util.h"
#include "loop/loop_private.h"

static const char *const NAMES[] = {
    [POLLER_AUTO] = "auto",
    [POLLER_EPOLL] = "epoll",
    [POLLER_IO_URING] = "io_uring",
};

const char *poller_kind_name(enum poller_kind kind)
{
    return NAMES[kind];
}

int poller_kind_parse(const char *name, enum poller_kind *ret_kind, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            *ret_kind = (enum poller_kind)i;
            return 0;
        }
    }
    return error_set(err, EXIT_USAGE, "--poller %s: give auto, epoll or io_uring", name);
}

/* Without a port of its own yet: one that is in use may still serve another peer (ip(7)). */
static int bind_local(int fd, const struct io_route *route)
{
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int));
    return bind(fd, route->local, route->local_len);
}

static void set_buffers(int fd, int bytes)
{
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

int poller_socket(const struct io_route *route)
{
    int fd = socket(route->peer->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    /* Not for AF_UNIX, where it fails and nothing is lost. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (route->buffer_bytes)
        set_buffers(fd, route->buffer_bytes);
    if (!route->local || bind_local(fd, route) == 0)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

int io_connect(struct io *io, struct loop *loop, const struct io_ops *ops,
               const struct io_route *route)
{
    io->fd = -1;
    return loop->poller->ops->connect(io, loop, ops, route);
}

int io_attach(struct io *io, struct loop *loop, const struct io_ops *ops, int fd)
{
    return loop->poller->ops->attach(io, loop, ops, fd);
}

ssize_t io_send(struct io *io, const void *bytes, size_t len)
{
    return io->loop->poller->ops->send(io, bytes, len);
}

size_t io_unsent(const struct io *io)
{
    return io->loop->poller->ops->unsent(io);
}

void io_drain(struct io *io)
{
    io->drains = true;
}

void io_pause(struct io *io)
{
    if (io->fd >= 0)
        io->loop->poller->ops->pause(io);
}

void io_resume(struct io *io)
{
    if (io->fd >= 0)
        io->loop->poller->ops->resume(io);
}

void io_close(struct io *io)
{
    if (io->fd < 0)
        return;
    io->loop->poller->ops->close(io);
    io->fd = -1;
    io->poller_ref = NULL;
}

int fd_watch_init(struct fd_watch *watch, struct loop *loop, int fd,
                  void (*fn)(struct fd_watch *watch, bool readable, bool writable))
{
    *watch = (struct fd_watch){.loop = loop, .fd = fd, .fn = fn};
    return loop->poller->ops->watch_init(watch);
}

int fd_watch_set(struct fd_watch *watch, bool want_read, bool want_write)
{
    watch->want_read = want_read;
    watch->want_write = want_write;
    return watch->loop->poller->ops->watch_set(watch);
}

void fd_watch_done(struct fd_watch *watch)
{
    if (!watch->poller_ref)
        return;
    watch->loop->poller->ops->watch_done(watch);
    watch->poller_ref = NULL;
}
