/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts are most of an exposition, and it is written on a thread that answers requests: they do
 * without printf().
 */
#include "keneyapp/telemetry/prometheus.h"

#include <math.h>

void prometheus_family(struct strbuf *out, const char *name, const char *type, const char *help)
{
    strbuf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_series(struct strbuf *out, const char *name, const char *labels)
{
    strbuf_adds(out, name);
    if (labels[0]) {
        strbuf_addc(out, '{');
        strbuf_adds(out, labels);
        strbuf_addc(out, '}');
    }
    strbuf_addc(out, ' ');
}

void prometheus_count(struct strbuf *out, const char *name, const char *labels, uint64_t value)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    *--at = '\n';
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    add_series(out, name, labels);
    strbuf_add(out, at, (size_t)(digits + sizeof(digits) - at));
}

void prometheus_value(struct strbuf *out, const char *name, const char *labels, double value)
{
    if (value >= 0 && value < 0x1p53 && value == floor(value)) {
        prometheus_count(out, name, labels, (uint64_t)value);
        return;
    }
    add_series(out, name, labels);
    strbuf_addf(out, "%.15g\n", value);
}

void prometheus_single(struct strbuf *out, const char *name, const char *type, const char *help,
                       double value)
{
    prometheus_family(out, name, type, help);
    prometheus_value(out, name, "", value);
}
