/* SPDX-License-Identifier: Apache-2.0
 *
 * From headers as a script writes them to the fields that nghttp2 sends.
 */
#include "http/http2_head.h"

#include "base/arena.h"
#include "base/util.h"
#include "http/charset.h"
#include "http/headers.h"
#include "http/http2_private.h"
#include "http/request_rules.h"

/* Pseudo-header fields and Content-Length. */
#define OWN_FIELDS 5

static const char *check(const struct http2_request *request)
{
    const char *problem =
        request_rules_check(request->method, request->target, request->authority, request->headers);
    if (!problem && span_equal(request->method, SPAN("CONNECT")))
        problem = "CONNECT cannot be sent over HTTP/2; ask for HTTP/1.1";
    return problem;
}

static struct span lower(struct arena *arena, struct span name)
{
    char *text = arena_dup(arena, name);
    for (size_t i = 0; i < name.len; i++)
        text[i] = charset_lower(text[i]);
    return span_of(text, name.len);
}

static void add(struct http2_head *head, struct span name, struct span value)
{
    head->fields[head->count++] = (nghttp2_nv){
        .name = (uint8_t *)name.ptr,
        .value = (uint8_t *)value.ptr,
        .namelen = name.len,
        .valuelen = value.len,
        .flags = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE,
    };
}

static bool is_of_connection(struct span name, struct span value)
{
    static const struct span names[] = {
        {"connection", 10},       {"host", 4},
        {"http2-settings", 14},   {"keep-alive", 10},
        {"proxy-connection", 16}, {"transfer-encoding", 17},
        {"upgrade", 7},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (span_equal(name, names[i]))
            return true;
    }
    return span_equal(name, SPAN("te")) && !span_equal_nocase(value, SPAN("trailers"));
}

/* True when a Content-Length was among them. */
static bool add_headers(struct http2_head *head, struct arena *arena,
                        const struct http2_request *request)
{
    bool has_length = false;
    for (size_t i = 0; request->headers && i < request->headers->count; i++) {
        struct span name = lower(arena, request->headers->items[i].name);
        struct span value = span_trim(request->headers->items[i].value);
        bool is_length = span_equal(name, SPAN("content-length"));
        has_length |= is_length && request->length_given;
        if (!is_of_connection(name, value) && (!is_length || request->length_given))
            add(head, name, arena_dup_span(arena, value));
    }
    return has_length;
}

const struct http2_head *http2_head_new(struct arena *arena, const struct http2_request *request,
                                        const char **ret_problem)
{
    size_t count = OWN_FIELDS + (request->headers ? request->headers->count : 0);
    const char *problem = check(request);
    if (problem) {
        *ret_problem = problem;
        return NULL;
    }
    struct http2_head *head = arena_alloc(arena, sizeof(*head) + count * sizeof(head->fields[0]));
    head->is_head = span_equal(request->method, SPAN("HEAD"));
    add(head, SPAN(":method"), arena_dup_span(arena, request->method));
    add(head, SPAN(":scheme"), arena_dup_span(arena, request->scheme));
    add(head, SPAN(":authority"), arena_dup_span(arena, request->authority));
    add(head, SPAN(":path"), arena_dup_span(arena, request->target));
    bool has_length = add_headers(head, arena, request);
    if (!has_length && (request->body_bytes || request_rules_expects_body(request->method)))
        add(head, SPAN("content-length"),
            span_cstr(arena_printf(arena, "%zu", request->body_bytes)));
    return head;
}
