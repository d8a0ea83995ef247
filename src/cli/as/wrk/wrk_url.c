/* SPDX-License-Identifier: Apache-2.0
 *
 * The URL as wrk reads it.
 */
#include "cli/as/wrk/wrk_url.h"

#include <ctype.h>

typedef bool accepts_fn(unsigned char c);

static bool is_scheme(unsigned char c)
{
    return c < 128 && isalpha(c);
}

static bool is_user(unsigned char c)
{
    return c < 128 && (isalnum(c) || (c && strchr("-_.!~*'()%;:&=+$,", c)));
}

static bool is_host(unsigned char c)
{
    return c < 128 && (isalnum(c) || c == '.' || c == '-');
}

static bool is_ipv6(unsigned char c)
{
    return c < 128 && (isxdigit(c) || c == ':' || c == '.');
}

static bool is_zone(unsigned char c)
{
    return c < 128 && (isalnum(c) || (c && strchr("%.-_~", c)));
}

static bool is_target(unsigned char c)
{
    return c > ' ' && c < 127;
}

static bool all(struct span text, accepts_fn *accepts)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!accepts((unsigned char)text.ptr[i]))
            return false;
    }
    return true;
}

static int parse_ipv6(struct span text, struct wrk_url *url)
{
    struct span zone, address = span_cut(text, '%', &zone);
    if (address.len == 0 || !all(address, is_ipv6) || !all(zone, is_zone))
        return -1;
    url->host = text;
    url->is_ipv6 = true;
    return 0;
}

/* The host, taken off `*rest`: what follows is empty or a port. */
static int parse_host(struct span *rest, struct wrk_url *url)
{
    struct span inside;
    if (rest->len && rest->ptr[0] == '[') {
        ptrdiff_t end = span_find(*rest, ']');
        if (end < 0)
            return -1;
        inside = span_of(rest->ptr + 1, (size_t)end - 1);
        *rest = span_from(*rest, (size_t)end + 1);
        return parse_ipv6(inside, url);
    }
    ptrdiff_t colon = span_find(*rest, ':');
    url->host = colon < 0 ? *rest : span_head(*rest, (size_t)colon);
    *rest = span_from(*rest, url->host.len);
    return url->host.len > 0 && all(url->host, is_host) ? 0 : -1;
}

static int parse_port(struct span rest, struct wrk_url *url)
{
    uint64_t port;
    if (rest.len == 0)
        return 0;
    url->port = span_from(rest, 1);
    if (rest.ptr[0] != ':' || url->port.len == 0)
        return -1;
    return span_to_u64(url->port, UINT16_MAX, &port);
}

static int parse_authority(struct span text, struct wrk_url *url)
{
    ptrdiff_t at = span_find(text, '@');
    if (at >= 0 && !all(span_head(text, (size_t)at), is_user))
        return -1;
    struct span rest = at < 0 ? text : span_from(text, (size_t)at + 1);
    return parse_host(&rest, url) < 0 ? -1 : parse_port(rest, url);
}

int wrk_url_parse(struct span text, struct wrk_url *ret_url)
{
    struct wrk_url url = {0};
    struct span rest;
    url.scheme = span_cut(text, ':', &rest);
    if (url.scheme.len == 0 || !all(url.scheme, is_scheme) || !span_starts_with(rest, SPAN("//")))
        return -1;
    rest = span_from(rest, 2);
    size_t end = 0;
    while (end < rest.len && !strchr("/?", rest.ptr[end]))
        end++;
    if (parse_authority(span_head(rest, end), &url) < 0)
        return -1;
    url.target = span_from(rest, end);
    if (!all(url.target, is_target))
        return -1;
    if (url.target.len == 0 || url.target.ptr[0] == '?')
        url.target = SPAN("/");
    url.is_tls = span_starts_with(url.scheme, SPAN("https"));
    *ret_url = url;
    return 0;
}

struct span wrk_url_service(const struct wrk_url *url)
{
    return url->port.ptr ? url->port : url->scheme;
}
