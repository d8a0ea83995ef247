/* SPDX-License-Identifier: Apache-2.0
 *
 * The distribution of a bench's latencies, drawn in a terminal: buckets of equal proportion, bars
 * as long as their share, so that two humps show as two.
 */
#include "base/strbuf.h"
#include "base/util.h"
#include "report/bench_report_private.h"
#include "report/latency_buckets.h"
#include "report/latency_text.h"

enum {
    ROWS = 12,
    BAR_WIDTH = 36,
    EDGE_WIDTH = 7,
};

/* In eighths of a column; what is not nothing shows. */
static void add_bar(struct strbuf *out, double share, bool unicode)
{
    static const char *const EIGHTHS[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    size_t eighths = (size_t)(share * BAR_WIDTH * 8 + 0.5), full, width;
    if (share > 0 && eighths == 0)
        eighths = 1;
    if (!unicode)
        eighths = (eighths + 7) / 8 * 8;
    full = eighths / 8;
    for (size_t i = 0; i < full; i++)
        strbuf_adds(out, unicode ? "█" : "#");
    strbuf_adds(out, EIGHTHS[eighths % 8]);
    width = full + (eighths % 8 > 0);
    for (; width < BAR_WIDTH; width++)
        strbuf_addc(out, ' ');
}

void bench_histogram_add(struct strbuf *out, const struct bench_result *result, bool unicode)
{
    const struct histogram *trend = bench_trend(result, METRIC_HTTP_REQ_DURATION);
    struct latency_bucket buckets[ROWS];
    size_t count = latency_buckets(trend, ROWS, buckets);
    uint64_t most = 1;
    for (size_t i = 0; i < count; i++)
        most = MAX_OF(most, buckets[i].count);
    strbuf_addf(out, "\n  latency of %llu request%s\n", (unsigned long long)trend->count,
                trend->count == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++) {
        strbuf_adds(out, "  ");
        latency_text_add_right(out, buckets[i].from_ms, EDGE_WIDTH, unicode);
        strbuf_adds(out, " -");
        latency_text_add_right(out, buckets[i].to_ms, EDGE_WIDTH, unicode);
        strbuf_adds(out, "  ");
        add_bar(out, (double)buckets[i].count / (double)most, unicode);
        strbuf_addf(out, " %9llu %6.2f %%\n", (unsigned long long)buckets[i].count,
                    (double)buckets[i].count * 100 / (double)trend->count);
    }
}
