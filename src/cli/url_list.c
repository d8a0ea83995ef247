/* SPDX-License-Identifier: Apache-2.0
 *
 * The URLs of a bench.
 */
#include "cli/url_list.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "http/url.h"

enum {
    METHOD_MAX_BYTES = 32,
    NUMBER_MAX_BYTES = 32,
    FIELDS = 3, /* of a line, at most */
};

static const double MAX_WEIGHT = 1e9;

void url_list_init(struct url_list *list)
{
    *list = (struct url_list){0};
    arena_init(&list->arena, 4096);
}

void url_list_done(struct url_list *list)
{
    mem_free(&list->entries);
    arena_done(&list->arena);
    *list = (struct url_list){0};
}

bool url_list_is_method(struct span method)
{
    bool fits = method.len > 0 && method.len <= METHOD_MAX_BYTES;
    for (size_t i = 0; fits && i < method.len; i++)
        fits = (method.ptr[i] >= 'A' && method.ptr[i] <= 'Z') || (i > 0 && method.ptr[i] == '-');
    return fits;
}

/* Digits with at most one point; nothing else that strtod() would take. */
static bool parse_weight(struct span text, double *ret_weight)
{
    char number[NUMBER_MAX_BYTES + 1] = "";
    size_t points = 0;
    if (text.len > NUMBER_MAX_BYTES)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        points += text.ptr[i] == '.';
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && text.ptr[i] != '.')
            return false;
        number[i] = text.ptr[i];
    }
    if (points > 1 || text.len == points)
        return false;
    *ret_weight = strtod(number, NULL);
    return *ret_weight > 0 && *ret_weight <= MAX_WEIGHT;
}

static int add(struct url_list *list, struct span url, struct span method, double weight,
               struct error *err)
{
    struct url parsed;
    const char *problem;
    if (url_parse(url, &parsed, &problem) < 0)
        return error_set(err, EXIT_USAGE, "%.*s: %s", SPAN_ARG(span_head(url, 200)), problem);
    if (list->count == URL_LIST_MAX)
        return error_set(err, EXIT_USAGE, "give at most %d URLs", URL_LIST_MAX);
    list->entries = GROW_ARRAY(list->entries, list->count + 1);
    list->entries[list->count++] = (struct url_entry){
        .url = arena_dup(&list->arena, url),
        .method = method.len ? arena_dup(&list->arena, method) : NULL,
        .weight = weight,
    };
    return 0;
}

int url_list_add(struct url_list *list, const char *url, struct error *err)
{
    return add(list, span_cstr(url), SPAN_EMPTY, 1, err);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* How many fields `line` has; the first FIELDS of them. */
static size_t split(struct span line, struct span fields[FIELDS])
{
    size_t count = 0;
    for (size_t at = 0; at < line.len;) {
        size_t start = at;
        while (at < line.len && !is_blank(line.ptr[at]))
            at++;
        if (at > start && count++ < FIELDS)
            fields[count - 1] = span_of(line.ptr + start, at - start);
        at += at < line.len;
    }
    return count;
}

static int parse_line(struct url_list *list, struct span line, struct error *err)
{
    struct span fields[FIELDS], method = SPAN_EMPTY;
    size_t count = split(line, fields), at = 0;
    double weight = 1;
    if (count == 0 || fields[0].ptr[0] == '#')
        return 0;
    if (count > FIELDS)
        return error_set(err, EXIT_USAGE, "write [weight] [METHOD] URL; a space in a URL is %%20");
    if (count == FIELDS || (count == 2 && !url_list_is_method(fields[0]))) {
        if (!parse_weight(fields[at++], &weight))
            return error_set(err, EXIT_USAGE,
                             "\"%.*s\" is no weight: give a number above 0, like 10 or 0.5",
                             SPAN_ARG(span_head(fields[0], 40)));
    }
    if (at + 1 < count) {
        method = fields[at++];
        if (!url_list_is_method(method))
            return error_set(err, EXIT_USAGE,
                             "\"%.*s\" is no method: write it in capital letters, like POST",
                             SPAN_ARG(span_head(method, 40)));
    }
    return add(list, fields[at], method, weight, err);
}

int url_list_parse(struct url_list *list, struct span text, const char *file, struct error *err)
{
    const struct span mark = SPAN("\xef\xbb\xbf"); /* some editors' word for UTF-8 */
    size_t before = list->count;
    if (span_starts_with(text, mark))
        text = span_from(text, mark.len);
    for (int line = 1; text.len; line++) {
        if (parse_line(list, span_cut(text, '\n', &text), err) < 0)
            return error_at(err, file, line, 0);
    }
    if (list->count > before)
        return 0;
    return error_set(err, EXIT_USAGE, "%s has no URL: write one a line, as [weight] [METHOD] URL",
                     file);
}
