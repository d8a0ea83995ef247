/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the lines of a response head.
 */
#include "http/http1_head.h"

#include "http/charset.h"

const char *http1_problem_text(enum http1_problem problem)
{
    static const char *const TEXTS[] = {
#define X(symbol, text) text,
        HTTP1_PROBLEMS(X)
#undef X
    };
    return TEXTS[problem];
}

bool http1_head_may_start(struct span line)
{
    struct span magic = SPAN("HTTP/1.");
    return memcmp(line.ptr, magic.ptr, MIN_OF(line.len, magic.len)) == 0;
}

/* "HTTP/1.1 200 OK"; the reason may be empty, its space too (RFC 9112 §4). */
enum http1_problem http1_head_read_status(struct http1_head *head, struct span line,
                                          struct span *ret_reason)
{
    const size_t code_at = sizeof("HTTP/1.1 ") - 1, code_end = code_at + 3;
    uint64_t code;
    if (line.len < code_end || !charset_is_digit(line.ptr[7]) || line.ptr[8] != ' ')
        return HTTP1_PROBLEM_STATUS_LINE;
    if (span_to_u64(span_of(line.ptr + code_at, 3), 999, &code) < 0 || code < 100)
        return HTTP1_PROBLEM_STATUS_LINE;
    if (line.len > code_end && line.ptr[code_end] != ' ')
        return HTTP1_PROBLEM_STATUS_LINE;
    head->minor = MIN_OF((uint8_t)(line.ptr[7] - '0'), 1);
    head->code = (uint16_t)code;
    *ret_reason = span_from(line, code_end + 1);
    return charset_is_field_value(*ret_reason) ? HTTP1_PROBLEM_NONE : HTTP1_PROBLEM_STATUS_LINE;
}

/* RFC 9112 §5: "field-name ':' OWS field-value OWS", nothing before the colon. */
enum http1_problem http1_head_split_field(struct span line, struct span *ret_name,
                                          struct span *ret_value)
{
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return HTTP1_PROBLEM_FOLDING;
    size_t name_len = charset_token_len(line);
    if (name_len == 0 || name_len == line.len || line.ptr[name_len] != ':')
        return HTTP1_PROBLEM_FIELD;
    *ret_name = span_head(line, name_len);
    *ret_value = span_trim(span_from(line, name_len + 1));
    return charset_is_field_value(*ret_value) ? HTTP1_PROBLEM_NONE : HTTP1_PROBLEM_FIELD;
}

static enum http1_problem read_content_length(struct http1_head *head, struct span value)
{
    for (bool more = true; more;) {
        uint64_t length;
        more = span_find(value, ',') >= 0;
        struct span item = span_trim(span_cut(value, ',', &value));
        if (span_to_u64(item, INT64_MAX, &length) < 0)
            return HTTP1_PROBLEM_CONTENT_LENGTH;
        if (head->has_length && head->content_length != length)
            return HTTP1_PROBLEM_CONFLICTING_LENGTHS;
        head->has_length = true;
        head->content_length = length;
    }
    return HTTP1_PROBLEM_NONE;
}

static enum http1_problem read_transfer_encoding(struct http1_head *head, struct span value)
{
    if (head->is_chunked || !span_equal_nocase(value, SPAN("chunked")))
        return HTTP1_PROBLEM_TRANSFER_ENCODING;
    head->is_chunked = true;
    return HTTP1_PROBLEM_NONE;
}

static void read_connection(struct http1_head *head, struct span value)
{
    while (value.len) {
        struct span option = span_trim(span_cut(value, ',', &value));
        head->says_close |= span_equal_nocase(option, SPAN("close"));
        head->says_keep_alive |= span_equal_nocase(option, SPAN("keep-alive"));
    }
}

/* The three fields that decide where the message ends; told apart by length first. */
enum http1_problem http1_head_read_field(struct http1_head *head, struct span name,
                                         struct span value)
{
    if (name.len == 14 && span_equal_nocase(name, SPAN("content-length")))
        return read_content_length(head, value);
    if (name.len == 17 && span_equal_nocase(name, SPAN("transfer-encoding")))
        return read_transfer_encoding(head, value);
    if (name.len == 10 && span_equal_nocase(name, SPAN("connection")))
        read_connection(head, value);
    return HTTP1_PROBLEM_NONE;
}
