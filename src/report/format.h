/* SPDX-License-Identifier: Apache-2.0
 *
 * How numbers look in summaries: k6's rules (truncated, not rounded, durations; bytes in base
 * 1000), so that people and scrapers find what they know. All functions append to a buffer.
 */
#ifndef REPORT_FORMAT_H
#define REPORT_FORMAT_H

#include "metrics/registry.h"

struct strbuf;

/* `value` with at most `decimals` decimals, trailing zeros dropped. */
void format_number(struct strbuf *out, double value, int decimals);

/* Milliseconds as ns, µs, ms, s or "1m30s"; `unit` is "", "s", "ms" or "us" (fixed, two decimals).
 */
void format_duration(struct strbuf *out, double ms, const char *unit);

/* "840 B", "5.4 kB". */
void format_bytes(struct strbuf *out, double bytes);

/* A ratio 0..1 as "66.66%". */
void format_percent(struct strbuf *out, double ratio);

/* By the metric's type and unit. `time_unit` as for format_duration(). */
void format_value(struct strbuf *out, enum metric_type type, enum metric_unit unit, double value,
                  const char *time_unit);

/* How many columns the text takes on a terminal (UTF-8 characters). */
size_t format_width(const char *text, size_t len);

#endif
