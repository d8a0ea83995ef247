/* SPDX-License-Identifier: Apache-2.0
 *
 * wrk's usual message without a script.
 */
#include "cli/as/wrk/request.h"

#include "base/span.h"
#include "base/strbuf.h"
#include "cli/as/wrk/wrk_options.h"
#include "http/charset.h"

struct header {
    struct span name, value;
};

/* The last -H of a name wins, at the place of the first. wrk compares names letter by letter and
 * drops a Content-Length in this spelling, because there is no body. */
static bool is_sent(const struct wrk_options *options, size_t i, struct header *ret_header)
{
    struct header header, other;
    if (!wrk_options_header(options->headers[i], &header.name, &header.value) ||
        span_equal(header.name, SPAN("Content-Length")))
        return false;
    for (size_t j = 0; j < options->header_count; j++) {
        if (!wrk_options_header(options->headers[j], &other.name, &other.value) ||
            !span_equal(other.name, header.name))
            continue;
        if (j < i)
            return false;
        header.value = other.value;
    }
    *ret_header = header;
    return true;
}

static void add_header(struct strbuf *out, struct span name, struct span value)
{
    strbuf_add_span(out, name);
    strbuf_adds(out, ": ");
    strbuf_add_span(out, value);
    strbuf_adds(out, "\r\n");
}

static bool has_host(const struct wrk_options *options)
{
    struct span name, value;
    for (size_t i = 0; i < options->header_count; i++) {
        if (wrk_options_header(options->headers[i], &name, &value) &&
            span_equal(name, SPAN("Host")))
            return true;
    }
    return false;
}

static void add_host(const struct wrk_url *url, struct strbuf *out)
{
    strbuf_adds(out, url->is_ipv6 ? "Host: [" : "Host: ");
    strbuf_add_span(out, url->host);
    strbuf_adds(out, url->is_ipv6 ? "]" : "");
    if (url->port.ptr) {
        strbuf_addc(out, ':');
        strbuf_add_span(out, url->port);
    }
    strbuf_adds(out, "\r\n");
}

/* Where a header line, which may still end in CR, stops being one (RFC 9110 §5.6.2, §5.5), from 1;
 * 0: nowhere. */
static size_t bad_column(struct span line)
{
    size_t i = charset_token_len(line);
    if (i == 0 || i == line.len || line.ptr[i] != ':')
        return i + 1;
    for (i++; i < line.len; i++) {
        unsigned char c = (unsigned char)line.ptr[i];
        if (((c < ' ' && c != '\t') || c == 127) && !(c == '\r' && i + 1 == line.len))
            return i + 1;
    }
    return 0;
}

/* A header that announces a body makes the message one that never ends: there is none. */
static bool wants_body(struct span line)
{
    struct span value, name = span_cut(line, ':', &value);
    if (value.len && value.ptr[value.len - 1] == '\r')
        value.len--;
    value = span_trim(value);
    return (span_equal_nocase(name, SPAN("content-length")) && !span_equal(value, SPAN("0"))) ||
           (span_equal_nocase(name, SPAN("transfer-encoding")) &&
            span_equal_nocase(value, SPAN("chunked")));
}

static int complain(struct strbuf *problem, const char *what, unsigned line, size_t column)
{
    strbuf_addf(problem, "%s at %u:%zu", what, line, column);
    return -1;
}

/* As wrk: the text is checked, so a line break within a value begins a new header. */
static int check(struct span message, struct strbuf *problem)
{
    bool is_endless = false;
    struct span rest, line;
    unsigned number = 1;
    (void)span_cut(message, '\n', &rest);
    for (;;) {
        line = span_cut(rest, '\n', &rest);
        number++;
        if (span_equal(line, SPAN("\r")) || line.len == 0)
            break;
        size_t column = bad_column(line);
        if (column)
            return complain(problem, "invalid character in header", number, column);
        is_endless = is_endless || wants_body(line);
    }
    return is_endless ? complain(problem, "incomplete request", number + 1, 1) : 0;
}

int wrk_request_write(const struct wrk_options *options, struct strbuf *out,
                      struct strbuf *ret_problem)
{
    struct header header;
    strbuf_adds(out, "GET ");
    strbuf_add_span(out, options->parts.target);
    strbuf_adds(out, " HTTP/1.1\r\n");
    if (!has_host(options))
        add_host(&options->parts, out);
    for (size_t i = 0; i < options->header_count; i++) {
        if (is_sent(options, i, &header))
            add_header(out, header.name, header.value);
    }
    strbuf_adds(out, "\r\n");
    return check(strbuf_span(out), ret_problem);
}
