/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection of the scripted origin: reads requests, counts them, lets the path's act answer.
 */
#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "support/origin.h"

enum {
    RESPONSE_MAX_BYTES = 256 << 20,
    ACCEPT_WAIT_MS = 200, /* for the first byte, before --close-at-accept closes on it */
};

void origin_sleep_until(nsec_t deadline_ns)
{
    struct timespec ts = {deadline_ns / NSEC_PER_SEC, deadline_ns % NSEC_PER_SEC};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
        continue;
}

/* Waits while the origin is frozen. */
static void gate(const struct origin *origin)
{
    nsec_t every = (nsec_t)origin->config.freeze_every_ms * NSEC_PER_MSEC;
    nsec_t frozen = (nsec_t)origin->config.freeze_ms * NSEC_PER_MSEC;
    if (!every)
        return;
    nsec_t now = clock_now(clock_monotonic());
    nsec_t into = (now - origin->start_ns) % every;
    if (into >= every - frozen)
        origin_sleep_until(now + every - into);
}

static bool wait_readable(struct origin_conn *conn)
{
    uint64_t idle_ms = conn->origin->config.idle_ms;
    struct pollfd fd = {.fd = conn->fd, .events = POLLIN};
    if (conn->ssl && SSL_pending(conn->ssl) > 0)
        return true;
    return poll(&fd, 1, idle_ms ? (int)idle_ms : -1) > 0;
}

/* When the kernel had the bytes that `message` brought, on the monotonic clock. */
static nsec_t arrival_of(struct msghdr *message)
{
    nsec_t now = clock_now(clock_monotonic());
    struct timespec stamp;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        memcpy(&stamp, CMSG_DATA(part), sizeof(stamp));
        return now - (clock_wall() - (stamp.tv_sec * NSEC_PER_SEC + stamp.tv_nsec));
    }
    return now;
}

static ssize_t read_plain(struct origin_conn *conn, void *buf, size_t size)
{
    char control[128];
    struct iovec into = {buf, size};
    struct msghdr message = {.msg_iov = &into,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof(control)};
    ssize_t got = recvmsg(conn->fd, &message, 0);
    if (got > 0)
        conn->arrival_ns = arrival_of(&message);
    return got;
}

static ssize_t read_tls(struct origin_conn *conn, void *buf, size_t size)
{
    ssize_t got = SSL_read(conn->ssl, buf, (int)size);
    conn->arrival_ns = clock_now(clock_monotonic());
    return got;
}

static bool fill(struct origin_conn *conn)
{
    size_t room = sizeof(conn->in) - conn->in_len;
    char *at = conn->in + conn->in_len;
    if (room == 0 || !wait_readable(conn))
        return false;
    gate(conn->origin);
    ssize_t got = conn->ssl ? read_tls(conn, at, room) : read_plain(conn, at, room);
    if (got <= 0)
        return false;
    conn->in_len += (size_t)got;
    return true;
}

bool origin_conn_send(struct origin_conn *conn, const void *bytes, size_t len)
{
    const char *at = bytes;
    gate(conn->origin);
    while (len > 0) {
        ssize_t sent = conn->ssl ? SSL_write(conn->ssl, at, (int)MIN_OF(len, (size_t)1 << 20))
                                 : write(conn->fd, at, len);
        if (sent <= 0)
            return false;
        at += sent;
        len -= (size_t)sent;
    }
    return true;
}

static bool is_http10(const struct origin_conn *conn)
{
    return span_ends_with(span_head(conn->head, (size_t)span_find(conn->head, '\r')),
                          SPAN(" HTTP/1.0"));
}

/* What a client of HTTP/1.0 asks for (RFC 9112 §C.2.2). */
static bool asks_to_stay(const struct origin_conn *conn)
{
    return span_equal_nocase(origin_conn_header(conn, SPAN("Connection")), SPAN("keep-alive"));
}

static bool is_last(const struct origin_conn *conn)
{
    uint64_t limit = conn->origin->config.close_after;
    return (limit && conn->served + 1 >= limit) || (is_http10(conn) && !asks_to_stay(conn));
}

