/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of RFC 3986 §3.2.2, from left to right.
 */
#include "keneyapp/http/host.h"

#include <string.h>

#define DIGITS     "0123456789"
#define HEX        DIGITS "abcdefABCDEF"
#define UNRESERVED DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~"
#define SUB_DELIMS "!$&'()*+,;="

/* How many bytes at the start of `text` are of `set`. */
static size_t run_of(struct span text, const char *set)
{
    size_t len = 0;
    while (len < text.len && text.ptr[len] && strchr(set, text.ptr[len]))
        len++;
    return len;
}

/* The bytes of "[...]", or 0. */
static size_t literal_bytes(struct span text)
{
    size_t inside = run_of(span_from(text, 1), UNRESERVED SUB_DELIMS ":");
    return inside && inside + 1 < text.len && text.ptr[inside + 1] == ']' ? inside + 2 : 0;
}

/* The bytes of a name or an IPv4 address. */
static size_t name_bytes(struct span text)
{
    size_t len = 0;
    for (;;) {
        len += run_of(span_from(text, len), UNRESERVED SUB_DELIMS);
        struct span rest = span_from(text, len);
        if (rest.len < 3 || rest.ptr[0] != '%' ||
            run_of(span_head(span_from(rest, 1), 2), HEX) != 2)
            return len;
        len += 3;
    }
}

bool host_is_valid(struct span host)
{
    bool literal = host.len && host.ptr[0] == '[';
    size_t len = literal ? literal_bytes(host) : name_bytes(host);
    if (literal && !len)
        return false;
    struct span port = span_from(host, len);
    return !port.len || (port.ptr[0] == ':' && run_of(span_from(port, 1), DIGITS) + 1 == port.len);
}
