/* SPDX-License-Identifier: Apache-2.0
 *
 * The bottom of a stream chain: a TCP connection on the loop. Embedded in its owner.
 */
#ifndef NET_TCP_STREAM_H
#define NET_TCP_STREAM_H

#include "loop/io.h"
#include "net/stream.h"

struct address;

struct tcp_stream {
    struct stream stream; /* first: handed to users */
    struct io io;         /* private */
    struct stream_traffic *traffic;
};

struct tcp_route {
    const struct address *peer;
    const struct address *local; /* where it leaves from; NULL: the kernel's choice */
    int buffer_bytes;            /* of the socket, each way; 0: the kernel's choice */
};

/* Begins to connect: 0, and on_open follows (never from inside this call), or -errno at once and
 * nothing follows. `traffic` is borrowed and counts up. */
int tcp_stream_connect(struct tcp_stream *tcp, struct loop *loop,
                       const struct stream_events *events, void *owner,
                       const struct tcp_route *route, struct stream_traffic *traffic);

/* io_drain() of its socket. */
void tcp_stream_drain(struct tcp_stream *tcp);

/* What the loop may not have noticed yet, asked of the kernel. */
enum tcp_news {
    TCP_NEWS_NONE,
    TCP_NEWS_BYTES, /* that nobody has read */
    TCP_NEWS_END,   /* the peer closed its side, or the connection broke */
};

enum tcp_news tcp_stream_news(const struct tcp_stream *tcp);

/* Bytes sent that the peer's machine has not acknowledged; also right after the connection broke,
 * until it is closed. */
size_t tcp_stream_unacknowledged(const struct tcp_stream *tcp);

#endif
