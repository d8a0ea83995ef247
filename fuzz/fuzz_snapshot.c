/* SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots from another process: what is accepted must answer queries sanely, and must be the same
 * when it is written and read again.
 */
#include <string.h>

#include "base/strbuf.h"
#include "fuzz/fuzz.h"
#include "metrics/histogram.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"

#define MAX_BYTES ((size_t)64 * 1024 * 1024)

static void check_trends(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->sink_count; i++) {
        const struct histogram *h = &snapshot->sinks[i].trend;
        double p = histogram_percentile(h, 50);
        FUZZ_CHECK(h->count == 0 || (p >= h->min && p <= h->max));
        FUZZ_CHECK(histogram_count_below(h, h->max) == h->count);
    }
}

static void check_written_again(const struct snapshot *snapshot, struct snapshot *again)
{
    AUTO(strbuf_done) struct strbuf first = STRBUF_INIT(MAX_BYTES), second = STRBUF_INIT(MAX_BYTES);
    snapshot_encode(snapshot, &first);
    struct span input = strbuf_span(&first);
    FUZZ_CHECK(snapshot_decode(again, &input) == 0 && input.len == 0);
    snapshot_encode(again, &second);
    FUZZ_CHECK(span_equal(strbuf_span(&first), strbuf_span(&second)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(snapshot_free) struct snapshot *snapshot = snapshot_new(registry);
    AUTO(snapshot_free) struct snapshot *again = snapshot_new(registry);
    struct span input = span_of((const char *)data, size);
    (void)snapshot_decode_dictionary(registry, &input);
    if (snapshot_decode(snapshot, &input) < 0)
        return 0;
    check_trends(snapshot);
    check_written_again(snapshot, again);
    snapshot_merge(again, snapshot);
    return 0;
}