bool origin_conn_respond(struct origin_conn *conn, int status, const char *headers,
                         struct span body)
{
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(RESPONSE_MAX_BYTES);
    bool last = is_last(conn), announced = last && conn->origin->config.announce_close;
    strbuf_addf(&out, "HTTP/1.1 %d Scripted\r\n%s", status, headers);
    if (status != 204)
        strbuf_addf(&out, "Content-Length: %zu\r\n", body.len);
    if (!last && is_http10(conn))
        strbuf_adds(&out, "Connection: keep-alive\r\n");
    strbuf_addf(&out, "%s\r\n", announced ? "Connection: close\r\n" : "");
    if (status != 204 && status != 304 && !span_equal(conn->method, SPAN("HEAD")))
        strbuf_add_span(&out, body);
    if (!origin_conn_send(conn, out.ptr, out.len))
        return false;
    atomic_fetch_add(&conn->origin->responses_written, 1);
    return !last;
}

void origin_conn_reset(struct origin_conn *conn)
{
    struct linger linger = {.l_onoff = 1};
    setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    conn->resets = true;
}

void origin_conn_wait_for_end(struct origin_conn *conn)
{
    struct pollfd fd = {.fd = conn->fd, .events = POLLRDHUP};
    poll(&fd, 1, -1);
}

struct span origin_conn_header(const struct origin_conn *conn, struct span name)
{
    struct span rest = conn->head;
    while (rest.len) {
        struct span value, line = span_cut(rest, '\n', &rest);
        struct span key = span_cut(line, ':', &value);
        if (span_equal_nocase(key, name) && value.len)
            return span_trim(span_head(value, value.len - 1)); /* without the CR */
    }
    return SPAN_EMPTY;
}

struct span origin_conn_text_param(const struct origin_conn *conn, const char *name)
{
    struct span rest = conn->query;
    while (rest.len) {
        struct span value, pair = span_cut(rest, '&', &rest);
        if (span_equal(span_cut(pair, '=', &value), span_cstr(name)))
            return value;
    }
    return SPAN_EMPTY;
}

uint64_t origin_conn_param(const struct origin_conn *conn, const char *name, uint64_t otherwise)
{
    uint64_t value;
    if (span_to_u64(origin_conn_text_param(conn, name), INT64_MAX, &value) < 0)
        return otherwise;
    return value;
}

static bool read_head(struct origin_conn *conn)
{
    const char *end;
    if (conn->in_len == 0 && !fill(conn))
        return false;
    atomic_fetch_add(&conn->origin->requests_begun, 1);
    if (conn->in[0] < 'A' || conn->in[0] > 'Z') { /* TLS, perhaps */
        origin_conn_send(conn, "HTTP/1.1 400 Not HTTP\r\nContent-Length: 0\r\n\r\n", 44);
        return false;
    }
    while (!(end = memmem(conn->in, conn->in_len, "\r\n\r\n", 4))) {
        if (!fill(conn))
            return false;
    }
    conn->head = span_of(conn->in, (size_t)(end + 4 - conn->in));
    struct span target, rest;
    conn->method = span_cut(conn->head, ' ', &target);
    conn->path = span_cut(span_cut(target, ' ', &rest), '?', &conn->query);
    if (span_to_u64(origin_conn_header(conn, SPAN("Content-Length")), INT64_MAX,
                    &conn->body_bytes) < 0)
        conn->body_bytes = 0;
    return true;
}

/* Drops the body, through the room behind the head. */
static bool skip_body(struct origin_conn *conn)
{
    size_t head = conn->head.len;
    for (uint64_t left = conn->body_bytes; left > 0;) {
        size_t there = (size_t)MIN_OF(left, conn->in_len - head);
        memmove(conn->in + head, conn->in + head + there, conn->in_len - head - there);
        conn->in_len -= there;
        left -= there;
        if (left > 0 && !fill(conn))
            return false;
    }
    atomic_fetch_add(&conn->origin->requests_whole, 1);
    return true;
}

static void forget_head(struct origin_conn *conn)
{
    conn->in_len -= conn->head.len;
    memmove(conn->in, conn->in + conn->head.len, conn->in_len);
    conn->head = SPAN_EMPTY;
    conn->served++;
}

