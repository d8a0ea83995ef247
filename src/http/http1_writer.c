/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing requests: everything is checked first, then written.
 */
#include "http/http1_writer.h"

#include "http/headers.h"
#include "http/request_rules.h"

static void write_header(struct strbuf *out, struct span name, struct span value)
{
    strbuf_add_span(out, name);
    strbuf_add(out, ": ", 2);
    strbuf_add_span(out, value);
    strbuf_add(out, "\r\n", 2);
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
        bool frames = request_rules_is_framing(header->name);
        has_framing |= frames && request->framing_given;
        if (!span_equal_nocase(header->name, SPAN("host")) && (!frames || request->framing_given))
            write_header(out, header->name, header->value);
    }
    if (!has_framing && (request->body.len || request_rules_expects_body(request->method)))
        strbuf_addf(out, "Content-Length: %zu\r\n", request->body.len);
    strbuf_add(out, "\r\n", 2);
    strbuf_add_span(out, request->body);
}

int http1_writer_request(struct strbuf *out, const struct http1_request *request,
                         const char **ret_problem)
{
    const char *problem = out->overflow ? "the request is too large"
                                        : request_rules_check(request->method, request->target,
                                                              request->host, request->headers);
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
