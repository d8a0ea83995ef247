/* SPDX-License-Identifier: Apache-2.0
 *
 * Parsing and writing URLs; references are resolved in url_resolve.c.
 */
#include "http/url.h"

#include <arpa/inet.h>

#include "http/charset.h"

static const struct scheme {
    struct span name;
    uint16_t port;
    bool is_tls;
} SCHEMES[] = {
    {SPAN("http"), 80, false},
    {SPAN("https"), 443, true},
};

static int refuse(const char **ret_problem, const char *problem)
{
    *ret_problem = problem;
    return -1;
}

/* Parsing */

static bool has_control(struct span text)
{
    return !charset_is_field_value(text) || span_find(text, '\t') >= 0;
}

static const struct scheme *find_scheme(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(SCHEMES); i++)
        if (span_equal_nocase(SCHEMES[i].name, name))
            return &SCHEMES[i];
    return NULL;
}

static bool is_host_char(char c)
{
    return charset_is_alnum(c) || (c && strchr("-._~!$&'()*+,;=", c));
}

static int parse_name(struct url *url, const char **ret_problem)
{
    if (url->host.len == 0)
        return refuse(ret_problem, "the URL has no host; write http://host/path");
    for (size_t i = 0; i < url->host.len; i++) {
        char c = url->host.ptr[i];
        if ((unsigned char)c >= 0x80)
            return refuse(ret_problem, "the host has a letter outside ASCII; write the name in its "
                                       "xn-- form");
        if (!is_host_char(c))
            return refuse(ret_problem, "the host has a character that no host name may have");
    }
    return 0;
}

static bool is_ipv6_literal(struct span text)
{
    char copy[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (text.len == 0 || text.len >= sizeof(copy))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return inet_pton(AF_INET6, copy, &address) == 1;
}

/* "[literal]" at the start of `text`; what follows the bracket goes to `ret_rest`. */
static int parse_bracketed(struct url *url, struct span text, struct span *ret_rest,
                           const char **ret_problem)
{
    ptrdiff_t close = span_find(text, ']');
    if (close < 0)
        return refuse(ret_problem, "the IPv6 address has no closing bracket");
    url->host = span_of(text.ptr + 1, (size_t)close - 1);
    url->is_ipv6 = true;
    if (!is_ipv6_literal(url->host))
        return refuse(ret_problem, "the text in brackets is no IPv6 address (zones such as %eth0 "
                                   "are not supported)");
    *ret_rest = span_from(text, (size_t)close + 1);
    return 0;
}

/* `text` is what follows the host: "" or ":port". */
static int parse_port(struct url *url, struct span text, const char **ret_problem)
{
    if (text.len == 0)
        return 0;
    if (text.ptr[0] != ':')
        return refuse(ret_problem, "after the IPv6 address only :port or a path may follow");
    if (text.len == 1) {
        url->authority.len--;
        return 0;
    }
    uint64_t port;
    if (span_to_u64(span_from(text, 1), UINT16_MAX, &port) < 0 || port == 0)
        return refuse(ret_problem, "the port is not a number from 1 to 65535");
    url->port = (uint16_t)port;
    return 0;
}

static int parse_host_port(struct url *url, const char **ret_problem)
{
    struct span rest;
    if (url->authority.len > 0 && url->authority.ptr[0] == '[') {
        if (parse_bracketed(url, url->authority, &rest, ret_problem) < 0)
            return -1;
        return parse_port(url, rest, ret_problem);
    }
    ptrdiff_t colon = span_find(url->authority, ':');
    size_t host_len = colon < 0 ? url->authority.len : (size_t)colon;
    url->host = span_head(url->authority, host_len);
    rest = span_from(url->authority, host_len);
    return parse_name(url, ret_problem) < 0 ? -1 : parse_port(url, rest, ret_problem);
}

/* The user part ends at the last '@', so that a password may hold one. */
static void split_userinfo(struct url *url)
{
    size_t at = url->authority.len;
    while (at > 0 && url->authority.ptr[at - 1] != '@')
        at--;
    if (at == 0)
        return;
    struct span userinfo = span_head(url->authority, at - 1);
    url->has_user = true;
    url->has_password = span_find(userinfo, ':') >= 0;
    url->user = span_cut(userinfo, ':', &url->password);
    url->authority = span_from(url->authority, at);
}

static bool has_bad_escape(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '%')
            continue;
        if (i + 2 >= text.len || charset_hex_digit(text.ptr[i + 1]) < 0 ||
            charset_hex_digit(text.ptr[i + 2]) < 0)
            return true;
    }
    return false;
}

