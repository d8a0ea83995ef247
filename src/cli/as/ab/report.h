/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that ab prints about a run, from a plain struct: the report as text or as HTML tables,
 * and its two files. Pure. Labels, columns and roundings are those of ab 2.3.
 */
#ifndef CLI_AS_AB_REPORT_H
#define CLI_AS_AB_REPORT_H

#include <stdint.h>

#include "base/span.h"
#include "base/strbuf.h"
#include "cli/as/ab/durations.h"

struct ab_options;

/* One line of -g. */
struct ab_row {
    int64_t start_s; /* wall clock, Unix time */
    uint64_t connect_us, wait_us, total_us;
};

struct ab_result {
    const struct ab_options *options;
    struct span software;    /* of the first answer's Server header */
    const char *tls_info;    /* "TLSv1.3,TLS_AES_256_GCM_SHA384,2048,256"; "" without */
    const char *tls_temp;    /* "X25519 253 bits"; "" without */
    uint64_t document_bytes; /* body of the first answer */
    double took_s;
    uint64_t done; /* requests that came to an end, failed ones too */

    /* Failures; the sum is printed, so one request may be in several, as in ab. */
    uint64_t bad_connects, bad_receives, bad_lengths, exceptions;
    uint64_t write_errors, not_2xx, kept_alive;
    uint64_t received_bytes, body_bytes, sent_bytes;
    bool has_body; /* of the requests */
    struct durations connects, processings, waits, totals;
};

/* The three lines that it all begins with. */
void ab_report_banner(struct strbuf *out, const struct ab_options *options);

/* "Benchmarking ..." up to where progress follows. */
void ab_report_start(struct strbuf *out, const struct ab_options *options);

/* Whether "Completed N requests" is shown as it goes, and after how many: 0, not at all. */
uint64_t ab_report_step(const struct ab_options *options);

/* All that follows the end, from the empty lines to the percentiles. */
void ab_report_text(struct strbuf *out, const struct ab_result *result);

/* -e: percentiles. -g: rows, which are put in the order of their totals, as ab has them. */
void ab_report_csv(struct strbuf *out, const struct ab_result *result);
void ab_report_gnuplot(struct strbuf *out, struct ab_row *rows, size_t n);

#endif
