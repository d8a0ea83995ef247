/* SPDX-License-Identifier: Apache-2.0
 *
 * The lines of a response head (RFC 9112 §4, §5), one at a time and without their ends: what they
 * say about the message's framing, or why they are refused. Pure; http1_parser.h brings the lines.
 */
#ifndef HTTP_HTTP1_HEAD_H
#define HTTP_HTTP1_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/util.h"

/* X(symbol, text): why a response is refused. */
#define HTTP1_PROBLEMS(X)                                                                          \
    X(NONE, "no error")                                                                            \
    X(STATUS_LINE, "malformed status line")                                                        \
    X(HEAD_TOO_LONG, "response head or trailers too long")                                         \
    X(TOO_MANY_FIELDS, "too many response headers")                                                \
    X(FIELD, "malformed response header")                                                          \
    X(FOLDING, "folded response header (obsolete, refused)")                                       \
    X(TOO_MANY_INTERIM, "too many interim (1xx) responses")                                        \
    X(UPGRADE, "101 Switching Protocols although no upgrade was asked for")                        \
    X(CONTENT_LENGTH, "malformed Content-Length")                                                  \
    X(CONFLICTING_LENGTHS, "conflicting Content-Length headers")                                   \
    X(TRANSFER_ENCODING, "unsupported Transfer-Encoding")                                          \
    X(CHUNK, "malformed chunk")                                                                    \
    X(CHUNK_OVERFLOW, "chunk size overflow")                                                       \
    X(BODY_TOO_LONG, "response body over the limit")                                               \
    X(CLOSED, "connection closed before the first byte of the response")                           \
    X(TRUNCATED, "connection closed in the middle of the response")

enum http1_problem {
#define X(symbol, text) HTTP1_PROBLEM_##symbol,
    HTTP1_PROBLEMS(X)
#undef X
};

const char *http1_problem_text(enum http1_problem problem);

/* What a response head says about itself. */
struct http1_head {
    uint64_t content_length; /* if has_length */
    uint16_t code;
    uint8_t minor; /* HTTP/1.minor; more than 1 is treated as 1 */
    bool has_length;
    bool is_chunked;
    bool says_close, says_keep_alive; /* Connection options */
};

/* False when `line`, which may be incomplete, can never become a status line. */
bool http1_head_may_start(struct span line);

/* "HTTP/1.1 200 OK"; sets minor and code. */
MUST_CHECK enum http1_problem http1_head_read_status(struct http1_head *head, struct span line,
                                                     struct span *ret_reason);

/* "Name: value" of a header or trailer; the value is trimmed. `line` is not empty. */
MUST_CHECK enum http1_problem http1_head_split_field(struct span line, struct span *ret_name,
                                                     struct span *ret_value);

/* Takes note of a field that decides where the message ends; others mean nothing here. */
MUST_CHECK enum http1_problem http1_head_read_field(struct http1_head *head, struct span name,
                                                    struct span value);

#endif
