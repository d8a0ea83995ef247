/* SPDX-License-Identifier: Apache-2.0
 *
 * Latencies in three digits.
 */
#include "report/latency_text.h"

#include "base/strbuf.h"
#include "base/util.h"
#include "report/format.h"

static void add_digits(struct strbuf *out, double value)
{
    strbuf_addf(out, "%.*f", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value);
}

void latency_text_add(struct strbuf *out, double ms, bool unicode)
{
    const struct {
        double ms;
        const char *name;
    } units[] = {{1e-6, "ns"}, {1e-3, unicode ? "µs" : "us"}, {1, "ms"}, {1e3, "s"}};

    size_t unit = 0;
    if (ms < 0.5e-6) {
        strbuf_addc(out, '0');
        return;
    }
    while (unit + 1 < COUNT_OF(units) && ms / units[unit].ms >= 999.5)
        unit++;
    if (unit == 0)
        strbuf_addf(out, "%.0f", ms / units[unit].ms); /* clocks tick in whole ones */
    else
        add_digits(out, ms / units[unit].ms);
    strbuf_adds(out, units[unit].name);
}

void latency_text_add_right(struct strbuf *out, double ms, size_t width, bool unicode)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(64);
    latency_text_add(&text, ms, unicode);
    for (size_t taken = format_width(text.ptr, text.len); taken < width; taken++)
        strbuf_addc(out, ' ');
    strbuf_add_span(out, strbuf_span(&text));
}
