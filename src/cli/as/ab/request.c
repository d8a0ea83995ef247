/* SPDX-License-Identifier: Apache-2.0
 *
 * Found by capturing what ab 2.3 of Debian 12 sends: HTTP/1.0, Connection first, its own Host,
 * User-Agent and Accept last and only when no -H brings one.
 */
#include "cli/as/ab/request.h"

#include "cli/as/ab/options.h"
#include "http/base64.h"

struct span ab_request_method(const struct ab_options *options)
{
    static const struct span NAMES[] = {
        [AB_GET] = {"GET", 3}, [AB_HEAD] = {"HEAD", 4},  [AB_POST] = {"POST", 4},
        [AB_PUT] = {"PUT", 3}, [AB_CUSTOM] = {"GET", 3},
    };
    return options->method_name ? span_cstr(options->method_name) : NAMES[options->method];
}

static bool has_header(const struct ab_options *options, struct span name)
{
    for (size_t i = 0; i < options->header_count; i++) {
        if (span_equal_nocase(span_head(span_cstr(options->headers[i]), name.len), name))
            return true;
    }
    return false;
}

static void add_host(struct strbuf *out, const struct ab_options *options)
{
    strbuf_addf(out, options->is_bracketed ? "[%.*s]" : "%.*s", SPAN_ARG(options->host));
    if (!options->has_default_port)
        strbuf_addf(out, ":%u", options->port);
}

static void add_basic(struct strbuf *out, const struct ab_credentials *credentials)
{
    strbuf_addf(out, "%sAuthorization: Basic ", credentials->for_proxy ? "Proxy-" : "");
    base64_encode(BASE64_STANDARD, span_cstr(credentials->text), out);
    strbuf_adds(out, "\r\n");
}

/* A proxy is told the whole URL, but not through its tunnel. */
static void add_request_line(struct strbuf *out, const struct ab_options *options)
{
    strbuf_addf(out, "%.*s ", SPAN_ARG(ab_request_method(options)));
    if (options->proxy_host.ptr && !options->is_tls) {
        strbuf_adds(out, "http://");
        add_host(out, options);
    }
    strbuf_addf(out, "%.*s HTTP/1.0\r\n", SPAN_ARG(options->path));
}

/* What ab says of itself, behind the user's headers. */
static void add_own_headers(struct strbuf *out, const struct ab_options *options)
{
    if (!has_header(options, SPAN("Host:"))) {
        strbuf_adds(out, "Host: ");
        add_host(out, options);
        strbuf_adds(out, "\r\n");
    }
    if (!has_header(options, SPAN("User-Agent:")))
        strbuf_adds(out, "User-Agent: ApacheBench/2.3\r\n");
    if (!has_header(options, SPAN("Accept:")))
        strbuf_adds(out, "Accept: */*\r\n");
}

size_t ab_request_head(struct strbuf *out, const struct ab_options *options, struct span body)
{
    size_t start = out->len;
    add_request_line(out, options);
    if (options->keep_alive)
        strbuf_adds(out, "Connection: Keep-Alive\r\n");
    if (options->cookie)
        strbuf_addf(out, "Cookie: %s\r\n", options->cookie);
    for (size_t i = 0; i < options->credential_count; i++)
        add_basic(out, &options->credentials[i]);
    if (body.ptr)
        strbuf_addf(out, "Content-length: %zu\r\nContent-type: %s\r\n", body.len,
                    options->content_type);
    for (size_t i = 0; i < options->header_count; i++)
        strbuf_addf(out, "%s\r\n", options->headers[i]);
    add_own_headers(out, options);
    strbuf_adds(out, "\r\n");
    return out->len - start;
}
