/* SPDX-License-Identifier: Apache-2.0
 *
 * What the loop and io.h ask of the kernel's notification mechanism. Each implementation is one
 * table of functions. Waiting and calling back are apart, so that the loop can read its clock
 * between them. The thread of the loop only.
 */
#ifndef LOOP_POLLER_H
#define LOOP_POLLER_H

#include <stdbool.h>

#include "base/clock.h"
#include "loop/io.h"
#include "loop/poller_kind.h"

struct error;
struct poller;

struct poller_ops {
    enum poller_kind kind;

    /* Every io and watch is closed. */
    void (*free)(struct poller *poller);

    /* Readable when `wait` would find something. */
    int (*fd)(const struct poller *poller);

    /* Callbacks are due already: the next wait must not sleep. */
    bool (*is_pending)(const struct poller *poller);

    /* Sleeps until something happens, a signal comes or `max_wait_ns` are over (NSEC_NEVER: no
     * limit); may end earlier. Runs no callback. */
    void (*wait)(struct poller *poller, nsec_t max_wait_ns);

    /* Runs what is due. What becomes due meanwhile is left for the next turn. */
    void (*dispatch)(struct poller *poller);

    /* The functions of io.h; closing and ending happen once. */
    int (*connect)(struct io *io, struct loop *loop, const struct io_ops *ops,
                   const struct io_route *route);
    int (*attach)(struct io *io, struct loop *loop, const struct io_ops *ops, int fd);
    ssize_t (*send)(struct io *io, const void *bytes, size_t len);
    size_t (*unsent)(const struct io *io);
    void (*pause)(struct io *io);
    void (*resume)(struct io *io);
    void (*close)(struct io *io);
    int (*watch_init)(struct fd_watch *watch);
    int (*watch_set)(struct fd_watch *watch);
    void (*watch_done)(struct fd_watch *watch);
};

/* Embedded first in each implementation's own. */
struct poller {
    const struct poller_ops *ops;
};

/* Both: NULL and `err` filled when the kernel refuses. */
struct poller *poller_epoll_new(struct error *err);
struct poller *poller_uring_new(struct error *err);

/* A socket for a connection that way, not connected yet: its descriptor or -errno. */
int poller_socket(const struct io_route *route);

#endif
