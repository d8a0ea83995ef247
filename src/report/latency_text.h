/* SPDX-License-Identifier: Apache-2.0
 *
 * A latency in three digits with its unit: "290µs", "1.15ms", "56.4ms", "2.01s", "0" — as wide as a
 * table of eight columns on a terminal allows, and as fine as a measurement repeats.
 */
#ifndef REPORT_LATENCY_TEXT_H
#define REPORT_LATENCY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

/* `unicode`: "µs"; else "us". */
void latency_text_add(struct strbuf *out, double ms, bool unicode);

/* The same behind blanks that fill `width` columns. */
void latency_text_add_right(struct strbuf *out, double ms, size_t width, bool unicode);

#endif
