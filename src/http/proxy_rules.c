/* SPDX-License-Identifier: Apache-2.0
 *
 * The three variables.
 */
#include "http/proxy_rules.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"

enum {
    IP_TEXT_BYTES = 46,
    IP_BYTES = 16,
};

struct proxy_rules {
    struct strbuf http, https; /* empty: none */
    struct strbuf exceptions;
};

/* An address as 16 bytes, IPv4 mapped into IPv6 (RFC 4291 §2.5.5.2). */
struct ip {
    unsigned char bytes[IP_BYTES];
    bool is_v4;
};

static bool parse_ip(struct span text, struct ip *ret_ip)
{
    char name[IP_TEXT_BYTES];
    static const unsigned char MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (text.len == 0 || text.len >= sizeof(name))
        return false;
    memcpy(name, text.ptr, text.len);
    name[text.len] = '\0';
    ret_ip->is_v4 = inet_pton(AF_INET, name, ret_ip->bytes + sizeof(MAPPED)) == 1;
    if (ret_ip->is_v4)
        memcpy(ret_ip->bytes, MAPPED, sizeof(MAPPED));
    return ret_ip->is_v4 || inet_pton(AF_INET6, name, ret_ip->bytes) == 1;
}

static bool is_loopback(const struct ip *ip)
{
    static const unsigned char V6[IP_BYTES] = {[IP_BYTES - 1] = 1};
    return ip->is_v4 ? ip->bytes[12] == 127 : memcmp(ip->bytes, V6, IP_BYTES) == 0;
}

static bool same_bits(const struct ip *a, const struct ip *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a->bytes, b->bytes, whole) != 0)
        return false;
    return rest == 0 || ((a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest)) == 0;
}

/* "10.0.0.0/8". */
static bool is_in_prefix(struct span prefix, const struct ip *host)
{
    struct span length, address = span_cut(prefix, '/', &length);
    struct ip network;
    uint64_t bits;
    if (!parse_ip(address, &network) || network.is_v4 != host->is_v4 ||
        span_to_u64(length, network.is_v4 ? 32 : 128, &bits) < 0)
        return false;
    return same_bits(&network, host, (unsigned)bits + (network.is_v4 ? 96 : 0));
}

/* Takes ":port" off, and brackets; 0: it names none. */
static uint64_t cut_port(struct span *exception)
{
    struct span text = *exception;
    uint64_t port = 0;
    ptrdiff_t bracket = span_find(text, ']');
    if (text.ptr[0] == '[' && bracket > 0) {
        struct span rest = span_from(text, (size_t)bracket + 1);
        *exception = span_of(text.ptr + 1, (size_t)bracket - 1);
        if (span_starts_with(rest, SPAN(":")) && span_to_u64(span_from(rest, 1), 65535, &port) < 0)
            port = 0;
        return port;
    }
    struct span digits, host = span_cut(text, ':', &digits);
    if (host.len == text.len || span_find(digits, ':') >= 0 ||
        span_to_u64(digits, 65535, &port) < 0)
        return 0;
    *exception = host;
    return port;
}

static bool is_below(struct span host, struct span domain)
{
    return host.len > domain.len &&
           span_equal_nocase(span_from(host, host.len - domain.len), domain);
}

/* `host_ip` is NULL when the host is a name. */
static bool is_exception(struct span exception, const struct url *url, const struct ip *host_ip)
{
    struct ip ip;
    if (host_ip && span_find(exception, '/') >= 0)
        return is_in_prefix(exception, host_ip);
    uint64_t port = cut_port(&exception);
    if (exception.len == 0 || (port && port != url->port))
        return false;
    if (parse_ip(exception, &ip))
        return host_ip && same_bits(&ip, host_ip, 8 * IP_BYTES);
    if (span_starts_with(exception, SPAN("*.")))
        exception = span_from(exception, 1);
    if (exception.ptr[0] == '.')
        return is_below(url->host, exception);
    if (span_equal_nocase(url->host, exception))
        return true;
    return is_below(url->host, exception) &&
           url->host.ptr[url->host.len - exception.len - 1] == '.';
}

static bool is_direct(const struct proxy_rules *rules, const struct url *url)
{
    struct ip ip;
    bool is_ip = parse_ip(url->host, &ip);
    struct span rest = strbuf_span(&rules->exceptions);
    if (span_equal_nocase(url->host, SPAN("localhost")) || (is_ip && is_loopback(&ip)))
        return true;
    while (rest.len) {
        struct span exception = span_trim(span_cut(rest, ',', &rest));
        if (span_equal(exception, SPAN("*")))
            return true;
        if (exception.len && is_exception(exception, url, is_ip ? &ip : NULL))
            return true;
    }
    return false;
}

static void set_proxy(struct strbuf *out, const char *text)
{
    strbuf_init(out, URL_MAX_BYTES);
    if (!text || !text[0])
        return;
    if (!strstr(text, "://"))
        strbuf_adds(out, "http://");
    strbuf_adds(out, text);
}

struct proxy_rules *proxy_rules_new(const char *http_proxy, const char *https_proxy,
                                    const char *no_proxy)
{
    AUTO(proxy_rules_free) struct proxy_rules *rules = NEW(struct proxy_rules);
    set_proxy(&rules->http, http_proxy);
    set_proxy(&rules->https, https_proxy);
    strbuf_init(&rules->exceptions, URL_MAX_BYTES);
    strbuf_adds(&rules->exceptions, no_proxy ? no_proxy : "");
    return rules->http.len || rules->https.len ? TAKE(rules) : NULL;
}

void proxy_rules_free(struct proxy_rules **ptr)
{
    struct proxy_rules *rules = TAKE(*ptr);
    if (!rules)
        return;
    strbuf_done(&rules->http);
    strbuf_done(&rules->https);
    strbuf_done(&rules->exceptions);
    free(rules);
}

const char *proxy_rules_find(const struct proxy_rules *rules, const struct url *url)
{
    const struct strbuf *proxy = url->is_tls ? &rules->https : &rules->http;
    if (proxy->len == 0 || is_direct(rules, url))
        return NULL;
    return strbuf_cstr(proxy);
}
