/* SPDX-License-Identifier: Apache-2.0
 *
 * A head is looked for as a whole first, so that what is not there yet (STEP_MORE) and what is
 * wrong never mix; then its lines are read, then the body is measured.
 */
#include "script/wrk/request_text.h"

#include "http/charset.h"

static enum step fail(struct request_problem *problem, const char *reason, const char *at)
{
    *problem = (struct request_problem){reason, at};
    return STEP_FAILED;
}

/* The next line without its end. False: it has none. */
static bool take_line(struct span *rest, struct span *ret_line)
{
    ptrdiff_t end = span_find(*rest, '\n');
    if (end < 0)
        return false;
    struct span line = span_head(*rest, (size_t)end);
    *rest = span_of(rest->ptr + end + 1, rest->len - (size_t)end - 1);
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    *ret_line = line;
    return true;
}

static void skip_empty_lines(struct span *rest)
{
    while (rest->len && (*rest->ptr == '\r' || *rest->ptr == '\n'))
        *rest = span_of(rest->ptr + 1, rest->len - 1);
}

/* Upper-case letters and '-' are all that registered methods are made of. */
static size_t method_len(struct span text)
{
    size_t len = 0;
    while (len < text.len &&
           ((text.ptr[len] >= 'A' && text.ptr[len] <= 'Z') || (len > 0 && text.ptr[len] == '-')))
        len++;
    return len;
}

/* No space, no control characters. */
static size_t target_len(struct span text)
{
    size_t len = 0;
    while (len < text.len && text.ptr[len] > ' ' && text.ptr[len] != 0x7f)
        len++;
    return len;
}

static bool is_target(struct span target)
{
    return target.len && (*target.ptr == '/' || span_equal(target, SPAN("*")) ||
                          span_starts_with(target, SPAN("http://")) ||
                          span_starts_with(target, SPAN("https://")));
}

static struct span behind(struct span text, size_t len)
{
    return span_of(text.ptr + len, text.len - len);
}

static enum step read_request_line(struct span line, struct request_text *request,
                                   struct request_problem *problem)
{
    size_t len = method_len(line);
    request->method = span_head(line, len);
    line = behind(line, len);
    if (len == 0 || line.len == 0 || *line.ptr != ' ')
        return fail(problem, "invalid HTTP method", line.ptr);
    line = behind(line, 1);
    len = target_len(line);
    request->target = span_head(line, len);
    line = behind(line, len);
    if (!is_target(request->target) || line.len == 0 || *line.ptr != ' ')
        return fail(problem, "invalid URL", line.ptr);
    line = behind(line, 1);
    if (!span_equal(line, SPAN("HTTP/1.1")) && !span_equal(line, SPAN("HTTP/1.0")))
        return fail(problem, "invalid constant string", line.ptr);
    request->minor = line.ptr[line.len - 1] == '1';
    return STEP_DONE;
}

/* What the head says about the body. */
struct framing {
    uint64_t length;
    bool has_length;
};

static bool has_token(struct span list, struct span token)
{
    while (list.len) {
        if (span_equal_nocase(span_trim(span_cut(list, ',', &list)), token))
            return true;
    }
    return false;
}

static enum step note_field(struct span name, struct span value, struct request_text *request,
                            struct framing *framing, struct request_problem *problem)
{
    if (span_equal_nocase(name, SPAN("content-length"))) {
        uint64_t length;
        if (span_to_u64(value, INT64_MAX, &length) < 0 ||
            (framing->has_length && framing->length != length))
            return fail(problem, "invalid character in content-length header", value.ptr);
        *framing = (struct framing){length, true};
    } else if (span_equal_nocase(name, SPAN("transfer-encoding"))) {
        if (!span_equal_nocase(value, SPAN("chunked")))
            return fail(problem, "unknown transfer coding", value.ptr);
        request->is_chunked = true;
    } else if (span_equal_nocase(name, SPAN("connection"))) {
        if (has_token(value, SPAN("close")))
            request->closes = true;
        else if (has_token(value, SPAN("keep-alive")))
            request->closes = false;
    }
    return STEP_DONE;
}

static enum step read_field(struct span line, struct span *ret_name, struct span *ret_value,
                            struct request_problem *problem)
{
    size_t len = charset_token_len(line);
    if (len == 0 || len == line.len || line.ptr[len] != ':')
        return fail(problem, "invalid character in header", line.ptr + len);
    *ret_name = span_head(line, len);
    *ret_value = span_trim(behind(line, len + 1));
    for (size_t i = 0; i < ret_value->len; i++) {
        if (!charset_is_field_value(span_of(ret_value->ptr + i, 1)))
            return fail(problem, "invalid character in header", ret_value->ptr + i);
    }
    return STEP_DONE;
}

