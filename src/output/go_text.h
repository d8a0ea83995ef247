/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers, texts and times as Go programs write them, for outputs whose readers were made for k6.
 */
#ifndef OUTPUT_GO_TEXT_H
#define OUTPUT_GO_TEXT_H

#include "base/clock.h"
#include "base/span.h"

struct strbuf;

/* The shortest decimal that reads back as `value` (one digit longer for some powers of two), with
 * an exponent below 1e-4 and from 1e6 on, as strconv's format 'g': "0.5", "1e+06", "1.5e-07".
 * "null" for infinities and NaN, which JSON does not have. */
void go_text_number(struct strbuf *out, double value);

/* A JSON string with '<', '>' and '&' escaped, and U+FFFD for what is not UTF-8. */
void go_text_quote(struct strbuf *out, struct span text);

/* The fraction of a second of an RFC 3339 time, without trailing zeros: ".25", or nothing for 0.
 * `ns` is 0..999999999. */
void go_text_fraction(struct strbuf *out, nsec_t ns);

/* time.Duration's text: "1m0s", "1.5s", "250ms"; `ns` > 0. */
void go_text_duration(struct strbuf *out, nsec_t ns);

#endif
