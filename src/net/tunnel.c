/* SPDX-License-Identifier: Apache-2.0
 *
 * CONNECT. Of the answer only the status matters, so its head is collected to the empty line and
 * not parsed further. A server behind the proxy does not speak first under TLS: bytes after the
 * head are the proxy's mistake.
 */
#include "net/tunnel.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/util.h"

/* Longest head that a proxy may answer with. */
#define HEAD_MAX_BYTES ((size_t)16 * 1024)

/* Host and credentials are of URLs, whose length is limited elsewhere. */
#define REQUEST_MAX_BYTES (SIZE_MAX / 2)

struct tunnel {
    struct stream *below;
    struct strbuf request; /* not sent yet */
    struct strbuf head;
    on_tunnel_fn *on_done;
    void *owner;
};

static void fail(struct tunnel *tunnel, int status, const char *text)
{
    const struct stream_failure failure = {STREAM_PROXY, status, text};
    tunnel->on_done(tunnel->owner, &failure);
}

static void push(struct tunnel *tunnel)
{
    ssize_t sent = stream_send(tunnel->below, tunnel->request.ptr, tunnel->request.len);
    if (sent >= 0)
        strbuf_consume(&tunnel->request, (size_t)sent);
    else
        fail(tunnel, 0, "proxy: it broke the connection");
}

/* The status of a whole head; 0 when it is none of HTTP. */
static int status_of(struct span head)
{
    struct span rest;
    struct span version = span_cut(head, ' ', &rest);
    uint64_t status = 0;
    if (!span_starts_with(version, SPAN("HTTP/1.")) || rest.len < 3 ||
        span_to_u64(span_head(rest, 3), 999, &status) < 0)
        return 0;
    return (int)status;
}

static void on_bytes(struct stream *below, const char *bytes, size_t len)
{
    struct tunnel *tunnel = below->owner;
    strbuf_add(&tunnel->head, bytes, len);
    struct span head = strbuf_span(&tunnel->head);
    bool is_whole = head.len > 0 && memmem(head.ptr, head.len, "\r\n\r\n", 4);
    if (!is_whole && !tunnel->head.overflow)
        return;
    int status = is_whole ? status_of(head) : 0;
    if (status >= 300)
        fail(tunnel, status, "proxy: it refused to connect");
    else if (status >= 200 && span_ends_with(head, SPAN("\r\n\r\n")))
        tunnel->on_done(tunnel->owner, NULL);
    else
        fail(tunnel, 0, "proxy: what answers there is no HTTP proxy");
}

static void on_end(struct stream *below, const struct stream_failure *failure)
{
    fail(below->owner, 0, "proxy: it closed the connection instead of answering CONNECT");
}

static void on_writable(struct stream *below)
{
    push(below->owner);
}

static const struct stream_events tunnel_events = {
    .on_bytes = on_bytes,
    .on_end = on_end,
    .on_writable = on_writable,
};

struct tunnel *tunnel_new(struct stream *below, struct span target, struct span authorization,
                          on_tunnel_fn *on_done, void *owner)
{
    struct tunnel *tunnel = NEW(struct tunnel);
    *tunnel = (struct tunnel){.below = below, .on_done = on_done, .owner = owner};
    strbuf_init(&tunnel->request, REQUEST_MAX_BYTES);
    strbuf_init(&tunnel->head, HEAD_MAX_BYTES);
    strbuf_addf(&tunnel->request, "CONNECT %.*s HTTP/1.1\r\nHost: %.*s\r\n", SPAN_ARG(target),
                SPAN_ARG(target));
    if (authorization.len > 0)
        strbuf_addf(&tunnel->request, "Proxy-Authorization: %.*s\r\n", SPAN_ARG(authorization));
    strbuf_adds(&tunnel->request, "\r\n");
    below->events = &tunnel_events;
    below->owner = tunnel;
    return tunnel;
}

void tunnel_start(struct tunnel *tunnel)
{
    push(tunnel);
}

void tunnel_free(struct tunnel **ptr)
{
    struct tunnel *tunnel = TAKE(*ptr);
    if (!tunnel)
        return;
    strbuf_done(&tunnel->request);
    strbuf_done(&tunnel->head);
    free(tunnel);
}
