/* SPDX-License-Identifier: Apache-2.0
 *
 * The response parser: a loop over "one line" and "some body". Everything but body bytes is a
 * line, so resuming at any byte is one buffer (`partial`), not a state per character.
 */
#include "http/http1_parser.h"

#include "http/charset.h"
#include "http/http1_loose.h"

/* A chunk-size line, extensions included (RFC 9112 §7.1.1 asks for a limit). */
#define CHUNK_LINE_BYTES ((size_t)4096)

static const struct http1_events NO_EVENTS = {0};

static enum step fail(struct http1_parser *parser, enum http1_problem problem)
{
    parser->state = HTTP1_STATE_FAILED;
    parser->problem = problem;
    return STEP_FAILED;
}

/* Lines */

static size_t line_limit(const struct http1_parser *parser)
{
    if (parser->state == HTTP1_STATE_CHUNK_SIZE)
        return CHUNK_LINE_BYTES;
    if (parser->state == HTTP1_STATE_CHUNK_END)
        return 2;
    return parser->limits->head_bytes - parser->section_bytes;
}

static enum step line_too_long(struct http1_parser *parser)
{
    bool in_chunk =
        parser->state == HTTP1_STATE_CHUNK_SIZE || parser->state == HTTP1_STATE_CHUNK_END;
    return fail(parser, in_chunk ? HTTP1_PROBLEM_CHUNK : HTTP1_PROBLEM_HEAD_TOO_LONG);
}

/* A peer that speaks another protocol may never send a line end: refuse it at its first bytes. */
static bool may_be_line(const struct http1_parser *parser, struct span line)
{
    return parser->state != HTTP1_STATE_STATUS || http1_head_may_start(line);
}

/* Puts aside the unfinished line at the end of the input. */
static enum step keep_partial(struct http1_parser *parser, const char **at, const char *end)
{
    size_t len = (size_t)(end - *at);
    size_t room = line_limit(parser) - parser->partial.len;
    strbuf_add(&parser->partial, *at, MIN_OF(len, room));
    if (!may_be_line(parser, strbuf_span(&parser->partial)))
        return fail(parser, HTTP1_PROBLEM_STATUS_LINE);
    if (len > room)
        return line_too_long(parser);
    *at = end;
    parser->head_start = NULL;
    return STEP_MORE;
}

/* Takes one line without its end into `*ret_line`, valid until the next call. */
static enum step take_line(struct http1_parser *parser, const char **at, const char *end,
                           struct span *ret_line)
{
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    if (!newline)
        return keep_partial(parser, at, end);
    struct span line = span_of(*at, (size_t)(newline - *at));
    size_t line_bytes = parser->partial.len + line.len + 1;
    bool is_too_long = line_bytes > line_limit(parser);
    if (parser->partial.len && !is_too_long) {
        strbuf_add_span(&parser->partial, line);
        line = strbuf_span(&parser->partial);
    }
    if (!may_be_line(parser, line))
        return fail(parser, HTTP1_PROBLEM_STATUS_LINE);
    if (is_too_long)
        return line_too_long(parser);
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    parser->section_bytes += line_bytes;
    *at = newline + 1;
    *ret_line = line;
    return STEP_DONE;
}

/* Status line and fields */

static bool is_interim(const struct http1_parser *parser)
{
    return parser->head.code < 200;
}

static void emit_status(struct http1_parser *parser, struct span reason)
{
    if (parser->events->on_status && !is_interim(parser))
        parser->events->on_status(parser->arg, parser->head.minor, parser->head.code, reason);
}

static enum step take_status(struct http1_parser *parser, struct span line)
{
    struct span reason;
    parser->head = (struct http1_head){0};
    enum http1_problem problem = http1_head_read_status(&parser->head, line, &reason);
    if (problem)
        return fail(parser, problem);
    if (parser->head.code == 101)
        return fail(parser, HTTP1_PROBLEM_UPGRADE);
    if (parser->head_start)
        http1_memo_begin(&parser->memo, parser->head_start, reason);
    emit_status(parser, reason);
    parser->field_count = 0;
    parser->state = HTTP1_STATE_FIELDS;
    return STEP_MORE;
}

