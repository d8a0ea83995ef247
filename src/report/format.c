/* SPDX-License-Identifier: Apache-2.0
 *
 * How numbers look in summaries.
 */
#include "report/format.h"

#include <math.h>
#include <stdio.h>

#include "base/strbuf.h"

void format_number(struct strbuf *out, double value, int decimals)
{
    char text[400];
    int len = snprintf(text, sizeof(text), "%.*f", decimals, value);
    if (decimals > 0) {
        while (text[len - 1] == '0')
            len--;
        if (text[len - 1] == '.')
            len--;
    }
    struct span number = span_of(text, (size_t)len);
    strbuf_add_span(out, span_equal(number, SPAN("-0")) ? SPAN("0") : number);
}

static void add_truncated(struct strbuf *out, double value, int decimals)
{
    double scale = pow(10, decimals);
    format_number(out, trunc(value * scale) / scale, decimals);
}

static void add_long_duration(struct strbuf *out, double ms)
{
    double minutes = trunc(ms / 60000);
    double hours = trunc(minutes / 60);
    if (hours >= 1)
        strbuf_addf(out, "%.0fh", hours);
    if (minutes >= 1)
        strbuf_addf(out, "%.0fm", fmod(minutes, 60));
    add_truncated(out, fmod(ms, 60000) / 1000, ms > 60000 ? 0 : 2);
    strbuf_addc(out, 's');
}

void format_duration(struct strbuf *out, double ms, const char *unit)
{
    if (!isfinite(ms)) {
        format_number(out, ms, 0);
    } else if (strcmp(unit, "s") == 0) {
        strbuf_addf(out, "%.2fs", ms / 1000);
    } else if (strcmp(unit, "ms") == 0) {
        strbuf_addf(out, "%.2fms", ms);
    } else if (strcmp(unit, "us") == 0) {
        strbuf_addf(out, "%.2fµs", ms * 1000);
    } else if (ms == 0) {
        strbuf_adds(out, "0s");
    } else if (fabs(ms) < 0.001) {
        strbuf_addf(out, "%.0fns", trunc(ms * 1e6));
    } else if (fabs(ms) < 1) {
        add_truncated(out, ms * 1000, 2);
        strbuf_adds(out, "µs");
    } else if (ms < 1000) {
        add_truncated(out, ms, 2);
        strbuf_adds(out, "ms");
    } else {
        add_long_duration(out, ms);
    }
}

void format_bytes(struct strbuf *out, double bytes)
{
    static const char *const UNITS[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    if (fabs(bytes) < 10) {
        format_number(out, bytes, 6);
        strbuf_adds(out, " B");
        return;
    }
    size_t unit = (size_t)MIN_OF(floor(log(bytes) / log(1000)), (double)COUNT_OF(UNITS) - 1);
    double value = floor(bytes / pow(1000, (double)unit) * 10 + 0.5) / 10;
    strbuf_addf(out, "%.*f %s", value < 10 ? 1 : 0, value, UNITS[unit]);
}

void format_percent(struct strbuf *out, double ratio)
{
    strbuf_addf(out, "%.2f%%", trunc(ratio * 100 * 100) / 100);
}

void format_value(struct strbuf *out, enum metric_type type, enum metric_unit unit, double value,
                  const char *time_unit)
{
    if (type == METRIC_RATE)
        format_percent(out, value);
    else if (unit == METRIC_DATA)
        format_bytes(out, value);
    else if (unit == METRIC_TIME)
        format_duration(out, value, time_unit);
    else
        format_number(out, value, 6);
}

size_t format_width(const char *text, size_t len)
{
    size_t columns = 0;
    for (size_t i = 0; i < len; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}
