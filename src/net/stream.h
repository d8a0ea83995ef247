/* SPDX-License-Identifier: Apache-2.0
 *
 * A two-way stream of bytes as a chain: a TCP socket at the bottom, a proxy's tunnel while it is
 * asked for, TLS. Each link offers these operations to the one above and reports by these events.
 * The loop's thread only.
 *
 * stream_close() may be called from inside any event; no event follows it. The memory of a stream
 * whose event is running must last until that call returns: owners free at the end of the turn.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stdint.h>
#include <sys/types.h>

struct stream;

enum stream_problem {
    STREAM_SYSTEM,     /* `sys_error` says what */
    STREAM_TLS,        /* anything else that TLS does not like: `text` is OpenSSL's */
    STREAM_TLS_HEADER, /* what came is no TLS record */
    STREAM_TLS_UNKNOWN_AUTHORITY,
    STREAM_TLS_HOSTNAME,
    STREAM_TLS_EXPIRED,
    STREAM_TLS_NOT_YET_VALID,
    STREAM_TLS_VERSION,            /* no version that both allow */
    STREAM_TLS_REFUSED,            /* the peer's handshake_failure: no cipher, or no certificate */
    STREAM_TLS_CLIENT_CERTIFICATE, /* the peer wants one, or not this one */
    STREAM_TLS_NAME,               /* the peer knows no such server (SNI) */
    STREAM_TLS_CLOSED,             /* the connection ended during the handshake */
    STREAM_PROXY, /* the way through a proxy: `sys_error` is the status with which it refused */
};

struct stream_failure {
    enum stream_problem problem;
    int sys_error;    /* errno value, or as the problem says; else 0 */
    const char *text; /* valid during the call */
};

struct stream_events {
    /* Once: ready to send, or (failure not NULL) it never will be. */
    void (*on_open)(struct stream *stream, const struct stream_failure *failure);

    /* Bytes, valid during the call. */
    void (*on_bytes)(struct stream *stream, const char *bytes, size_t len);

    /* After opening: the peer ended its side (failure NULL), or the stream broke. Nothing comes
     * after it. */
    void (*on_end)(struct stream *stream, const struct stream_failure *failure);

    /* Room again after a short stream_send(). */
    void (*on_writable)(struct stream *stream);
};

struct stream_ops {
    ssize_t (*send)(struct stream *stream, const void *bytes, size_t len);
    void (*pause)(struct stream *stream);
    void (*resume)(struct stream *stream);
    void (*close)(struct stream *stream);
};

struct stream {
    const struct stream_ops *ops;
    const struct stream_events *events;
    void *owner; /* of the events; for it alone */
};

/* Bytes on the wire, TLS included. */
struct stream_traffic {
    uint64_t sent, received;
};

/* The count of bytes taken; when short, on_writable follows and the same bytes from there on must
 * be given again. -errno when the stream is broken: no event follows. */
static inline ssize_t stream_send(struct stream *stream, const void *bytes, size_t len)
{
    return stream->ops->send(stream, bytes, len);
}

/* Back-pressure: until stream_resume() nothing more is taken from the socket, neither bytes nor its
 * end. What a link above it holds already (a TLS record) still comes. */
static inline void stream_pause(struct stream *stream)
{
    stream->ops->pause(stream);
}

static inline void stream_resume(struct stream *stream)
{
    stream->ops->resume(stream);
}

/* Harmless when already closed. */
static inline void stream_close(struct stream *stream)
{
    stream->ops->close(stream);
}

#endif