/* Splits "authority/path?query#fragment". */
static void split_parts(struct url *url, struct span text)
{
    text = span_cut(text, '#', &url->fragment);
    url->has_query = span_find(text, '?') >= 0;
    text = span_cut(text, '?', &url->query);
    ptrdiff_t slash = span_find(text, '/');
    size_t authority_len = slash < 0 ? text.len : (size_t)slash;
    url->authority = span_head(text, authority_len);
    url->path = span_from(text, authority_len);
}

static int parse_scheme(struct url *url, struct span *text, const char **ret_problem)
{
    ptrdiff_t colon = span_find(*text, ':');
    struct span after = span_from(*text, (size_t)(colon + 1));
    if (colon < 0 || !span_starts_with(after, SPAN("//")))
        return refuse(ret_problem, "the URL is not absolute; write http:// or https:// in front");
    const struct scheme *scheme = find_scheme(span_head(*text, (size_t)colon));
    if (!scheme)
        return refuse(ret_problem, "the URL's scheme is not supported; use http or https");
    url->scheme = scheme->name;
    url->port = scheme->port;
    url->is_tls = scheme->is_tls;
    *text = span_from(after, 2);
    return 0;
}

int url_parse(struct span text, struct url *ret_url, const char **ret_problem)
{
    struct url url = {0};
    if (text.len > URL_MAX_BYTES)
        return refuse(ret_problem, "the URL is longer than 64 KiB");
    if (has_control(text))
        return refuse(ret_problem, "the URL holds a control character (such as a line break)");
    if (parse_scheme(&url, &text, ret_problem) < 0)
        return -1;
    split_parts(&url, text);
    split_userinfo(&url);
    if (parse_host_port(&url, ret_problem) < 0)
        return -1;
    if (has_bad_escape(url.path))
        return refuse(ret_problem, "a % in the path is not followed by two hexadecimal digits; "
                                   "write %25 for the sign itself");
    *ret_url = url;
    return 0;
}

/* Writing */

/* `extra` lists the printable characters to encode beyond space and bytes above 127. */
static void write_encoded(struct span text, const char *extra, struct strbuf *out)
{
    static const char HEX[] = "0123456789ABCDEF";
    size_t plain = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c > ' ' && c < 0x7f && !strchr(extra, c))
            continue;
        strbuf_add(out, text.ptr + plain, i - plain);
        strbuf_add(out, (char[]){'%', HEX[c >> 4], HEX[c & 15]}, 3);
        plain = i + 1;
    }
    if (plain < text.len)
        strbuf_add(out, text.ptr + plain, text.len - plain);
}

void url_write_target(const struct url *url, struct strbuf *out)
{
    if (url->path.len == 0)
        strbuf_addc(out, '/');
    write_encoded(url->path, "\"<>\\^`{|}", out);
    if (!url->has_query)
        return;
    strbuf_addc(out, '?');
    write_encoded(url->query, "", out); /* Go sends a query as it was written */
}

void url_write_origin(const struct url *url, struct strbuf *out)
{
    strbuf_add_span(out, url->scheme);
    strbuf_adds(out, url->is_ipv6 ? "://[" : "://");
    for (size_t i = 0; i < url->host.len; i++)
        strbuf_addc(out, charset_lower(url->host.ptr[i]));
    strbuf_addf(out, "%s:%u", url->is_ipv6 ? "]" : "", url->port);
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->is_tls == b->is_tls && a->port == b->port && span_equal_nocase(a->host, b->host);
}

void url_write_public(const struct url *url, struct strbuf *out)
{
    strbuf_add_span(out, url->scheme);
    strbuf_adds(out, "://");
    strbuf_add_span(out, url->authority);
    strbuf_add_span(out, url->path);
    if (url->has_query) {
        strbuf_addc(out, '?');
        strbuf_add_span(out, url->query);
    }
    if (url->fragment.len) {
        strbuf_addc(out, '#');
        strbuf_add_span(out, url->fragment);
    }
}

struct span url_decode(struct arena *arena, struct span text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool pair = text.ptr[i] == '%' && text.len - i > 2;
        int high = pair ? charset_hex_digit(text.ptr[i + 1]) : -1;
        int low = pair ? charset_hex_digit(text.ptr[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            copy[len++] = (char)(high << 4 | low);
            i += 2;
        } else {
            copy[len++] = text.ptr[i];
        }
    }
    return span_of(copy, len);
}
