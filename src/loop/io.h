/* SPDX-License-Identifier: Apache-2.0
 *
 * A stream socket on a loop, completion-shaped: "connect, then tell me", "here are bytes", "send
 * this". No caller knows whether readiness (epoll) or completion (io_uring) runs underneath.
 *
 * Received bytes are lent from a buffer of the loop for the time of the on_recv call: idle
 * connections hold no memory. The descriptor is registered once; a keep-alive request costs one
 * write and one read and no further system call, or over io_uring none of its own. The thread of
 * the loop only. io_close() may be called inside any callback; no callback runs after it.
 */
#ifndef LOOP_IO_H
#define LOOP_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

struct io;
struct loop;

struct io_ops {
    /* End of io_connect(): error is 0 or an errno value; io_close() is due in either case. */
    void (*on_connect)(struct io *io, int error);

    /* len > 0: bytes, valid during the call; 0: the peer ended its side; < 0: -errno. After
     * len <= 0 nothing more comes. */
    void (*on_recv)(struct io *io, const char *bytes, ssize_t len);

    /* Room again after io_send() took less than it was given; also when the connection broke, so
     * that the next io_send() says so. */
    void (*on_writable)(struct io *io);
};

struct io {
    const struct io_ops *ops;
    struct loop *loop;
    int fd;           /* -1 when closed */
    bool drains;      /* by io_drain() */
    unsigned state;   /* private to the poller */
    void *poller_ref; /* private to the poller */
};

/* Where a connection goes, and from where. */
struct io_route {
    const struct sockaddr *peer;
    socklen_t peer_len;
    const struct sockaddr *local; /* bound first; its port may be 0. NULL: the kernel's choice */
    socklen_t local_len;
    int buffer_bytes; /* SO_SNDBUF and SO_RCVBUF (socket(7)); 0: the kernel's choice */
};

/* Starts a connection (non-blocking; TCP_NODELAY). Overwrites `io`, which must be closed or new.
 * Begins with the next wait at the latest. Returns 0, or -errno at once (for example -EMFILE)
 * without any callback; io->fd is -1 then. */
int io_connect(struct io *io, struct loop *loop, const struct io_ops *ops,
               const struct io_route *route);

/* Takes over a connected non-blocking stream socket; 0 or -errno (the descriptor stays the
 * caller's then). */
int io_attach(struct io *io, struct loop *loop, const struct io_ops *ops, int fd);

/* The count of bytes taken (may be 0 or short: on_writable follows), or -errno. They are given to
 * the socket now or with the next wait, in order; `bytes` is free again either way. If that fails,
 * the next io_send() says so, and on_recv if nothing arrives any more. Never raises SIGPIPE. */
ssize_t io_send(struct io *io, const void *bytes, size_t len);

/* How many of the bytes that io_send() took were not given to the socket (yet). */
size_t io_unsent(const struct io *io);

/* From now on, until it is closed, the socket is read until it says that it is empty, and not only
 * until a read is short: one system call more, which finds what came meanwhile. Worth it where
 * answers that are found together are answered with one write. A turn's share stays. Nothing
 * changes over io_uring, whose reads are not asked for one by one. */
void io_drain(struct io *io);

/* While paused no on_recv runs (back-pressure); resuming may run it in this turn. */
void io_pause(struct io *io);
void io_resume(struct io *io);

/* Closes the descriptor, at the latest with the next wait, after what io_send() took was given to
 * the socket; harmless when already closed (fd is -1). The memory of `io` may go away right after,
 * in any callback. */
void io_close(struct io *io);

/* Readiness of a foreign descriptor (DNS resolver sockets): fn runs every turn in which something
 * wanted is ready (errors and hang-ups count as both). Nothing is wanted at first. Not on any hot
 * path; the descriptor is not owned, and is closed after fd_watch_done(). Both return 0 or -errno.
 */
struct fd_watch {
    struct loop *loop;
    int fd;
    bool want_read, want_write;
    void (*fn)(struct fd_watch *watch, bool readable, bool writable);
    void *poller_ref; /* private */
};

int fd_watch_init(struct fd_watch *watch, struct loop *loop, int fd,
                  void (*fn)(struct fd_watch *watch, bool readable, bool writable));
int fd_watch_set(struct fd_watch *watch, bool want_read, bool want_write);
void fd_watch_done(struct fd_watch *watch);

#endif
