/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection over HTTP/2 (multiplex.c) and its channels (channel.c) to each other.
 */
#ifndef CLIENT_MULTIPLEX_PRIVATE_H
#define CLIENT_MULTIPLEX_PRIVATE_H

#include "client/client_private.h"
#include "http/http2.h"

struct channel {
    struct http2_stream stream;
    struct multiplex *multiplex;
    struct exchange *exchange; /* NULL: spare */
    struct timer timer;        /* the deadline, or the end of silence */
    struct list link;          /* waiting, busy, spare, or among those that fail */
    uint64_t start_bytes;      /* the connection's, when the stream began */
};

struct multiplex {
    struct connection *connection;
    struct http2 *http2; /* NULL until the connection is open */
    struct list waiting, busy, spare;
    struct channel *telling; /* not to be used again yet */
    struct deferred flush;
    struct strbuf unsent;  /* for which the kernel had no room */
    uint64_t framed_bytes; /* of frames that were made so far */
    bool is_bounded;       /* small windows: streams may be paused */
    bool has_silence;      /* some exchange limits it */
    bool is_broken;        /* cannot be written to any more; its end is awaited */
};

static inline struct client *multiplex_client(const struct multiplex *multiplex)
{
    return multiplex->connection->session->client;
}

static inline bool multiplex_is_ready(const struct multiplex *multiplex)
{
    return multiplex->connection->state == CONNECTION_READY;
}

static inline void multiplex_flush_soon(struct multiplex *multiplex)
{
    loop_defer(multiplex_client(multiplex)->loop, &multiplex->flush);
}

/* Whether more streams may begin here, now or later. */
static inline bool multiplex_is_open(const struct multiplex *multiplex)
{
    return !multiplex->is_broken && !multiplex_client(multiplex)->config.no_connection_reuse &&
           (!multiplex->http2 || http2_is_open(multiplex->http2));
}

static inline bool multiplex_has_room(const struct multiplex *multiplex)
{
    return http2_active(multiplex->http2) < http2_max_active(multiplex->http2);
}

/* channel.c */

/* One for `exchange`, in no list yet. */
struct channel *channel_take(struct multiplex *multiplex, struct exchange *exchange);

/* Its exchange has it no longer. */
void channel_detach(struct channel *channel);

/* Frees a spare one. */
void channel_free(struct channel *channel);

/* Its stream begins; it is in no list. */
void channel_start(struct channel *channel, nsec_t at_ns);

/* Sets its timer anew: something moved at `at_ns`. */
void channel_limit(struct channel *channel, nsec_t at_ns);

/* Its stream has something to say. */
void channel_hear(struct channel *channel, nsec_t at_ns);

/* Whether the peer's machine acknowledged anything of it, when `pending_bytes` of the connection
 * were not. */
void channel_note_delivery(const struct channel *channel, uint64_t pending_bytes);

/* Ends with its connection. */
void channel_break(struct channel *channel, struct failure failure);

/* multiplex.c */

/* After streams ended: others begin, or the connection is of no more use. */
void multiplex_settle(struct multiplex *multiplex, nsec_t at_ns);

/* Written or waiting to be written, and not acknowledged by the peer's machine. */
uint64_t multiplex_pending_bytes(const struct multiplex *multiplex);

#endif
