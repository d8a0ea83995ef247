/* SPDX-License-Identifier: Apache-2.0
 *
 * The message of a load without users.
 */
#include "run/bench_message.h"

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "http/basic_auth.h"
#include "http/headers.h"
#include "http/http1_writer.h"
#include "http/request_rules.h"
#include "http/url.h"

/* RFC 9112 §3.2.2: a proxy is told the whole URL. */
static void write_absolute(const struct url *url, struct strbuf *target)
{
    strbuf_addf(target, "http://%.*s", SPAN_ARG(url->authority));
    url_write_target(url, target);
}

static void add_basic_auth(struct headers *headers, struct arena *arena, struct span name,
                           const struct url *url)
{
    AUTO(strbuf_done) struct strbuf value = STRBUF_INIT(URL_MAX_BYTES * 2);
    basic_auth_write(url_decode(arena, url->user), url_decode(arena, url->password), &value);
    headers_add(headers, arena, name, strbuf_span(&value));
}

static int add_proxy_credentials(const char *proxy, struct arena *arena, struct headers *headers,
                                 struct error *err)
{
    struct url url;
    const char *problem;
    if (url_parse(span_cstr(proxy), &url, &problem) < 0)
        return error_set(err, EXIT_USAGE, "HTTP_PROXY: %s", problem);
    if (url.has_user)
        add_basic_auth(headers, arena, SPAN("Proxy-Authorization"), &url);
    return 0;
}

static int parse(const struct bench_message *message, struct url *ret_url, struct error *err)
{
    const char *problem;
    if (url_parse(span_cstr(message->url), ret_url, &problem) < 0)
        return error_set(err, EXIT_USAGE, "%s: %s", message->url, problem);
    return 0;
}

/* Of one line that the user wrote; what frames a message is made from its body. */
static int set_header(struct headers *headers, struct arena *arena, const char *line,
                      struct error *err)
{
    struct span value, name = span_cut(span_cstr(line), ':', &value);
    if (name.len == strlen(line))
        return error_set(err, EXIT_USAGE, "header \"%s\": write it as \"Name: value\"", line);
    if (request_rules_is_framing(name))
        return error_set(err, EXIT_USAGE, "header \"%s\": leave it out, it follows from the body",
                         line);
    headers_set(headers, arena, name, span_trim(value));
    return 0;
}

int bench_message_headers(const struct bench_message *message, struct arena *arena,
                          struct headers *ret_headers, struct error *err)
{
    struct headers headers = {0};
    struct url url;
    if (parse(message, &url, err) < 0)
        return -1;
    headers_add(&headers, arena, SPAN("User-Agent"), span_cstr(message->user_agent));
    for (size_t i = 0; i < message->header_count; i++) {
        if (set_header(&headers, arena, message->headers[i], err) < 0)
            return -1;
    }
    if (url.has_user && !headers_find(&headers, SPAN("Authorization")))
        add_basic_auth(&headers, arena, SPAN("Authorization"), &url);
    *ret_headers = headers;
    return 0;
}

int bench_message_write(const struct bench_message *message, struct strbuf *out, struct error *err)
{
    AUTO(arena_done) struct arena arena;
    AUTO(strbuf_done) struct strbuf target = STRBUF_INIT(3 * URL_MAX_BYTES);
    struct headers headers;
    struct url url;
    const char *problem;
    arena_init(&arena, 4096);
    if (parse(message, &url, err) < 0 || bench_message_headers(message, &arena, &headers, err) < 0)
        return -1;
    const char *proxy = url.is_tls ? NULL : message->proxy;
    if (proxy && add_proxy_credentials(proxy, &arena, &headers, err) < 0)
        return -1;
    if (proxy)
        write_absolute(&url, &target);
    else
        url_write_target(&url, &target);
    struct span host = headers_get(&headers, SPAN("Host"));
    struct http1_request request = {
        .method = span_cstr(message->method),
        .target = strbuf_span(&target),
        .host = host.len > 0 ? host : url.authority,
        .headers = &headers,
        .body = message->body,
    };
    if (http1_writer_request(out, &request, &problem) < 0)
        return error_set(err, EXIT_USAGE, "the request cannot be sent: %s", problem);
    return 0;
}
