/* SPDX-License-Identifier: Apache-2.0
 *
 * A histogram of milliseconds as other programs read it: HdrHistogram's V2 encoding, counts of
 * nanoseconds with 3 significant digits, up to an hour or as far as the values go. Each cell goes
 * in with its middle, within 0.1 % of every value in it; smallest and largest value are exact to
 * HdrHistogram's own 0.1 %. Layout: docs/internals/hdr-log.md. Pure.
 */
#ifndef OUTPUT_HDR_HISTOGRAM_H
#define OUTPUT_HDR_HISTOGRAM_H

struct histogram;
struct strbuf;

/* Appends the bytes: cookie, length, and the deflated V2 payload. */
void hdr_histogram_encode(const struct histogram *trend, struct strbuf *out);

#endif
