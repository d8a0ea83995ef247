/* SPDX-License-Identifier: Apache-2.0
 *
 * Service-level files: what is refused has a sentence; what is accepted gives a verdict with a
 * bound and a reason in every row.
 */
#include "base/error.h"
#include "fuzz/fuzz.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "slo/openslo.h"
#include "slo/verdict.h"

static void check_verdict(const struct openslo *slo, const struct registry *registry)
{
    static const struct observation cpu = {"cpu", 40, 95.5, "%"};
    const struct run_facts facts = {
        .duration_ns = NSEC_PER_SEC,
        .max_vus = 10,
        .requests = 100,
        .offered_rate = 100,
        .observations = &cpu,
        .observation_count = 1,
    };
    AUTO(snapshot_free) struct snapshot *total = snapshot_new(registry);
    AUTO(verdict_free) struct verdict *verdict = verdict_new(slo, total, &facts);
    FUZZ_CHECK(verdict->row_count == slo->row_count && verdict->row_count > 0);
    for (size_t i = 0; i < verdict->row_count; i++) {
        const struct verdict_row *row = &verdict->rows[i];
        FUZZ_CHECK(row->bound[0]);
        FUZZ_CHECK(row->status != VERDICT_NOT_MEASURED || row->note[0]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(openslo_free)
    struct openslo *slo = openslo_parse(span_of((const char *)data, size), "fuzz", &err);
    if (slo && openslo_bind(slo, registry, &err) == 0) {
        check_verdict(slo, registry);
        return 0;
    }
    FUZZ_CHECK(err.code == EXIT_INVALID_CONFIG && err.message[0]);
    return 0;
}
