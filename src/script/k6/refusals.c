/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls that cannot work here, found in a script's text: by the name that k6/http is imported as
 * (`import http from`, `import * as http from`, `http = require(…)`), or among the names in braces.
 */
#include "script/k6/refusals.h"

#include <stdbool.h>

static const struct span REFUSED[] = {SPAN("batch"), SPAN("asyncRequest")};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$';
}

/* The next place of `word` as a whole word at or behind `from`; -1 when there is none. */
static ptrdiff_t find_word(struct span text, struct span word, size_t from)
{
    for (size_t i = from; i + word.len <= text.len; i++) {
        const char *at = memmem(text.ptr + i, text.len - i, word.ptr, word.len);
        if (!at)
            return -1;
        i = (size_t)(at - text.ptr);
        size_t end = i + word.len;
        if ((i == 0 || !is_word(text.ptr[i - 1])) && (end == text.len || !is_word(text.ptr[end])))
            return (ptrdiff_t)i;
    }
    return -1;
}

static int line_of(struct span source, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at; i++)
        line += source.ptr[i] == '\n';
    return line;
}

/* Inside of a line comment, or on a line of a block comment that begins with a star. */
static bool in_comment(struct span source, size_t at)
{
    size_t start = at;
    while (start > 0 && source.ptr[start - 1] != '\n')
        start--;
    struct span before = span_trim(span_of(source.ptr + start, at - start));
    return span_starts_with(before, SPAN("*")) || span_starts_with(before, SPAN("/*")) ||
           memmem(before.ptr, before.len, "//", 2);
}

/* What stands between the beginning of the statement and `at`; semicolons may be missing. */
static struct span statement_before(struct span source, size_t at)
{
    static const struct span BEGINNINGS[] = {SPAN("import"), SPAN("const"), SPAN("let"),
                                             SPAN("var")};
    size_t start = at;
    for (; start > 0 && source.ptr[start - 1] != ';'; start--) {
        struct span here = span_of(source.ptr + start, at - start);
        for (size_t i = 0; i < COUNT_OF(BEGINNINGS); i++) {
            if (find_word(span_head(here, BEGINNINGS[i].len + 1), BEGINNINGS[i], 0) == 0 &&
                !is_word(source.ptr[start - 1]))
                return here;
        }
    }
    return span_of(source.ptr + start, at - start);
}

/* The name that the statement binds: the last word that is not "from", "require" or "k6/http". */
static struct span bound_name(struct span statement)
{
    while (statement.len) {
        while (statement.len && !is_word(statement.ptr[statement.len - 1]))
            statement.len--;
        size_t end = statement.len;
        while (statement.len && is_word(statement.ptr[statement.len - 1]))
            statement.len--;
        struct span word = span_of(statement.ptr + statement.len, end - statement.len);
        if (!span_equal(word, SPAN("from")) && !span_equal(word, SPAN("require")))
            return word;
    }
    return SPAN_EMPTY;
}

/* "NAME.function" outside of comments, its place or -1. */
static ptrdiff_t find_call(struct span source, struct span name, struct span function)
{
    ptrdiff_t at = find_word(source, name, 0);
    for (; at >= 0; at = find_word(source, name, (size_t)at + 1)) {
        struct span rest = span_from(source, (size_t)at + name.len);
        if (rest.len && rest.ptr[0] == '.' && find_word(rest, function, 1) == 1 &&
            !in_comment(source, (size_t)at))
            return at;
    }
    return -1;
}

static const char *refused_by(struct span source, size_t import_at, int *ret_line)
{
    struct span statement = statement_before(source, import_at);
    bool braces = span_find(statement, '{') >= 0 && span_find(statement, '}') >= 0;
    struct span name = bound_name(statement);
    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        ptrdiff_t at = braces ? find_word(statement, REFUSED[i], 0) : -1;
        if (at >= 0)
            at += statement.ptr - source.ptr;
        else if (!braces && name.len)
            at = find_call(source, name, REFUSED[i]);
        if (at < 0)
            continue;
        *ret_line = line_of(source, (size_t)at);
        return REFUSED[i].ptr;
    }
    return NULL;
}

const char *refusals_find(struct span source, int *ret_line)
{
    static const struct span SPECIFIERS[] = {SPAN("'k6/http'"), SPAN("\"k6/http\"")};
    for (size_t i = 0; i < COUNT_OF(SPECIFIERS); i++) {
        const char *at = source.ptr, *end = source.ptr + source.len;
        for (; (at = memmem(at, (size_t)(end - at), SPECIFIERS[i].ptr, SPECIFIERS[i].len)); at++) {
            const char *found = refused_by(source, (size_t)(at - source.ptr), ret_line);
            if (found)
                return found;
        }
    }
    return NULL;
}
