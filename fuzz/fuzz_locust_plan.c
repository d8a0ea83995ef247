/* SPDX-License-Identifier: Apache-2.0
 *
 * What a loaded locustfile says of itself: JSON of another process. A plan that is accepted has one
 * scenario whose figures are sane.
 */
#include "base/error.h"
#include "fuzz/fuzz.h"
#include "load/plan.h"
#include "run/locust_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    json_t *options = json_object();
    json_t *ready = json_loadb((const char *)data, size, 0, NULL);
    AUTO(plan_free) struct plan *plan = locust_plan_new("x.py", options, &err);
    FUZZ_CHECK(plan != NULL);
    if (ready && locust_plan_complete(plan, options, ready, &err) == 0) {
        FUZZ_CHECK(plan->scenario_count == 1);
        FUZZ_CHECK(plan_duration_ns(plan, true) >= 0);
        FUZZ_CHECK(plan_max_vus(plan) >= 0);
    } else if (ready) {
        FUZZ_CHECK(err.message[0] != '\0');
    }
    json_decref(ready);
    json_decref(options);
    return 0;
}