static enum step take_field(struct http1_parser *parser, struct span line)
{
    struct span name, value;
    enum http1_problem problem = http1_head_split_field(line, &name, &value);
    if (!problem && parser->field_count++ == parser->limits->fields)
        problem = HTTP1_PROBLEM_TOO_MANY_FIELDS;
    if (!problem)
        problem = http1_head_read_field(&parser->head, name, value);
    if (problem)
        return fail(parser, problem);
    if (parser->head_start)
        http1_memo_field(&parser->memo, parser->head_start, name, value);
    if (parser->events->on_header && !is_interim(parser))
        parser->events->on_header(parser->arg, name, value);
    return STEP_MORE;
}

/* From head to body */

static enum step complete(struct http1_parser *parser)
{
    parser->state = HTTP1_STATE_DONE;
    return STEP_DONE;
}

/* RFC 9112 §6.3, in its order. */
static enum http1_body decide_framing(const struct http1_parser *parser)
{
    unsigned code = parser->head.code;
    if (parser->head_request || code == 204 || code == 304)
        return HTTP1_BODY_NONE;
    if (parser->head.is_chunked)
        return HTTP1_BODY_CHUNKED;
    return parser->head.has_length ? HTTP1_BODY_LENGTH : HTTP1_BODY_UNTIL_CLOSE;
}

static enum step begin_body(struct http1_parser *parser)
{
    parser->framing = decide_framing(parser);
    parser->section_bytes = 0;
    parser->field_count = 0;
    parser->remaining =
        parser->framing == HTTP1_BODY_LENGTH ? parser->head.content_length : UINT64_MAX;
    if (parser->events->on_headers_done)
        parser->events->on_headers_done(parser->arg);
    if (parser->framing == HTTP1_BODY_NONE || parser->remaining == 0)
        return complete(parser);
    if (parser->framing == HTTP1_BODY_LENGTH && parser->remaining > parser->limits->body_bytes)
        return fail(parser, HTTP1_PROBLEM_BODY_TOO_LONG);
    parser->state =
        parser->framing == HTTP1_BODY_CHUNKED ? HTTP1_STATE_CHUNK_SIZE : HTTP1_STATE_BODY;
    return STEP_MORE;
}

/* The empty line after the fields; `at` is where the body or the next head begins. */
static enum step end_head(struct http1_parser *parser, const char *at)
{
    if (is_interim(parser)) {
        if (parser->interim_count++ == parser->limits->interim)
            return fail(parser, HTTP1_PROBLEM_TOO_MANY_INTERIM);
        parser->section_bytes = 0;
        parser->state = HTTP1_STATE_STATUS;
        return STEP_MORE;
    }
    if (parser->head_start)
        http1_memo_keep(&parser->memo,
                        span_of(parser->head_start, (size_t)(at - parser->head_start)),
                        &parser->head);
    return begin_body(parser);
}

static struct span range_span(const char *start, struct http1_range range)
{
    return span_of(start + range.at, range.len);
}

/* The same head as last time: the same events, from the same places of the new bytes. */
static enum step replay_head(struct http1_parser *parser, const char **at)
{
    const struct http1_memo *memo = &parser->memo;
    const char *start = *at;
    parser->head = memo->head;
    emit_status(parser, range_span(start, memo->reason));
    for (size_t i = 0; parser->events->on_header && i < memo->field_count; i++)
        parser->events->on_header(parser->arg, range_span(start, memo->names[i]),
                                  range_span(start, memo->values[i]));
    *at += memo->len;
    return begin_body(parser);
}

static enum step feed_head(struct http1_parser *parser, const char **at, const char *end)
{
    if (parser->state == HTTP1_STATE_STATUS && !parser->partial.len) {
        if (http1_memo_matches(&parser->memo, span_of(*at, (size_t)(end - *at))))
            return replay_head(parser, at);
        parser->head_start = *at;
    }
    struct span line;
    enum step step = take_line(parser, at, end, &line);
    if (step != STEP_DONE)
        return step;
    if (parser->state == HTTP1_STATE_STATUS)
        step = take_status(parser, line);
    else
        step = line.len ? take_field(parser, line) : end_head(parser, *at);
    if (parser->partial.len)
        strbuf_reset(&parser->partial);
    return step;
}

/* Body */

/* Hands on what belongs to the body or the chunk; STEP_DONE when all of it has come. */
static enum step feed_data(struct http1_parser *parser, const char **at, const char *end)
{
    uint64_t here = MIN_OF((uint64_t)(end - *at), parser->remaining);
    uint64_t room = parser->limits->body_bytes - parser->body_bytes;
    size_t len = (size_t)MIN_OF(here, room);
    if (parser->events->on_body && len)
        parser->events->on_body(parser->arg, span_of(*at, len));
    *at += len;
    parser->body_bytes += len;
    if (here > room)
        return fail(parser, HTTP1_PROBLEM_BODY_TOO_LONG);
    if (parser->framing != HTTP1_BODY_UNTIL_CLOSE)
        parser->remaining -= len;
    return parser->remaining ? STEP_MORE : STEP_DONE;
}

