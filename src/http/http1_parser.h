/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1.0 and HTTP/1.1 responses, parsed incrementally (RFC 9112): bytes go in as they arrive,
 * cut anywhere; events come out. Nothing is copied except a line that is cut in two, and the head
 * of the previous response: a load test gets the same head again and again, so a byte-identical
 * one is answered from memory (http1_memo.h).
 *
 * Stricter than most clients where leniency is how answers get smuggled: folded headers,
 * whitespace before the colon, conflicting lengths and unknown transfer codings are refused. A
 * bare LF ends a line. Interim (1xx) responses are skipped; 101 is an error, since nobody here asks
 * for an upgrade this way.
 *
 * One parser per connection, one thread.
 */
#ifndef HTTP_HTTP1_PARSER_H
#define HTTP_HTTP1_PARSER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "http/http1_head.h"
#include "http/http1_memo.h"

/* How responses are read. */
enum http1_reading {
    HTTP1_READING_STRICT,          /* RFC 9112, as the top of this file says */
    HTTP1_READING_LOOSE,           /* ApacheBench's way (http1_loose.h), until the close */
    HTTP1_READING_LOOSE_KEEP_ALIVE /* the same, when it has asked for Keep-Alive */
};

struct http1_limits {
    enum http1_reading reading;
    size_t head_bytes;   /* status line and headers of one response; trailers the same again */
    unsigned fields;     /* headers of one response; trailers the same again */
    unsigned interim;    /* 1xx responses before the final one */
    uint64_t body_bytes; /* after chunk decoding, before content decoding */
};

/* 256 KiB head, 1,000 headers, 32 interim responses, 1 GiB body. */
struct http1_limits http1_limits_defaults(void);

/* All spans are valid during the call only. Any member may be NULL. The parser must not be fed,
 * reset or freed from inside an event. */
struct http1_events {
    /* `minor` is 0 or 1 for HTTP/1.0 and HTTP/1.1. */
    void (*on_status)(void *arg, unsigned minor, unsigned code, struct span reason);
    void (*on_header)(void *arg, struct span name, struct span value);
    /* Status, framing and length are known; also without a body. */
    void (*on_headers_done)(void *arg);
    void (*on_body)(void *arg, struct span bytes);
    void (*on_trailer)(void *arg, struct span name, struct span value);
    /* Loose readings only: with each piece of the head all that has come so far, bytes of the body
     * behind it included. They have no on_header and no on_trailer. */
    void (*on_text)(void *arg, struct span text);
};

enum http1_body {
    HTTP1_BODY_NONE, /* HEAD, 204, 304: no body whatever the headers say */
    HTTP1_BODY_LENGTH,
    HTTP1_BODY_CHUNKED,
    HTTP1_BODY_UNTIL_CLOSE,
};

enum http1_state {
    HTTP1_STATE_STATUS,
    HTTP1_STATE_FIELDS,
    HTTP1_STATE_BODY, /* fixed length or until close */
    HTTP1_STATE_CHUNK_SIZE,
    HTTP1_STATE_CHUNK_DATA,
    HTTP1_STATE_CHUNK_END,
    HTTP1_STATE_TRAILERS,
    HTTP1_STATE_DONE,
    HTTP1_STATE_FAILED,
};

/* Embedded in the connection; members are private, ask the queries below. */
struct http1_parser {
    enum http1_state state;
    enum http1_problem problem;
    enum http1_body framing;
    bool head_request;
    bool any_byte;
    unsigned interim_count;
    struct http1_head head;
    size_t section_bytes; /* used of limits.head_bytes by this head or these trailers */
    unsigned field_count;
    uint64_t remaining;     /* of the body or of the chunk */
    uint64_t body_bytes;    /* delivered */
    const char *head_start; /* in the input, while this head lies in one piece; NULL otherwise */
    struct strbuf partial;  /* a line that is cut at the end of the input */
    struct http1_memo memo;
    const struct http1_limits *limits;
    const struct http1_events *events;
    void *arg;
};

/* `limits` and `events` are borrowed until http1_parser_done(); events may be NULL when nobody
 * listens. Ready for the answer to anything but a HEAD request. */
void http1_parser_init(struct http1_parser *parser, const struct http1_limits *limits,
                       const struct http1_events *events, void *arg);
void http1_parser_done(struct http1_parser *parser);

/* From now on events go to these (NULL: to nobody); not in the middle of a response. */
void http1_parser_listen(struct http1_parser *parser, const struct http1_events *events, void *arg);

/* Ready for the next response on the same connection. */
void http1_parser_reset(struct http1_parser *parser, bool head_request);

/* STEP_MORE: everything was used. STEP_DONE: the response is complete; bytes after `*ret_used`
 * are leftovers that no request asked for. STEP_FAILED: see http1_parser_problem(). */
MUST_CHECK enum step http1_parser_feed(struct http1_parser *parser, struct span bytes,
                                       size_t *ret_used);

/* The peer closed: completes a close-delimited response (STEP_DONE), otherwise STEP_FAILED. */
MUST_CHECK enum step http1_parser_eof(struct http1_parser *parser);

enum http1_problem http1_parser_problem(const struct http1_parser *parser);

/* From on_headers_done on: */
unsigned http1_parser_status(const struct http1_parser *parser);
enum http1_body http1_parser_framing(const struct http1_parser *parser);
/* The Content-Length, also of a response to HEAD; -1 when there is none that counts. */
int64_t http1_parser_content_length(const struct http1_parser *parser);
/* Body bytes delivered so far. */
uint64_t http1_parser_body_bytes(const struct http1_parser *parser);
/* Whether the connection may carry another request after this response is done. */
bool http1_parser_keep_alive(const struct http1_parser *parser);

#endif