static bool handshake(struct origin_conn *conn)
{
    if (!conn->origin->tls || origin_tls_accept(conn))
        return true;
    atomic_fetch_add(&conn->origin->tls_failed, 1);
    return false;
}

/* "http://host/path" as "/path". */
static void cut_authority(struct origin_conn *conn)
{
    static const struct span SCHEME = {"http://", 7};
    if (!span_starts_with(conn->path, SCHEME))
        return;
    struct span rest = span_from(conn->path, SCHEME.len);
    ssize_t slash = span_find(rest, '/');
    conn->path = slash < 0 ? SPAN("/") : span_from(rest, (size_t)slash);
}

static bool may_use_proxy(const struct origin_conn *conn)
{
    const char *wanted = conn->origin->config.proxy_authorization;
    return !wanted || conn->ssl ||
           span_equal(origin_conn_header(conn, SPAN("Proxy-Authorization")), span_cstr(wanted));
}

/* The proxy's own part of a connection is no request. */
static bool connect_through(struct origin_conn *conn)
{
    static const char AGREED[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    static const char REFUSED[] = "HTTP/1.1 407 Proxy Authentication Required\r\n"
                                  "Proxy-Authenticate: Basic realm=\"origin\"\r\n"
                                  "Content-Length: 0\r\n\r\n";
    bool agrees = may_use_proxy(conn);
    atomic_fetch_sub(&conn->origin->requests_begun, 1);
    forget_head(conn);
    if (agrees)
        return origin_conn_send(conn, AGREED, sizeof(AGREED) - 1) && handshake(conn);
    origin_conn_send(conn, REFUSED, sizeof(REFUSED) - 1);
    return false;
}

static bool refuse_proxying(struct origin_conn *conn)
{
    if (skip_body(conn))
        origin_conn_respond(conn, 407, "Proxy-Authenticate: Basic realm=\"origin\"\r\n", SPAN(""));
    return false;
}

static bool serve_one(struct origin_conn *conn)
{
    bool is_proxy = conn->origin->config.proxy;
    if (!read_head(conn))
        return false;
    if (is_proxy && span_equal(conn->method, SPAN("CONNECT")))
        return connect_through(conn);
    if (is_proxy && !may_use_proxy(conn))
        return refuse_proxying(conn);
    if (is_proxy)
        cut_authority(conn);
    const struct origin_act *act = origin_act_find(conn->path);
    if (act && act->before_body)
        return act->run(conn);
    if (!skip_body(conn))
        return false;
    bool goes_on = act ? act->run(conn) : origin_conn_respond(conn, 404, "", SPAN("no such act\n"));
    forget_head(conn);
    return goes_on;
}

static void wait_for_request(struct origin_conn *conn)
{
    struct pollfd fd = {.fd = conn->fd, .events = POLLIN};
    poll(&fd, 1, ACCEPT_WAIT_MS);
}

/* A request that arrived but will not be read was begun, too. After the shutdown the kernel takes
 * no more (it answers with a reset), so none slips in between the count and the close. */
static void close_counted(struct origin_conn *conn)
{
    bool is_between_requests = conn->head.len == 0;
    int unread = 0;
    if (!conn->resets)
        shutdown(conn->fd, SHUT_RDWR);
    if (is_between_requests && !conn->ssl && ioctl(conn->fd, FIONREAD, &unread) == 0 && unread > 0)
        atomic_fetch_add(&conn->origin->requests_begun, 1);
    close(conn->fd);
}

void *origin_conn_main(void *arg)
{
    struct origin_conn *conn = arg;
    int on = 1;
    setsockopt(conn->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
    if (conn->origin->config.close_at_accept)
        wait_for_request(conn);
    else if (conn->origin->config.proxy || handshake(conn))
        while (serve_one(conn))
            continue;
    if (conn->ssl) {
        if (!conn->resets)
            SSL_shutdown(conn->ssl);
        SSL_free(conn->ssl);
    }
    close_counted(conn);
    atomic_fetch_sub(&conn->origin->live, 1);
    free(conn);
    return NULL;
}
