/* SPDX-License-Identifier: Apache-2.0
 *
 * A verdict as a table: one line a row, grouped by section, the overall word last.
 */
#ifndef REPORT_VERDICT_TEXT_H
#define REPORT_VERDICT_TEXT_H

#include <stdbool.h>

struct strbuf;
struct verdict;

/* `unicode`: with ticks and blocks; without them plain words, for terminals that lack them. */
void verdict_text(struct strbuf *out, const struct verdict *verdict, bool color, bool unicode);

#endif
