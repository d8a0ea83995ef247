/* SPDX-License-Identifier: Apache-2.0 */
#include "keneyapp/cache/redis_url.h"

#include <ctype.h>
#include <stdbool.h>

#define FORMS "redis://[:password@]host[:port][/db] or unix:///path/to/socket[?db=N]"

static int wrong(struct error *err, const char *what)
{
    return error_set(err, EXIT_INVALID_CONFIG, "--redis: %s; write " FORMS, what);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decodes into a C string; false when it does not fit, is broken, or has a NUL inside. */
static bool decode(struct span from, char *to, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < from.len; i++) {
        int c = (unsigned char)from.ptr[i];
        if (c == '%') {
            if (i + 2 >= from.len || digit(from.ptr[i + 1]) < 0 || digit(from.ptr[i + 2]) < 0)
                return false;
            c = digit(from.ptr[i + 1]) * 16 + digit(from.ptr[i + 2]);
            i += 2;
        }
        if (c == 0 || len + 1 >= size)
            return false;
        to[len++] = (char)c;
    }
    to[len] = '\0';
    return true;
}

/* "[user]:password@" in front of the rest; neither may be there. */
static bool read_credentials(struct span *rest, struct redis_url *url)
{
    struct span password, before = *rest;
    ptrdiff_t at = -1, slash = span_find(*rest, '/');
    if (slash >= 0)
        before.len = (size_t)slash;
    for (size_t i = 0; i < before.len; i++)
        if (before.ptr[i] == '@')
            at = (ptrdiff_t)i; /* the last: a password may contain one */
    if (at < 0)
        return true;
    struct span user = span_cut(span_head(before, (size_t)at), ':', &password);
    *rest = span_from(*rest, (size_t)at + 1);
    return decode(user, url->user, sizeof(url->user)) && password.len > 0 &&
           decode(password, url->password, sizeof(url->password));
}

static bool read_database(struct span digits, struct redis_url *url)
{
    uint64_t database = 0;
    if (digits.len > 0 && span_to_u64(digits, REDIS_DATABASE_MAX, &database) != 0)
        return false;
    url->database = (unsigned)database;
    return true;
}

/* host, host:port, [address], [address]:port */
static bool read_host(struct span text, struct redis_url *url)
{
    struct span port, host;
    uint64_t number = REDIS_PORT;
    if (text.len > 0 && text.ptr[0] == '[') {
        host = span_cut(span_from(text, 1), ']', &port);
        if (host.len + 2 > text.len || (port.len > 0 && port.ptr[0] != ':'))
            return false;
        port = span_from(port, 1);
    } else {
        host = span_cut(text, ':', &port);
    }
    if (port.len > 0 && (span_to_u64(port, UINT16_MAX, &number) != 0 || number == 0))
        return false;
    url->port = (int)number;
    return host.len > 0 && decode(host, url->host, sizeof(url->host));
}

static int read_tcp(struct span rest, struct redis_url *url, struct error *err)
{
    struct span database;
    if (!read_credentials(&rest, url))
        return wrong(err, "user or password cannot be read (percent-encode what is not a letter)");
    struct span host = span_cut(rest, '/', &database);
    if (!read_host(host, url))
        return wrong(err, "host or port cannot be read");
    return read_database(database, url) ? 0 : wrong(err, "the database is a number");
}

static int read_unix(struct span rest, struct redis_url *url, struct error *err)
{
    struct span query;
    if (!read_credentials(&rest, url))
        return wrong(err, "user or password cannot be read (percent-encode what is not a letter)");
    struct span path = span_cut(rest, '?', &query);
    if (path.len == 0 || path.ptr[0] != '/' || !decode(path, url->path, sizeof(url->path)))
        return wrong(err, "the socket is an absolute path of at most 107 bytes");
    if (query.len > 0 && !span_starts_with(query, SPAN("db=")))
        return wrong(err, "after the path there can only be ?db=N");
    return read_database(span_from(query, 3), url) ? 0 : wrong(err, "the database is a number");
}

int redis_url_parse(struct span text, struct redis_url *ret, struct error *err)
{
    static const struct {
        const char *scheme;
        int (*read)(struct span rest, struct redis_url *url, struct error *err);
    } FORMATS[] = {
        {"redis://", read_tcp},
        {"unix://", read_unix},
        {"redis+unix://", read_unix},
    };
    struct redis_url url = {0};
    if (span_starts_with(text, SPAN("rediss://")))
        return wrong(err, "rediss (TLS) is not spoken: let Redis listen on this machine, or go "
                          "through a tunnel such as stunnel");
    for (size_t i = 0; i < COUNT_OF(FORMATS); i++) {
        struct span scheme = span_cstr(FORMATS[i].scheme);
        if (!span_starts_with(text, scheme))
            continue;
        if (FORMATS[i].read(span_from(text, scheme.len), &url, err) != 0)
            return -1;
        *ret = url;
        return 0;
    }
    return wrong(err, "not a URL of Redis");
}
