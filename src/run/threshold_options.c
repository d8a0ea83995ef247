/* SPDX-License-Identifier: Apache-2.0
 *
 * --threshold.
 */
#include "run/threshold_options.h"

#include <string.h>

#include "base/error.h"
#include "load/plan.h"

/* At the first colon outside of the braces. */
int threshold_option_parse(struct plan *plan, const char *text,
                           struct plan_threshold *ret_threshold, struct error *err)
{
    const char *brace = strchr(text, '{'), *colon = strchr(text, ':');
    if (brace && colon && brace < colon) {
        const char *close = strchr(brace, '}');
        colon = close ? strchr(close, ':') : NULL;
    }
    if (!colon || colon == text || !colon[1])
        return error_set(
            err, EXIT_INVALID_CONFIG,
            "--threshold %s: write METRIC:EXPRESSION, like "
            "'http_req_duration:p(95)<200' or 'http_req_failed{name:/login}:rate<0.01'",
            text);
    *ret_threshold = (struct plan_threshold){
        .selector = arena_dup(&plan->arena, span_of(text, (size_t)(colon - text))),
        .expression = arena_dup(&plan->arena, span_cstr(colon + 1)),
    };
    return 0;
}

int threshold_options_add(struct plan *plan, const json_t *list, struct error *err)
{
    size_t count = json_array_size(list);
    plan->thresholds = ARENA_NEW_ARRAY(&plan->arena, struct plan_threshold, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (threshold_option_parse(plan, json_string_value(json_array_get(list, i)),
                                   &plan->thresholds[i], err) < 0)
            return -1;
        plan->threshold_count++;
    }
    return 0;
}
