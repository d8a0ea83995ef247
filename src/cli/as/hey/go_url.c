/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks in the order of net/url: control characters, scheme, first segment, authority, escapes.
 */
#include "cli/as/hey/go_url.h"

#include <ctype.h>

#include "base/strbuf.h"
#include "cli/as/hey/go_quote.h"

struct span go_url_scheme(struct span url, struct span *ret_rest)
{
    *ret_rest = url;
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (c == ':' && i > 0) {
            *ret_rest = span_from(url, i + 1);
            return span_head(url, i);
        }
        bool is_later = isdigit(c) || c == '+' || c == '-' || c == '.';
        if (!isalpha(c) && (i == 0 || !is_later))
            return SPAN_EMPTY;
    }
    return SPAN_EMPTY;
}

/* False, and the piece that is no escape. */
static bool escapes_are_good(struct span text, struct strbuf *problem)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '%')
            continue;
        if (i + 2 < text.len && isxdigit((unsigned char)text.ptr[i + 1]) &&
            isxdigit((unsigned char)text.ptr[i + 2]))
            continue;
        strbuf_adds(problem, "invalid URL escape ");
        go_quote(problem, span_head(span_from(text, i), 3));
        return false;
    }
    return true;
}

static bool port_is_good(struct span port, struct strbuf *problem)
{
    bool is_good = port.len == 0 || port.ptr[0] == ':';
    for (size_t i = 1; i < port.len; i++)
        is_good = is_good && isdigit((unsigned char)port.ptr[i]);
    if (is_good)
        return true;
    strbuf_adds(problem, "invalid port ");
    go_quote(problem, port);
    strbuf_adds(problem, " after host");
    return false;
}

static bool host_characters_are_good(struct span host, struct strbuf *problem)
{
    for (size_t i = 0; i < host.len; i++) {
        unsigned char c = (unsigned char)host.ptr[i];
        if (c >= 0x80 || isalnum(c) || strchr("!$&'()*+,;=:[]<>\"-_.~%", c))
            continue;
        strbuf_adds(problem, "invalid character ");
        go_quote(problem, span_of(host.ptr + i, 1));
        strbuf_adds(problem, " in host name");
        return false;
    }
    return true;
}

static ptrdiff_t last_of(struct span text, char c)
{
    ptrdiff_t at = (ptrdiff_t)text.len - 1;
    while (at >= 0 && text.ptr[at] != c)
        at--;
    return at;
}

static bool authority_is_good(struct span authority, struct strbuf *problem)
{
    struct span host = span_from(authority, (size_t)(last_of(authority, '@') + 1));
    if (host.len > 0 && host.ptr[0] == '[') {
        ptrdiff_t end = last_of(host, ']');
        if (end < 0) {
            strbuf_adds(problem, "missing ']' in host");
            return false;
        }
        return port_is_good(span_from(host, (size_t)end + 1), problem);
    }
    ptrdiff_t colon = last_of(host, ':');
    if (colon >= 0 && !port_is_good(span_from(host, (size_t)colon), problem))
        return false;
    return host_characters_are_good(host, problem) && escapes_are_good(host, problem);
}

static struct span path_of(struct span rest)
{
    struct span ignored;
    return span_cut(span_cut(rest, '#', &ignored), '?', &ignored);
}

static bool is_good(struct span url, struct strbuf *problem)
{
    struct span rest, segment_rest, scheme;
    for (size_t i = 0; i < url.len; i++) {
        if ((unsigned char)url.ptr[i] < ' ' || url.ptr[i] == 0x7f) {
            strbuf_adds(problem, "net/url: invalid control character in URL");
            return false;
        }
    }
    if (url.len > 0 && url.ptr[0] == ':') {
        strbuf_adds(problem, "missing protocol scheme");
        return false;
    }
    scheme = go_url_scheme(url, &rest);
    rest = path_of(rest);
    if (rest.len == 0 || rest.ptr[0] != '/') {
        bool has_colon = span_find(span_cut(rest, '/', &segment_rest), ':') >= 0;
        if (scheme.len == 0 && has_colon)
            strbuf_adds(problem, "first path segment in URL cannot contain colon");
        return scheme.len > 0 || (!has_colon && escapes_are_good(rest, problem));
    }
    if (!span_starts_with(rest, SPAN("//")) ||
        (scheme.len == 0 && rest.len > 2 && rest.ptr[2] == '/'))
        return escapes_are_good(rest, problem);
    struct span path, authority = span_cut(span_from(rest, 2), '/', &path);
    return authority_is_good(authority, problem) && escapes_are_good(path, problem);
}

int go_url_check(struct span url, struct strbuf *problem)
{
    AUTO(strbuf_done) struct strbuf why = STRBUF_INIT(1 << 20);
    if (is_good(url, &why))
        return 0;
    strbuf_adds(problem, "parse ");
    go_quote(problem, url);
    strbuf_addf(problem, ": %s", strbuf_cstr(&why));
    return -1;
}
