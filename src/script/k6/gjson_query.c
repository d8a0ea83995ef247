/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions of "#(path op value)". As in gjson, the type of the element's value decides how the
 * right side is read; a path alone asks whether it exists.
 */
#include <stdlib.h>

#include "base/strbuf.h"
#include "script/k6/gjson_private.h"
#include "script/k6/json_scan.h"

enum query_op {
    QUERY_EXISTS,
    QUERY_EQUAL,
    QUERY_NOT_EQUAL,
    QUERY_LESS,
    QUERY_LESS_EQUAL,
    QUERY_GREATER,
    QUERY_GREATER_EQUAL,
    QUERY_LIKE,
    QUERY_NOT_LIKE,
};

struct condition {
    struct span path;
    enum query_op op;
    struct span value; /* quotes removed */
};

/* Longest first, so that "<=" is not read as "<". */
static const struct {
    struct span text;
    enum query_op op;
} OPS[] = {
    {SPAN("=="), QUERY_EQUAL},      {SPAN("!="), QUERY_NOT_EQUAL},
    {SPAN("<="), QUERY_LESS_EQUAL}, {SPAN(">="), QUERY_GREATER_EQUAL},
    {SPAN("!%"), QUERY_NOT_LIKE},   {SPAN("="), QUERY_EQUAL},
    {SPAN("<"), QUERY_LESS},        {SPAN(">"), QUERY_GREATER},
    {SPAN("%"), QUERY_LIKE},
};

/* Index into ops, or -1. */
static int op_at(struct span text)
{
    for (size_t i = 0; i < COUNT_OF(OPS); i++)
        if (span_starts_with(text, OPS[i].text))
            return (int)i;
    return -1;
}

/* The operator outside of parentheses and quotes splits the condition. */
static struct condition parse(struct span query)
{
    int depth = 0;
    query = span_trim(query);
    for (size_t i = 0; i < query.len; i++) {
        char c = query.ptr[i];
        if (c == '(')
            depth++;
        else if (c == ')')
            depth--;
        else if (c == '\\')
            i++;
        int op = depth == 0 && i < query.len ? op_at(span_from(query, i)) : -1;
        if (op < 0)
            continue;
        struct span value = span_trim(span_from(query, i + OPS[op].text.len));
        if (value.len >= 2 && *value.ptr == '"' && value.ptr[value.len - 1] == '"')
            value = span_of(value.ptr + 1, value.len - 2);
        return (struct condition){span_trim(span_head(query, i)), OPS[op].op, value};
    }
    return (struct condition){query, QUERY_EXISTS, SPAN_EMPTY};
}

static bool holds(enum query_op op, double order)
{
    switch (op) {
    case QUERY_EQUAL:
        return order == 0;
    case QUERY_NOT_EQUAL:
        return order != 0;
    case QUERY_LESS:
        return order < 0;
    case QUERY_LESS_EQUAL:
        return order <= 0;
    case QUERY_GREATER:
        return order > 0;
    case QUERY_GREATER_EQUAL:
        return order >= 0;
    default:
        return false;
    }
}

static bool compare_strings(struct span quoted, const struct condition *condition)
{
    AUTO(strbuf_done) struct strbuf plain = STRBUF_INIT(quoted.len * 2 + 1);
    json_scan_unquote(quoted, &plain);
    struct span text = span_of(strbuf_cstr(&plain), plain.len);
    if (condition->op == QUERY_LIKE || condition->op == QUERY_NOT_LIKE)
        return gjson_match(text, condition->value) == (condition->op == QUERY_LIKE);
    size_t common = MIN_OF(text.len, condition->value.len);
    int order = common ? memcmp(text.ptr, condition->value.ptr, common) : 0;
    if (order == 0 && text.len != condition->value.len)
        order = text.len < condition->value.len ? -1 : 1;
    return holds(condition->op, order);
}

/* False when `text` is no number. */
static bool read_number(struct span text, double *ret)
{
    char buf[64], *end;
    if (!text.len || text.len >= sizeof(buf))
        return false;
    memcpy(buf, text.ptr, text.len);
    buf[text.len] = '\0';
    *ret = strtod(buf, &end);
    return *end == '\0';
}

static bool compare(struct span value, const struct condition *condition)
{
    double left, right;
    if (condition->op == QUERY_EXISTS)
        return true;
    if (*value.ptr == '"')
        return compare_strings(value, condition);
    if (read_number(value, &left) && read_number(condition->value, &right))
        return holds(condition->op, left < right ? -1 : left > right);
    bool same = span_equal(value, condition->value);
    return condition->op == QUERY_NOT_EQUAL ? !same : condition->op == QUERY_EQUAL && same;
}

bool gjson_query_accepts(struct span query, struct span element)
{
    struct condition condition = parse(query);
    if (!condition.path.len)
        return element.len && compare(element, &condition);
    AUTO(strbuf_done) struct strbuf found = STRBUF_INIT(element.len * 2 + 2);
    return gjson_walk(element, condition.path, &found) && found.len &&
           compare(strbuf_span(&found), &condition);
}
