/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing requests: everything is checked first, then written.
 */
#include "http/http1_writer.h"

#include "http/charset.h"
#include "http/headers.h"

static bool is_target(struct span text)
{
    return text.len > 0 && charset_is_field_value(text) && span_find(text, ' ') < 0 &&
           span_find(text, '\t') < 0;
}

static const char *check_header(const struct header *header)
{
    if (!charset_is_token(header->name))
        return "a header name is empty or has a character that no header name may have";
    if (!charset_is_field_value(header->value))
        return "a header value has a control character (such as a line break)";
    return NULL;
}

static const char *check_request(const struct http1_request *request)
{
    const char *problem = NULL;
    if (!charset_is_token(request->method))
        return "the method is empty or has a character that no method may have";
    if (!is_target(request->target))
        return "the request target is empty or has a space or control character";
    if (!is_target(request->host))
        return "the host is empty or has a space or control character";
    for (size_t i = 0; request->headers && i < request->headers->count && !problem; i++)
        problem = check_header(&request->headers->items[i]);
    return problem;
}

static bool is_framing(struct span name)
{
    return span_equal_nocase(name, SPAN("content-length")) ||
           span_equal_nocase(name, SPAN("transfer-encoding"));
}

static void write_header(struct strbuf *out, struct span name, struct span value)
{
    strbuf_add_span(out, name);
    strbuf_add(out, ": ", 2);
    strbuf_add_span(out, value);
    strbuf_add(out, "\r\n", 2);
}

/* A server may wait for the body of these methods unless told that there is none. */
static bool expects_body(struct span method)
{
    return span_equal(method, SPAN("POST")) || span_equal(method, SPAN("PUT")) ||
           span_equal(method, SPAN("PATCH"));
}

static void write_request(struct strbuf *out, const struct http1_request *request)
{
    bool has_framing = false;
    strbuf_add_span(out, request->method);
    strbuf_addc(out, ' ');
    strbuf_add_span(out, request->target);
    strbuf_adds(out, " HTTP/1.1\r\n");
    write_header(out, SPAN("Host"), request->host);
    for (size_t i = 0; request->headers && i < request->headers->count; i++) {
        const struct header *header = &request->headers->items[i];
        bool frames = is_framing(header->name);
        has_framing |= frames && request->framing_given;
        if (!span_equal_nocase(header->name, SPAN("host")) && (!frames || request->framing_given))
            write_header(out, header->name, header->value);
    }
    if (!has_framing && (request->body.len || expects_body(request->method)))
        strbuf_addf(out, "Content-Length: %zu\r\n", request->body.len);
    strbuf_add(out, "\r\n", 2);
    strbuf_add_span(out, request->body);
}

int http1_writer_request(struct strbuf *out, const struct http1_request *request,
                         const char **ret_problem)
{
    const char *problem = out->overflow ? "the request is too large" : check_request(request);
    size_t before = out->len;
    if (!problem) {
        write_request(out, request);
        problem = out->overflow ? "the request is too large" : NULL;
    }
    if (!problem)
        return 0;
    strbuf_truncate(out, before);
    *ret_problem = problem;
    return -1;
}