static enum step feed_body(struct http1_parser *parser, const char **at, const char *end)
{
    enum step step = feed_data(parser, at, end);
    return step == STEP_DONE ? complete(parser) : step;
}

/* RFC 9112 §7.1: 1*HEXDIG, then extensions, which mean nothing to a client. */
static enum http1_problem parse_chunk_size(struct span line, uint64_t *ret_size)
{
    uint64_t size = 0;
    size_t digits = 0;
    for (int digit; digits < line.len && (digit = charset_hex_digit(line.ptr[digits])) >= 0;
         digits++) {
        if (size >> 59) /* one more digit would pass the sign of the counters */
            return HTTP1_PROBLEM_CHUNK_OVERFLOW;
        size = size << 4 | (uint64_t)digit;
    }
    struct span rest = span_trim(span_from(line, digits));
    if (digits == 0 || (rest.len && rest.ptr[0] != ';') || !charset_is_field_value(rest))
        return HTTP1_PROBLEM_CHUNK;
    *ret_size = size;
    return HTTP1_PROBLEM_NONE;
}

static enum step take_chunk_size(struct http1_parser *parser, struct span line)
{
    enum http1_problem problem = parse_chunk_size(line, &parser->remaining);
    if (problem)
        return fail(parser, problem);
    if (parser->remaining > parser->limits->body_bytes - parser->body_bytes)
        return fail(parser, HTTP1_PROBLEM_BODY_TOO_LONG);
    parser->section_bytes = 0;
    parser->state = parser->remaining ? HTTP1_STATE_CHUNK_DATA : HTTP1_STATE_TRAILERS;
    return STEP_MORE;
}

static enum step take_chunk_end(struct http1_parser *parser, struct span line)
{
    if (line.len)
        return fail(parser, HTTP1_PROBLEM_CHUNK);
    parser->state = HTTP1_STATE_CHUNK_SIZE;
    return STEP_MORE;
}

static enum step take_trailer(struct http1_parser *parser, struct span line)
{
    struct span name, value;
    if (line.len == 0)
        return complete(parser);
    enum http1_problem problem = http1_head_split_field(line, &name, &value);
    if (!problem && parser->field_count++ == parser->limits->fields)
        problem = HTTP1_PROBLEM_TOO_MANY_FIELDS;
    if (problem)
        return fail(parser, problem);
    if (parser->events->on_trailer)
        parser->events->on_trailer(parser->arg, name, value);
    return STEP_MORE;
}

static enum step feed_chunk_line(struct http1_parser *parser, const char **at, const char *end)
{
    struct span line;
    enum step step = take_line(parser, at, end, &line);
    if (step != STEP_DONE)
        return step;
    if (parser->state == HTTP1_STATE_CHUNK_SIZE)
        step = take_chunk_size(parser, line);
    else if (parser->state == HTTP1_STATE_CHUNK_END)
        step = take_chunk_end(parser, line);
    else
        step = take_trailer(parser, line);
    if (parser->partial.len)
        strbuf_reset(&parser->partial);
    return step;
}

static enum step feed_chunk_data(struct http1_parser *parser, const char **at, const char *end)
{
    enum step step = feed_data(parser, at, end);
    if (step == STEP_DONE) {
        parser->state = HTTP1_STATE_CHUNK_END;
        step = STEP_MORE;
    }
    return step;
}

/* One line or one piece of body. */
static enum step advance(struct http1_parser *parser, const char **at, const char *end)
{
    switch (parser->state) {
    case HTTP1_STATE_STATUS:
    case HTTP1_STATE_FIELDS:
        return feed_head(parser, at, end);
    case HTTP1_STATE_BODY:
        return feed_body(parser, at, end);
    case HTTP1_STATE_CHUNK_DATA:
        return feed_chunk_data(parser, at, end);
    case HTTP1_STATE_CHUNK_SIZE:
    case HTTP1_STATE_CHUNK_END:
    case HTTP1_STATE_TRAILERS:
        return feed_chunk_line(parser, at, end);
    case HTTP1_STATE_DONE:
        return STEP_DONE;
    case HTTP1_STATE_FAILED:
        break;
    }
    return STEP_FAILED;
}

