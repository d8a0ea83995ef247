/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns the loop's completions (loop/io.h) into stream events and counts the bytes.
 */
#include "net/tcp_stream.h"

#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/util.h"
#include "net/address.h"

static struct tcp_stream *tcp_of(struct io *io)
{
    return CONTAINER_OF(io, struct tcp_stream, io);
}

static struct stream_failure failure_of(int sys_error)
{
    return (struct stream_failure){
        .problem = STREAM_SYSTEM,
        .sys_error = sys_error,
        .text = strerror(sys_error),
    };
}

static void on_connect(struct io *io, int error)
{
    struct tcp_stream *tcp = tcp_of(io);
    struct stream_failure failure = error ? failure_of(error) : (struct stream_failure){0};
    tcp->stream.events->on_open(&tcp->stream, error ? &failure : NULL);
}

static void on_recv(struct io *io, const char *bytes, ssize_t len)
{
    struct tcp_stream *tcp = tcp_of(io);
    if (LIKELY(len > 0)) {
        tcp->traffic->received += (uint64_t)len;
        tcp->stream.events->on_bytes(&tcp->stream, bytes, (size_t)len);
        return;
    }
    struct stream_failure failure = len < 0 ? failure_of((int)-len) : (struct stream_failure){0};
    tcp->stream.events->on_end(&tcp->stream, len < 0 ? &failure : NULL);
}

static void on_writable(struct io *io)
{
    struct tcp_stream *tcp = tcp_of(io);
    tcp->stream.events->on_writable(&tcp->stream);
}

static const struct io_ops io_ops = {
    .on_connect = on_connect,
    .on_recv = on_recv,
    .on_writable = on_writable,
};

static ssize_t tcp_send(struct stream *stream, const void *bytes, size_t len)
{
    struct tcp_stream *tcp = CONTAINER_OF(stream, struct tcp_stream, stream);
    ssize_t sent = io_send(&tcp->io, bytes, len);
    if (LIKELY(sent > 0))
        tcp->traffic->sent += (uint64_t)sent;
    return sent;
}

static void tcp_pause(struct stream *stream)
{
    io_pause(&CONTAINER_OF(stream, struct tcp_stream, stream)->io);
}

static void tcp_resume(struct stream *stream)
{
    io_resume(&CONTAINER_OF(stream, struct tcp_stream, stream)->io);
}

static void tcp_close(struct stream *stream)
{
    io_close(&CONTAINER_OF(stream, struct tcp_stream, stream)->io);
}

static const struct stream_ops tcp_ops = {
    .send = tcp_send,
    .pause = tcp_pause,
    .resume = tcp_resume,
    .close = tcp_close,
};

int tcp_stream_connect(struct tcp_stream *tcp, struct loop *loop,
                       const struct stream_events *events, void *owner,
                       const struct tcp_route *route, struct stream_traffic *traffic)
{
    struct io_route way = {
        .peer = &route->peer->any,
        .peer_len = address_len(route->peer),
        .buffer_bytes = route->buffer_bytes,
    };
    if (route->local) {
        way.local = &route->local->any;
        way.local_len = address_len(route->local);
    }
    *tcp = (struct tcp_stream){
        .stream = {.ops = &tcp_ops, .events = events, .owner = owner},
        .io = {.fd = -1},
        .traffic = traffic,
    };
    return io_connect(&tcp->io, loop, &io_ops, &way);
}

void tcp_stream_drain(struct tcp_stream *tcp)
{
    io_drain(&tcp->io);
}

enum tcp_news tcp_stream_news(const struct tcp_stream *tcp)
{
    struct pollfd fd = {.fd = tcp->io.fd, .events = POLLIN | POLLRDHUP};
    if (poll(&fd, 1, 0) <= 0)
        return TCP_NEWS_NONE;
    return fd.revents == POLLIN ? TCP_NEWS_BYTES : TCP_NEWS_END;
}

size_t tcp_stream_unacknowledged(const struct tcp_stream *tcp)
{
    int bytes = 0;
    if (tcp->io.fd < 0 || ioctl(tcp->io.fd, SIOCOUTQ, &bytes) < 0)
        return 0;
    return (size_t)bytes + io_unsent(&tcp->io);
}
