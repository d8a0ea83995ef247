/* SPDX-License-Identifier: Apache-2.0
 *
 * Responses as ApacheBench reads them (found by sending it answers and watching what it does):
 * texts looked for in the head instead of a grammar, and a body of whatever follows.
 */
#include "http/http1_loose.h"

static bool is_at(struct span s, size_t at, struct span word)
{
    return span_equal_nocase(span_head(span_from(s, at), word.len), word);
}

/* The words begin with a letter, which costs one comparison for most bytes. */
ptrdiff_t http1_loose_find(struct span head, struct span word)
{
    int first = word.ptr[0] | 0x20;
    for (size_t at = 0; at + word.len <= head.len; at++) {
        if ((head.ptr[at] | 0x20) == first && is_at(head, at, word))
            return (ptrdiff_t)at;
    }
    return -1;
}

/* Where the body begins; 0 when the head goes on. */
static size_t head_end(struct span text)
{
    const char *end = text.len ? memmem(text.ptr, text.len, "\r\n\r\n", 4) : NULL;
    if (end)
        return (size_t)(end - text.ptr) + 4;
    end = text.len ? memmem(text.ptr, text.len, "\n\n", 2) : NULL;
    return end ? (size_t)(end - text.ptr) + 2 : 0;
}

/* The three bytes behind "HTTP/1.1 "; only whether the first is a 2 counts for ApacheBench. */
static uint16_t status_code(struct span head)
{
    ptrdiff_t at = http1_loose_find(head, SPAN("HTTP"));
    struct span digits = at < 0 ? SPAN_EMPTY : span_head(span_from(head, (size_t)at + 9), 3);
    uint64_t code;
    if (digits.len == 3 && span_to_u64(digits, 999, &code) == 0)
        return (uint16_t)code;
    return digits.len && digits.ptr[0] == '2' ? 200 : 500;
}

static uint64_t content_length(struct span head)
{
    const struct span name = SPAN("Content-Length:");
    ptrdiff_t at = http1_loose_find(head, name);
    struct span value = at < 0 ? SPAN_EMPTY : span_trim(span_from(head, (size_t)at + name.len));
    uint64_t length = 0;
    for (size_t i = 0; i < value.len && value.ptr[i] >= '0' && value.ptr[i] <= '9'; i++)
        length = MIN_OF(length * 10 + (uint64_t)(value.ptr[i] - '0'), UINT64_C(1) << 60);
    return value.len && value.ptr[0] == '-' ? UINT64_MAX : length;
}

/* Only who asked for it looks at it, and only then at the length. */
static void read_head(struct http1_parser *parser, struct span head)
{
    bool wants_more = parser->limits->reading == HTTP1_READING_LOOSE_KEEP_ALIVE;
    parser->head.code = status_code(head);
    parser->head.minor = 0;
    parser->head.says_keep_alive = wants_more && http1_loose_find(head, SPAN("Keep-Alive")) >= 0;
    parser->framing = parser->head.says_keep_alive ? HTTP1_BODY_LENGTH : HTTP1_BODY_UNTIL_CLOSE;
    parser->head.content_length =
        parser->head.says_keep_alive && !parser->head_request ? content_length(head) : 0;
}

static enum step take_body(struct http1_parser *parser, struct span bytes)
{
    if (parser->events->on_body && bytes.len)
        parser->events->on_body(parser->arg, bytes);
    parser->body_bytes += bytes.len;
    parser->state = HTTP1_STATE_BODY;
    if (parser->framing == HTTP1_BODY_UNTIL_CLOSE ||
        parser->body_bytes < parser->head.content_length)
        return STEP_MORE;
    parser->state = HTTP1_STATE_DONE;
    return STEP_DONE;
}

static enum step take_head(struct http1_parser *parser, struct span bytes)
{
    struct span text = bytes;
    if (parser->partial.len) {
        strbuf_add_span(&parser->partial, bytes);
        text = strbuf_span(&parser->partial);
    }
    if (parser->events->on_text)
        parser->events->on_text(parser->arg, text);
    size_t end = head_end(text);
    if ((end ? end : text.len) >= parser->limits->head_bytes || parser->partial.overflow) {
        parser->state = HTTP1_STATE_FAILED;
        parser->problem = HTTP1_PROBLEM_HEAD_TOO_LONG;
        return STEP_FAILED;
    }
    if (!end) {
        if (!parser->partial.len)
            strbuf_add_span(&parser->partial, bytes);
        return STEP_MORE;
    }
    read_head(parser, span_head(text, end));
    if (parser->events->on_status)
        parser->events->on_status(parser->arg, 0, parser->head.code, SPAN_EMPTY);
    if (parser->events->on_headers_done)
        parser->events->on_headers_done(parser->arg);
    enum step step = take_body(parser, span_from(text, end));
    strbuf_reset(&parser->partial);
    return step;
}

enum step http1_loose_feed(struct http1_parser *parser, struct span bytes)
{
    parser->any_byte |= bytes.len > 0;
    if (parser->state == HTTP1_STATE_STATUS)
        return take_head(parser, bytes);
    if (parser->state == HTTP1_STATE_BODY)
        return take_body(parser, bytes);
    return parser->state == HTTP1_STATE_DONE ? STEP_DONE : STEP_FAILED;
}

enum step http1_loose_eof(struct http1_parser *parser)
{
    if (parser->state == HTTP1_STATE_FAILED)
        return STEP_FAILED;
    if (!parser->any_byte) {
        parser->state = HTTP1_STATE_FAILED;
        parser->problem = HTTP1_PROBLEM_CLOSED;
        return STEP_FAILED;
    }
    parser->head.says_keep_alive = false;
    parser->state = HTTP1_STATE_DONE;
    return STEP_DONE;
}