/* From behind the request line to the empty line, which is taken too. */
static enum step read_fields(struct span *rest, struct request_text *request,
                             struct framing *framing, struct request_problem *problem)
{
    struct span line, name, value;
    const char *start = rest->ptr, *end = start;
    while (take_line(rest, &line)) {
        if (line.len == 0) {
            request->fields = span_of(start, (size_t)(end - start));
            return STEP_DONE;
        }
        if (read_field(line, &name, &value, problem) == STEP_FAILED ||
            note_field(name, value, request, framing, problem) == STEP_FAILED)
            return STEP_FAILED;
        end = rest->ptr;
    }
    return STEP_MORE;
}

static enum step read_chunk_size(struct span line, uint64_t *ret_size,
                                 struct request_problem *problem)
{
    uint64_t size = 0;
    size_t i = 0;
    for (; i < line.len && charset_hex_digit(line.ptr[i]) >= 0; i++) {
        if (size > INT64_MAX / 16)
            return fail(problem, "invalid character in chunk size header", line.ptr + i);
        size = size * 16 + (uint64_t)charset_hex_digit(line.ptr[i]);
    }
    if (i == 0 || (i < line.len && line.ptr[i] != ';' && line.ptr[i] != ' '))
        return fail(problem, "invalid character in chunk size header", line.ptr + i);
    *ret_size = size;
    return STEP_DONE;
}

/* Behind the last chunk, up to the empty line. */
static enum step skip_trailers(struct span *rest, struct request_problem *problem)
{
    struct span line, name, value;
    while (take_line(rest, &line)) {
        if (line.len == 0)
            return STEP_DONE;
        if (read_field(line, &name, &value, problem) == STEP_FAILED)
            return STEP_FAILED;
    }
    return STEP_MORE;
}

static enum step skip_chunks(struct span *rest, struct request_problem *problem)
{
    struct span line;
    uint64_t size;
    while (take_line(rest, &line)) {
        if (read_chunk_size(line, &size, problem) == STEP_FAILED)
            return STEP_FAILED;
        if (size == 0)
            return skip_trailers(rest, problem);
        if (rest->len < size)
            return STEP_MORE;
        *rest = behind(*rest, size);
        if (!take_line(rest, &line))
            return STEP_MORE;
        if (line.len)
            return fail(problem, "invalid character in chunk", line.ptr);
    }
    return STEP_MORE;
}

static enum step take_body(struct span *rest, const struct framing *framing,
                           struct request_text *request, struct request_problem *problem)
{
    const char *start = rest->ptr;
    enum step step = STEP_DONE;
    if (request->is_chunked && framing->has_length)
        return fail(problem, "both content-length and transfer-encoding", start);
    if (request->is_chunked)
        step = skip_chunks(rest, problem);
    else if (rest->len < framing->length)
        step = STEP_MORE;
    else
        *rest = behind(*rest, framing->length);
    if (request->is_chunked || framing->has_length)
        request->body = span_of(start, (size_t)(rest->ptr - start));
    return step;
}

enum step request_text_next(struct span *rest, struct request_text *ret_request,
                            struct request_problem *problem)
{
    struct request_text request = {0};
    struct framing framing = {0};
    struct span at = *rest, line;
    skip_empty_lines(&at);
    size_t used = method_len(at);
    if (used < at.len && (used == 0 || at.ptr[used] != ' '))
        return fail(problem, "invalid HTTP method", at.ptr + used);
    if (!take_line(&at, &line))
        return STEP_MORE;
    if (read_request_line(line, &request, problem) == STEP_FAILED)
        return STEP_FAILED;
    request.closes = request.minor == 0;
    enum step step = read_fields(&at, &request, &framing, problem);
    if (step == STEP_DONE)
        step = take_body(&at, &framing, &request, problem);
    if (step == STEP_DONE) {
        *ret_request = request;
        *rest = at;
    }
    return step;
}

bool request_text_field(struct span *rest, struct span *ret_name, struct span *ret_value)
{
    struct request_problem ignored;
    struct span line;
    return take_line(rest, &line) && read_field(line, ret_name, ret_value, &ignored) == STEP_DONE;
}

void request_text_place(struct span text, const char *at, unsigned *ret_line, unsigned *ret_column)
{
    unsigned line = 1, column = 1;
    for (const char *c = text.ptr; c < at; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    *ret_line = line;
    *ret_column = column;
}
