/* SPDX-License-Identifier: Apache-2.0
 *
 * One function walks one component of the path and calls itself for the rest; queries are in
 * gjson_query.c. Depth is bounded by the path, the path by its maximum.
 */
#include "script/k6/gjson.h"

#include "script/k6/gjson_private.h"
#include "script/k6/json_scan.h"

/* Longer paths find nothing. */
#define MAX_PATH_BYTES 4096

bool gjson_match(struct span text, struct span pattern)
{
    /* Greedy with one point of return: the last star (linear in text times pattern). */
    size_t t = 0, p = 0, star = SIZE_MAX, mark = 0;
    while (t < text.len) {
        bool literal = p < pattern.len && pattern.ptr[p] != '*';
        size_t skip = literal && pattern.ptr[p] == '\\' && p + 1 < pattern.len;
        bool any = literal && !skip && pattern.ptr[p] == '?';
        if (literal && (any || pattern.ptr[p + skip] == text.ptr[t])) {
            p += 1 + skip;
            t++;
        } else if (p < pattern.len && !literal) {
            star = p++;
            mark = t;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* Behind the parenthesis that closes the one at the start; 0 when there is none. */
static size_t query_length(struct span path)
{
    int depth = 0;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        if (c == '\\')
            i++;
        else if (c == '"')
            while (++i < path.len && path.ptr[i] != '"')
                i += path.ptr[i] == '\\';
        else if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            return i + 1;
    }
    return 0;
}

/* False for a query that does not end. */
static bool next_component(struct span path, struct gjson_component *ret)
{
    size_t end = 0;
    if (span_starts_with(path, SPAN("#("))) {
        size_t len = query_length(span_from(path, 1));
        if (!len)
            return false;
        end = 1 + len;
    }
    while (end < path.len && path.ptr[end] != '.' && path.ptr[end] != '|')
        end += path.ptr[end] == '\\' ? 2 : 1;
    end = MIN_OF(end, path.len);
    ret->text = span_head(path, end);
    ret->has_rest = end < path.len;
    ret->piped = ret->has_rest && path.ptr[end] == '|';
    ret->rest = span_from(path, end + 1);
    return true;
}

static bool key_matches(struct span key, struct span pattern)
{
    struct span bare = span_of(key.ptr + 1, key.len - 2);
    if (!memchr(bare.ptr, '\\', bare.len))
        return gjson_match(bare, pattern);
    AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(key.len * 2);
    json_scan_unquote(key, &plain);
    return gjson_match(span_of(strbuf_cstr(&plain), plain.len), pattern);
}

static bool walk_rest(struct span value, const struct gjson_component *component,
                      struct strbuf *out)
{
    if (component->has_rest)
        return gjson_walk(value, component->rest, out);
    strbuf_add_span(out, value);
    return true;
}

static bool walk_object(struct span json, const struct gjson_component *component,
                        struct strbuf *out)
{
    struct span key, value;
    bool bad;
    json_scan_open(&json, '{');
    while (json_scan_member(&json, &key, &value, &bad))
        if (key_matches(key, component->text))
            return walk_rest(value, component, out);
    return false;
}

static bool walk_index(struct span json, const struct gjson_component *component,
                       struct strbuf *out)
{
    uint64_t index;
    struct span value;
    bool bad;
    if (!component->text.len || span_to_u64(component->text, UINT32_MAX, &index) < 0)
        return false;
    json_scan_open(&json, '[');
    while (json_scan_element(&json, &value, &bad))
        if (index-- == 0)
            return walk_rest(value, component, out);
    return false;
}

static bool count_elements(struct span json, const struct gjson_component *component,
                           struct strbuf *out)
{
    size_t count = 0;
    struct span value;
    bool bad;
    if (component->has_rest)
        return false;
    json_scan_open(&json, '[');
    while (json_scan_element(&json, &value, &bad))
        count++;
    strbuf_addf(out, "%zu", count);
    return true;
}

/* [the rest of the path in each element that `query` accepts] */
static bool map_elements(struct span json, const struct gjson_component *component,
                         const struct span *query, struct strbuf *out)
{
    size_t start = out->len;
    struct span value;
    bool bad;
    strbuf_addc(out, '[');
    json_scan_open(&json, '[');
    while (json_scan_element(&json, &value, &bad)) {
        if (query && !gjson_query_accepts(*query, value))
            continue;
        size_t before = out->len;
        if (before > start + 1)
            strbuf_addc(out, ',');
        if (component->piped ? (strbuf_add_span(out, value), false)
                             : !walk_rest(value, component, out))
            strbuf_truncate(out, before);
    }
    strbuf_addc(out, ']');
    return true;
}

static bool first_element(struct span json, const struct gjson_component *component,
                          struct span query, struct strbuf *out)
{
    struct span value;
    bool bad;
    json_scan_open(&json, '[');
    while (json_scan_element(&json, &value, &bad))
        if (gjson_query_accepts(query, value))
            return walk_rest(value, component, out);
    return false;
}

/* "#(query)#" with a pipe: the rest of the path looks at the list as a whole. */
static bool walk_piped(struct span json, const struct gjson_component *component, struct span query,
                       struct strbuf *out)
{
    AUTO(strbuf_done) struct strbuf list = STRBUF_INIT(json.len * 2 + 2);
    map_elements(json, component, &query, &list);
    return gjson_walk(strbuf_span(&list), component->rest, out);
}

static bool walk_query(struct span json, const struct gjson_component *component,
                       struct strbuf *out)
{
    bool all = span_ends_with(component->text, SPAN(")#"));
    size_t tail = all ? 2 : 1;
    if (component->text.len < 2 + tail || component->text.ptr[component->text.len - tail] != ')')
        return false;
    struct span query = span_of(component->text.ptr + 2, component->text.len - 2 - tail);
    if (!all)
        return first_element(json, component, query, out);
    if (component->piped)
        return walk_piped(json, component, query, out);
    return map_elements(json, component, &query, out);
}

static bool walk_array(struct span json, const struct gjson_component *component,
                       struct strbuf *out)
{
    if (span_starts_with(component->text, SPAN("#(")))
        return walk_query(json, component, out);
    if (!span_equal(component->text, SPAN("#")))
        return walk_index(json, component, out);
    return component->has_rest && !component->piped ? map_elements(json, component, NULL, out)
                                                    : count_elements(json, component, out);
}

bool gjson_walk(struct span json, struct span path, struct strbuf *out)
{
    struct span value;
    struct gjson_component component;
    if (!next_component(path, &component) || !json_scan_value(&json, &value))
        return false;
    if (*value.ptr == '{')
        return walk_object(value, &component, out);
    if (*value.ptr == '[')
        return walk_array(value, &component, out);
    return false;
}

bool gjson_get(struct span json, struct span path, struct strbuf *out)
{
    if (!path.len || path.len > MAX_PATH_BYTES)
        return false;
    size_t before = out->len;
    bool found = gjson_walk(json, path, out) && !out->overflow;
    if (!found)
        strbuf_truncate(out, before);
    return found;
}

const char *gjson_unsupported(struct span path)
{
    for (size_t i = 0; i < path.len; i++) {
        bool starts = i == 0 || path.ptr[i - 1] == '.' || path.ptr[i - 1] == '|';
        if (path.ptr[i] == '\\')
            i++;
        else if (path.ptr[i] == '(')
            return NULL;
        else if (starts && path.ptr[i] == '@')
            return "a modifier (@...)";
        else if (starts && (path.ptr[i] == '{' || path.ptr[i] == '['))
            return "a multipath ({...} or [...])";
        else if (starts && path.ptr[i] == '!')
            return "a literal (!...)";
    }
    return NULL;
}
