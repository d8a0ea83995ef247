/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading, writing and matching single cookies.
 */
#include "http/cookie.h"

#include <arpa/inet.h>

#include "http/charset.h"
#include "http/cookie_date.h"

/* Go's validCookieValueByte. */
static bool is_value_byte(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != ';' && c != '\\';
}

static bool is_value(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_value_byte(text.ptr[i]))
            return false;
    return true;
}

/* Reading */

static void read_expires(struct cookie *cookie, struct span value)
{
    cookie->has_expires |= cookie_date_parse(value, &cookie->expires_s) == 0;
}

/* §5.2.2: an optional '-', then digits. What is too large to count means for ever. */
static void read_max_age(struct cookie *cookie, struct span value)
{
    bool is_negative = value.len > 1 && value.ptr[0] == '-';
    struct span digits = is_negative ? span_from(value, 1) : value;
    uint64_t seconds;
    for (size_t i = 0; i < digits.len; i++)
        if (!charset_is_digit(digits.ptr[i]))
            return;
    if (digits.len == 0)
        return;
    if (span_to_u64(digits, INT32_MAX, &seconds) < 0)
        seconds = INT32_MAX;
    cookie->has_max_age = true;
    cookie->max_age_s = is_negative ? -(int64_t)seconds : (int64_t)seconds;
}

static void read_domain(struct cookie *cookie, struct span value)
{
    cookie->domain = value;
}

/* §5.2.4: what is no absolute path stands for the default. */
static void read_path(struct cookie *cookie, struct span value)
{
    cookie->path = span_starts_with(value, SPAN("/")) ? value : SPAN_EMPTY;
}

static void read_secure(struct cookie *cookie, struct span value)
{
    cookie->secure = true;
}

static void read_http_only(struct cookie *cookie, struct span value)
{
    cookie->http_only = true;
}

static void read_same_site(struct cookie *cookie, struct span value)
{
    cookie->same_site = value;
}

static const struct attribute {
    struct span name;
    void (*read)(struct cookie *cookie, struct span value);
} ATTRIBUTES[] = {
    {SPAN("expires"), read_expires},    {SPAN("max-age"), read_max_age},
    {SPAN("domain"), read_domain},      {SPAN("path"), read_path},
    {SPAN("secure"), read_secure},      {SPAN("httponly"), read_http_only},
    {SPAN("samesite"), read_same_site},
};

static void read_attribute(struct cookie *cookie, struct span text)
{
    struct span value;
    struct span name = span_trim(span_cut(text, '=', &value));
    for (size_t i = 0; i < COUNT_OF(ATTRIBUTES); i++)
        if (span_equal_nocase(name, ATTRIBUTES[i].name))
            ATTRIBUTES[i].read(cookie, span_trim(value));
}

static int read_pair_verbatim(struct cookie *cookie, struct span pair)
{
    if (span_find(pair, '=') < 0)
        return -1;
    struct span value;
    cookie->name = span_trim(span_cut(pair, '=', &value));
    cookie->value = span_trim(value);
    return cookie->name.len ? 0 : -1;
}

static int read_pair(struct cookie *cookie, struct span pair)
{
    if (read_pair_verbatim(cookie, pair) < 0)
        return -1;
    struct span value = cookie->value;
    if (value.len > 1 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') {
        cookie->is_quoted = true;
        cookie->value = span_of(value.ptr + 1, value.len - 2);
    }
    return charset_is_token(cookie->name) && is_value(cookie->value) ? 0 : -1;
}

static int parse(struct span text, int (*read)(struct cookie *cookie, struct span pair),
                 struct cookie *ret_cookie)
{
    struct cookie cookie = {0};
    struct span rest;
    if (text.len > COOKIE_MAX_BYTES || !charset_is_field_value(text))
        return -1;
    if (read(&cookie, span_cut(text, ';', &rest)) < 0)
        return -1;
    while (rest.len)
        read_attribute(&cookie, span_cut(rest, ';', &rest));
    *ret_cookie = cookie;
    return 0;
}

int cookie_parse(struct span text, struct cookie *ret_cookie)
{
    return parse(text, read_pair, ret_cookie);
}

int cookie_parse_verbatim(struct span text, struct cookie *ret_cookie)
{
    return parse(text, read_pair_verbatim, ret_cookie);
}

/* Writing */

static void write_name(struct span name, struct strbuf *out)
{
    for (size_t i = 0; i < name.len; i++)
        if (is_value_byte(name.ptr[i]) && name.ptr[i] != '=')
            strbuf_addc(out, name.ptr[i]);
}

void cookie_write(struct span name, struct span value, bool is_quoted, struct strbuf *out)
{
    bool quote = is_quoted || span_find(value, ' ') >= 0 || span_find(value, ',') >= 0;
    if (out->len)
        strbuf_adds(out, "; ");
    write_name(name, out);
    strbuf_adds(out, quote ? "=\"" : "=");
    for (size_t i = 0; i < value.len; i++)
        if (is_value_byte(value.ptr[i]))
            strbuf_addc(out, value.ptr[i]);
    if (quote)
        strbuf_addc(out, '"');
}

void cookie_write_verbatim(struct span name, struct span value, struct strbuf *out)
{
    if (out->len)
        strbuf_adds(out, "; ");
    strbuf_add_span(out, name);
    strbuf_addc(out, '=');
    strbuf_add_span(out, value);
}

/* Matching */

static bool is_ip_address(struct span host)
{
    char copy[INET6_ADDRSTRLEN];
    unsigned char address[sizeof(struct in6_addr)];
    if (host.len >= sizeof(copy) || host.len == 0)
        return false;
    memcpy(copy, host.ptr, host.len);
    copy[host.len] = '\0';
    return inet_pton(AF_INET, copy, address) == 1 || inet_pton(AF_INET6, copy, address) == 1;
}

bool cookie_domain_matches(struct span host, struct span domain)
{
    if (span_equal(host, domain))
        return true;
    if (domain.len == 0 || host.len <= domain.len || !span_ends_with(host, domain))
        return false;
    return host.ptr[host.len - domain.len - 1] == '.' && !is_ip_address(host);
}

bool cookie_path_matches(struct span request_path, struct span cookie_path)
{
    if (!span_starts_with(request_path, cookie_path))
        return false;
    if (request_path.len == cookie_path.len || span_ends_with(cookie_path, SPAN("/")))
        return true;
    return request_path.ptr[cookie_path.len] == '/';
}

struct span cookie_default_path(struct span request_path)
{
    size_t len = request_path.len;
    while (len > 0 && request_path.ptr[len - 1] != '/')
        len--;
    return len <= 1 || request_path.ptr[0] != '/' ? SPAN("/") : span_head(request_path, len - 1);
}