/* Public */

struct http1_limits http1_limits_defaults(void)
{
    return (struct http1_limits){
        .head_bytes = (size_t)256 * 1024,
        .fields = 1000,
        .interim = 32,
        .body_bytes = UINT64_C(1) << 30,
    };
}

void http1_parser_init(struct http1_parser *parser, const struct http1_limits *limits,
                       const struct http1_events *events, void *arg)
{
    *parser =
        (struct http1_parser){.limits = limits, .events = events ? events : &NO_EVENTS, .arg = arg};
    strbuf_init(&parser->partial, MAX_OF(limits->head_bytes, CHUNK_LINE_BYTES));
}

void http1_parser_done(struct http1_parser *parser)
{
    strbuf_done(&parser->partial);
}

void http1_parser_listen(struct http1_parser *parser, const struct http1_events *events, void *arg)
{
    parser->events = events ? events : &NO_EVENTS;
    parser->arg = arg;
}

void http1_parser_reset(struct http1_parser *parser, bool head_request)
{
    parser->state = HTTP1_STATE_STATUS;
    parser->problem = HTTP1_PROBLEM_NONE;
    parser->framing = HTTP1_BODY_NONE;
    parser->head_request = head_request;
    parser->any_byte = false;
    parser->interim_count = 0;
    parser->head = (struct http1_head){0};
    parser->section_bytes = 0;
    parser->body_bytes = 0;
    parser->head_start = NULL;
    strbuf_reset(&parser->partial);
}

enum step http1_parser_feed(struct http1_parser *parser, struct span bytes, size_t *ret_used)
{
    if (UNLIKELY(parser->limits->reading != HTTP1_READING_STRICT)) {
        *ret_used = bytes.len;
        return http1_loose_feed(parser, bytes);
    }
    const char *at = bytes.ptr, *end = bytes.ptr + bytes.len;
    enum step step = parser->state == HTTP1_STATE_DONE     ? STEP_DONE
                     : parser->state == HTTP1_STATE_FAILED ? STEP_FAILED
                                                           : STEP_MORE;
    parser->any_byte |= bytes.len > 0;
    while (step == STEP_MORE && at < end)
        step = advance(parser, &at, end);
    parser->head_start = NULL; /* the next bytes lie elsewhere */
    *ret_used = (size_t)(at - bytes.ptr);
    return step;
}

enum step http1_parser_eof(struct http1_parser *parser)
{
    if (UNLIKELY(parser->limits->reading != HTTP1_READING_STRICT))
        return http1_loose_eof(parser);
    if (parser->state == HTTP1_STATE_BODY && parser->framing == HTTP1_BODY_UNTIL_CLOSE)
        return complete(parser);
    if (parser->state == HTTP1_STATE_DONE)
        return STEP_DONE;
    if (parser->state == HTTP1_STATE_FAILED)
        return STEP_FAILED;
    return fail(parser, parser->any_byte ? HTTP1_PROBLEM_TRUNCATED : HTTP1_PROBLEM_CLOSED);
}

enum http1_problem http1_parser_problem(const struct http1_parser *parser)
{
    return parser->problem;
}

unsigned http1_parser_status(const struct http1_parser *parser)
{
    return parser->head.code;
}

enum http1_body http1_parser_framing(const struct http1_parser *parser)
{
    return parser->framing;
}

int64_t http1_parser_content_length(const struct http1_parser *parser)
{
    bool counts = parser->head.has_length && !parser->head.is_chunked;
    return counts ? (int64_t)parser->head.content_length : -1;
}

uint64_t http1_parser_body_bytes(const struct http1_parser *parser)
{
    return parser->body_bytes;
}

/* RFC 9112 §9.3. A response with both framings, or chunked in HTTP/1.0, may have been tampered
 * with on its way (§6.1): read it, then trust the connection no more. */
bool http1_parser_keep_alive(const struct http1_parser *parser)
{
    const struct http1_head *head = &parser->head;
    if (UNLIKELY(parser->limits->reading != HTTP1_READING_STRICT))
        return head->says_keep_alive;
    bool is_suspect = head->is_chunked && (head->has_length || head->minor == 0);
    if (head->says_close || is_suspect || parser->framing == HTTP1_BODY_UNTIL_CLOSE)
        return false;
    return head->minor >= 1 || head->says_keep_alive;
}
