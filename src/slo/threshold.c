/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of one threshold.
 */
#include "slo/threshold.h"

#include "base/error.h"
#include "metrics/registry.h"

/* Longer spellings first: "<=" begins like "<". */
static const struct {
    struct span text;
    enum threshold_op op;
} OPS[] = {
    {{"===", 3}, OP_EQUAL},     {{"==", 2}, OP_EQUAL},         {{"!=", 2}, OP_NOT_EQUAL},
    {{"<=", 2}, OP_LESS_EQUAL}, {{">=", 2}, OP_GREATER_EQUAL}, {{"<", 1}, OP_LESS},
    {{">", 1}, OP_GREATER},
};

/* Length of the operator that `text` begins with, 0 for none. */
static size_t match_op(struct span text, enum threshold_op *ret_op)
{
    for (size_t i = 0; i < COUNT_OF(OPS); i++) {
        if (span_starts_with(text, OPS[i].text)) {
            *ret_op = OPS[i].op;
            return OPS[i].text.len;
        }
    }
    return 0;
}

static int split(struct span text, struct span *ret_aggregate, enum threshold_op *ret_op,
                 struct span *ret_number)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t len = match_op(span_of(text.ptr + i, text.len - i), ret_op);
        if (len == 0)
            continue;
        *ret_aggregate = span_trim(span_head(text, i));
        *ret_number = span_trim(span_of(text.ptr + i + len, text.len - i - len));
        return 0;
    }
    return -1;
}

static int refuse(struct span expression, const struct series *series, struct error *err,
                  const char *what)
{
    return error_set(
        err, EXIT_INVALID_CONFIG,
        "threshold '%.*s' on %s: %s; write AGGREGATE OPERATOR NUMBER with one of %s, one "
        "of < <= > >= == === != and a decimal number",
        SPAN_ARG(expression), series->name, what, aggregate_legal(series->type));
}

int threshold_parse(struct span expression, const struct series *series,
                    struct threshold *ret_threshold, struct error *err)
{
    struct span name_text, number_text;
    struct threshold t = *ret_threshold;
    if (split(expression, &name_text, &t.op, &number_text) < 0)
        return refuse(expression, series, err, "it has no operator");
    if (aggregate_parse(name_text, &t.aggregate) < 0)
        return refuse(expression, series, err, "its aggregate is unknown");
    if (!aggregate_fits(t.aggregate.kind, series->type))
        return refuse(expression, series, err, "this kind of metric has no such aggregate");
    if (aggregate_number(number_text, &t.bound) < 0)
        return refuse(expression, series, err, "what follows the operator is no number");
    t.series = series;
    *ret_threshold = t;
    return 0;
}

bool threshold_holds(enum threshold_op op, double observed, double bound)
{
    switch (op) {
    case OP_LESS:
        return observed < bound;
    case OP_LESS_EQUAL:
        return observed <= bound;
    case OP_GREATER:
        return observed > bound;
    case OP_GREATER_EQUAL:
        return observed >= bound;
    case OP_EQUAL:
        return observed == bound;
    case OP_NOT_EQUAL:
        return observed != bound;
    }
    return false;
}

const char *threshold_op_text(enum threshold_op op)
{
    static const char *const TEXTS[] = {"<", "<=", ">", ">=", "==", "!="};
    return TEXTS[op];
}
