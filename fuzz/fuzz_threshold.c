/* SPDX-License-Identifier: Apache-2.0
 *
 * Thresholds: the first line of the input is a selector, the second an expression. What is refused
 * has a sentence; what is accepted can be evaluated.
 */
#include <math.h>

#include "base/error.h"
#include "fuzz/fuzz.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "slo/threshold.h"
#include "slo/threshold_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(threshold_set_free) struct threshold_set *set = threshold_set_new();
    struct error err = {0};
    struct span expression;
    struct span selector = span_cut(span_of((const char *)data, size), '\n', &expression);
    if (threshold_set_add(set, registry, selector, expression, &err) < 0) {
        FUZZ_CHECK(err.code == EXIT_INVALID_CONFIG && err.message[0]);
        return 0;
    }
    if (threshold_set_count(set) == 0)
        return 0;
    FUZZ_CHECK(isfinite(threshold_set_at(set, 0)->bound));
    AUTO(snapshot_free) struct snapshot *total = snapshot_new(registry);
    struct threshold_result result;
    FUZZ_CHECK(threshold_set_evaluate(set, total, NSEC_PER_SEC, false, &result));
    threshold_set_evaluate(set, total, NSEC_PER_SEC, true, &result);
    FUZZ_CHECK(result.value == 0);
    return 0;
}
