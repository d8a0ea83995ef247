/* SPDX-License-Identifier: Apache-2.0
 *
 * Reference resolution, RFC 3986 §5.2: the target is written out as text and parsed again, so
 * that a redirect passes the same checks as a URL from a script.
 */
#include "http/charset.h"
#include "http/url.h"

struct reference {
    struct span scheme, authority, path, query, fragment;
    bool has_scheme, has_authority, has_query, has_fragment;
};

/* RFC 3986 §3.1: a letter, then letters, digits, '+', '-', '.'. */
static bool is_scheme(struct span text)
{
    if (text.len == 0 || !charset_is_alnum(text.ptr[0]) || charset_is_digit(text.ptr[0]))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!charset_is_alnum(text.ptr[i]) && !strchr("+-.", text.ptr[i]))
            return false;
    return true;
}

static struct reference split_reference(struct span text)
{
    struct reference ref = {0};
    ref.has_fragment = span_find(text, '#') >= 0;
    text = span_cut(text, '#', &ref.fragment);
    ref.has_query = span_find(text, '?') >= 0;
    text = span_cut(text, '?', &ref.query);
    ptrdiff_t colon = span_find(text, ':');
    if (colon > 0 && is_scheme(span_head(text, (size_t)colon))) {
        ref.has_scheme = true;
        ref.scheme = span_cut(text, ':', &text);
    }
    if (span_starts_with(text, SPAN("//"))) {
        ref.has_authority = true;
        text = span_from(text, 2);
        ptrdiff_t slash = span_find(text, '/');
        size_t len = slash < 0 ? text.len : (size_t)slash;
        ref.authority = span_head(text, len);
        text = span_from(text, len);
    }
    ref.path = text;
    return ref;
}

/* RFC 3986 §5.2.4 on an absolute path, in place: "/a/./b/../c" becomes "/a/c". */
static struct span remove_dot_segments(char *path, size_t len)
{
    size_t out = 0;
    for (size_t in = 0; in < len;) {
        size_t end = in + 1;
        while (end < len && path[end] != '/')
            end++;
        struct span segment = span_of(path + in + 1, end - in - 1);
        bool is_up = span_equal(segment, SPAN(".."));
        if (is_up || span_equal(segment, SPAN("."))) {
            while (is_up && out > 0 && path[--out] != '/')
                ;
            if (end == len)
                path[out++] = '/';
        } else {
            memmove(path + out, path + in, end - in);
            out += end - in;
        }
        in = end;
    }
    return span_of(path, out);
}

/* RFC 3986 §5.2.3: the base path up to its last '/', then the reference. */
static struct span merge_paths(struct arena *arena, struct span base, struct span path)
{
    size_t keep = base.len;
    while (keep > 0 && base.ptr[keep - 1] != '/')
        keep--;
    char *merged = keep == 0 ? arena_printf(arena, "/%.*s", SPAN_ARG(path))
                             : arena_printf(arena, "%.*s%.*s", (int)keep, base.ptr, SPAN_ARG(path));
    return remove_dot_segments(merged, strlen(merged));
}

static struct span target_path(const struct url *base, const struct reference *ref,
                               struct arena *arena)
{
    bool is_absolute = ref->has_authority || span_starts_with(ref->path, SPAN("/"));
    if (is_absolute)
        return remove_dot_segments(arena_dup(arena, ref->path), ref->path.len);
    return ref->path.len == 0 ? base->path : merge_paths(arena, base->path, ref->path);
}

static void write_base_authority(const struct url *base, struct strbuf *out)
{
    strbuf_add_span(out, base->user);
    if (base->has_password)
        strbuf_addc(out, ':');
    strbuf_add_span(out, base->password);
    if (base->has_user)
        strbuf_addc(out, '@');
    strbuf_add_span(out, base->authority);
}

static void write_target_url(const struct url *base, const struct reference *ref,
                             struct arena *arena, struct strbuf *out)
{
    bool inherits_query = !ref->has_query && !ref->has_authority && ref->path.len == 0;
    bool has_query = inherits_query ? base->has_query : ref->has_query;
    strbuf_add_span(out, ref->has_scheme ? ref->scheme : base->scheme);
    strbuf_adds(out, "://");
    if (ref->has_authority)
        strbuf_add_span(out, ref->authority);
    else
        write_base_authority(base, out);
    strbuf_add_span(out, target_path(base, ref, arena));
    if (has_query) {
        strbuf_addc(out, '?');
        strbuf_add_span(out, inherits_query ? base->query : ref->query);
    }
    if (ref->has_fragment) {
        strbuf_addc(out, '#');
        strbuf_add_span(out, ref->fragment);
    }
}

int url_resolve(const struct url *base, struct span reference, struct arena *arena,
                struct url *ret_url, const char **ret_problem)
{
    if (reference.len > URL_MAX_BYTES || !charset_is_field_value(reference)) {
        *ret_problem = "the reference is longer than 64 KiB or holds a control character";
        return -1;
    }
    struct reference ref = split_reference(reference);
    if (ref.has_scheme && !ref.has_authority) {
        *ret_problem = "the reference is neither relative nor an http or https URL";
        return -1;
    }
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(2 * URL_MAX_BYTES + 16);
    write_target_url(base, &ref, arena, &text);
    return url_parse(arena_dup_span(arena, strbuf_span(&text)), ret_url, ret_problem);
}
