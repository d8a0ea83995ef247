/* SPDX-License-Identifier: Apache-2.0
 *
 * The way through an HTTP proxy (RFC 9110 §9.3.6): CONNECT over an open stream. A tunnel is a link
 * of the stream chain only until the proxy has agreed; then it steps aside and the stream below is
 * the server's, for TLS to be put on it. The loop's thread only.
 */
#ifndef NET_TUNNEL_H
#define NET_TUNNEL_H

#include "base/span.h"
#include "net/stream.h"

struct tunnel;

/* Once: the tunnel is open, or (failure not NULL: STREAM_PROXY) never will be. The events of the
 * stream below are the owner's to set again. */
typedef void on_tunnel_fn(void *owner, const struct stream_failure *failure);

/* Takes over the events of `below`, which is open and borrowed. `target` is "host:port",
 * `authorization` the value of Proxy-Authorization, empty for none; both are copied. */
struct tunnel *tunnel_new(struct stream *below, struct span target, struct span authorization,
                          on_tunnel_fn *on_done, void *owner);

/* Asks; `on_done` may come from inside this call. */
void tunnel_start(struct tunnel *tunnel);

/* Not from inside on_done. */
void tunnel_free(struct tunnel **tunnel);

#endif
