/* SPDX-License-Identifier: Apache-2.0
 *
 * An empty list makes one row without an expression: the series is tracked and shown.
 */
#include "script/k6/option_thresholds.h"

#include <string.h>

#include "base/error.h"
#include "load/plan.h"
#include "script/k6/option_values.h"

static size_t count_rows(const json_t *value)
{
    const char *selector;
    json_t *list;
    size_t count = 0;
    json_object_foreach((json_t *)value, selector, list)
    {
        size_t size = json_array_size(list);
        count += size ? size : 1;
    }
    return count;
}

static int read_object(const char *name, const json_t *item, struct plan *plan,
                       struct plan_threshold *row, struct error *err)
{
    const json_t *expression = json_object_get(item, "threshold");
    const json_t *abort_on_fail = json_object_get(item, "abortOnFail");
    const json_t *delay = json_object_get(item, "delayAbortEval");
    if (!expression)
        return option_wrong(name, item, "an object with a `threshold`", err);
    if (option_text(name, expression, &plan->arena, &row->expression, err) < 0)
        return -1;
    if (abort_on_fail && !json_is_null(abort_on_fail) &&
        option_bool(name, abort_on_fail, &row->abort_on_fail, err) < 0)
        return -1;
    if (delay && !json_is_null(delay))
        return option_duration(name, delay, &row->delay_abort_ns, err);
    return 0;
}

static int read_item(const char *name, const json_t *item, struct plan *plan,
                     struct plan_threshold *row, struct error *err)
{
    if (json_is_object(item))
        return read_object(name, item, plan, row, err);
    return option_text(name, item, &plan->arena, &row->expression, err);
}

static int read_list(const char *selector, const json_t *list, struct plan *plan, struct error *err)
{
    const char *name = arena_printf(&plan->arena, "thresholds.%s", selector);
    const char *kept = arena_dup(&plan->arena, span_cstr(selector));
    if (!json_is_array(list))
        return option_wrong(name, list, "a list, like [\"p(95)<200\"]", err);
    if (json_array_size(list) == 0)
        plan->thresholds[plan->threshold_count++].selector = kept;
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct plan_threshold *row = &plan->thresholds[plan->threshold_count++];
        row->selector = kept;
        if (read_item(name, json_array_get(list, i), plan, row, err) < 0)
            return -1;
    }
    return 0;
}

int option_thresholds_apply(const json_t *value, struct plan *plan, struct error *err)
{
    const char *selector;
    json_t *list;
    if (!json_is_object(value))
        return option_wrong("thresholds", value, "an object of lists by metric", err);
    plan->thresholds = ARENA_NEW_ARRAY(&plan->arena, struct plan_threshold, count_rows(value) + 1);
    json_object_foreach((json_t *)value, selector, list)
    {
        if (read_list(selector, list, plan, err) < 0)
            return -1;
    }
    return 0;
}
