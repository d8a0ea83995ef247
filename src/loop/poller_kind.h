/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the kernel's mechanisms tells a loop that something happened: epoll or io_uring. Chosen
 * per loop, when it is made.
 */
#ifndef LOOP_POLLER_KIND_H
#define LOOP_POLLER_KIND_H

struct error;

enum poller_kind {
    POLLER_AUTO, /* nobody chose: a loop takes epoll */
    POLLER_EPOLL,
    POLLER_IO_URING,
};

/* "auto", "epoll" or "io_uring"; static. */
const char *poller_kind_name(enum poller_kind kind);

/* The kind of that name: 0, or -1 and `err` says which there are. */
int poller_kind_parse(const char *name, enum poller_kind *ret_kind, struct error *err);

#endif
