/* SPDX-License-Identifier: Apache-2.0
 *
 * What ab's report as text and as tables have in common.
 */
#ifndef CLI_AS_AB_REPORT_PRIVATE_H
#define CLI_AS_AB_REPORT_PRIVATE_H

#include "cli/as/ab/report.h"

struct ab_rates {
    double per_second, received_kb, sent_kb, total_kb;
};

/* Of a run that took time. */
struct ab_rates ab_rates(const struct ab_result *result);

/* What stands behind "Failed requests:". */
uint64_t ab_failed(const struct ab_result *result);

uint64_t ab_round_ms(uint64_t us);

/* report_html.c: -w. */
void ab_report_tables(struct strbuf *out, const struct ab_result *result);

#endif
