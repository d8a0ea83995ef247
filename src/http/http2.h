/* SPDX-License-Identifier: Apache-2.0
 *
 * The client's side of one HTTP/2 connection (RFC 9113) without I/O, over nghttp2: received bytes
 * go in, bytes to send are asked for, and what happened to the streams is asked for afterwards, so
 * that nothing of the caller's runs inside nghttp2 but the events of a response. Those are the
 * events of http1_parser.h, so one listener serves both protocols: on_status comes with `minor` 0
 * and no reason.
 *
 *     http2_start()  streams begin
 *     http2_pull()   bytes for the wire; then http2_next_sent(): streams whose request is in them
 *     http2_feed()   bytes from the wire
 *     http2_next()   streams that heard something, or ended; after every pull and feed
 *
 * PING and SETTINGS are answered, nothing may be pushed. Interim (1xx) responses are skipped. One
 * thread.
 */
#ifndef HTTP_HTTP2_H
#define HTTP_HTTP2_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/span.h"
#include "base/strbuf.h"
#include "base/util.h"

struct http1_events;
struct http1_limits;
struct http2;
struct http2_head;

/* Receive window of a connection and, usually, of each of its streams: flow control is then no
 * part of what is measured. */
#define HTTP2_LARGE_WINDOW ((int32_t)((1u << 30) - 1))

/* X(symbol, text): how a stream ends. */
#define HTTP2_ENDS(X)                                                                              \
    X(NONE, "it goes on")                                                                          \
    X(WHOLE, "the response is whole")                                                              \
    X(RESET, "the peer reset the stream")                                                          \
    X(REFUSED, "the peer did not process the request")                                             \
    X(MALFORMED, "malformed HTTP/2 response")                                                      \
    X(HEAD_TOO_LONG, "response head or trailers too long")                                         \
    X(TOO_MANY_FIELDS, "too many response headers")                                                \
    X(TOO_MANY_INTERIM, "too many interim (1xx) responses")                                        \
    X(BODY_TOO_LONG, "response body over the limit")

enum http2_end {
#define X(symbol, text) HTTP2_END_##symbol,
    HTTP2_ENDS(X)
#undef X
};

const char *http2_end_text(enum http2_end end);

/* One request and its response. In the caller's memory from http2_start() until its end has come
 * out of http2_next(), or http2_cancel(); then it may be started again. Zeroed before its first
 * use. Members are private but for those below, ask the queries. */
struct http2_stream {
    /* From http2_next() on. */
    enum http2_end end;
    uint32_t error_code; /* of RESET, REFUSED and MALFORMED (RFC 9113 §7) */
    bool is_heard;       /* a frame of a response has come */

    /* private */
    int32_t id; /* 0: not under way */
    bool is_head_request, is_begun, is_sent, is_final, is_paused;
    uint16_t status, field_count, interim_count;
    struct list news, sent;
    struct span body; /* of the request, not yet framed */
    const struct http1_events *events;
    void *arg;
    size_t head_bytes, unconsumed_bytes;
    int64_t content_length;
    uint64_t body_bytes, wire_bytes;
};

/* `limits` is borrowed; `interim` to `body_bytes` mean what they mean there. `stream_window` is how
 * much of a body a peer may send before it is consumed, bytes. */
struct http2 *http2_new(const struct http1_limits *limits, int32_t stream_window);

/* Not from inside an event. Streams that are under way end without a word. NULL-safe. */
void http2_free(struct http2 **http2);

/* Whether a stream may begin: there has been no GOAWAY, nothing failed and ids are left. */
bool http2_is_open(const struct http2 *http2);

/* Streams that are under way, and how many the peer allows at once. */
uint32_t http2_active(const struct http2 *http2);
uint32_t http2_max_active(const struct http2 *http2);

/* Only while it is open. `head`, `body` and `events` (NULL: nobody listens) are borrowed until the
 * stream ended; `body` without a ptr: none. */
void http2_start(struct http2 *http2, struct http2_stream *stream, const struct http2_head *head,
                 struct span body, const struct http1_events *events, void *arg);

/* Ends it at once; the peer learns it by RST_STREAM (CANCEL). Harmless when it is not under way. */
void http2_cancel(struct http2 *http2, struct http2_stream *stream);

/* While it is paused the peer may send what its window still allows, and no more. */
void http2_pause(struct http2_stream *stream);
void http2_resume(struct http2 *http2, struct http2_stream *stream);

/* -1: the connection is of no use any more, see http2_failure(). What is to be pulled then is the
 * GOAWAY that says why. */
MUST_CHECK int http2_feed(struct http2 *http2, struct span bytes);

/* Appends frames to `out` until there is none left, or it holds `enough` bytes. -1 as above. */
MUST_CHECK int http2_pull(struct http2 *http2, struct strbuf *out, size_t enough);

/* Whether http2_pull() would give anything. */
bool http2_has_output(const struct http2 *http2);

/* A stream whose request was framed to its end by http2_pull(), each once; NULL: no more. */
struct http2_stream *http2_next_sent(struct http2 *http2);

/* A stream that heard something or ended (`end` is not NONE; it is not under way then); NULL: no
 * more. */
struct http2_stream *http2_next(struct http2 *http2);

/* Why http2_feed() or http2_pull() gave -1: a constant sentence, and the code for the GOAWAY. */
struct http2_failure {
    const char *text;
    uint32_t error_code;
};

struct http2_failure http2_failure(const struct http2 *http2);

/* The peer said GOAWAY: the code it gave, in `*ret_error_code`. */
bool http2_is_going(const struct http2 *http2, uint32_t *ret_error_code);

/* From on_headers_done on. The Content-Length, also of a response to HEAD; -1 without. */
static inline unsigned http2_stream_status(const struct http2_stream *stream)
{
    return stream->status;
}

static inline int64_t http2_stream_content_length(const struct http2_stream *stream)
{
    return stream->content_length;
}

/* Whether the response has a body by protocol: not of HEAD, 204 and 304. */
bool http2_stream_has_body(const struct http2_stream *stream);

static inline uint64_t http2_stream_body_bytes(const struct http2_stream *stream)
{
    return stream->body_bytes;
}

/* Frames received for it, their heads included. */
static inline uint64_t http2_stream_wire_bytes(const struct http2_stream *stream)
{
    return stream->wire_bytes;
}

/* "PROTOCOL_ERROR" (RFC 9113 §7); "unknown" for codes that nobody defined. */
const char *http2_code_name(uint32_t error_code);

#endif
