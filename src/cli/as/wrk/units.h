/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as wrk writes them: a value moves to the next unit at 0.85 of that unit (850 µs are
 * 0.85ms), but never into the last one of its table (two hours are 120m). Found by running wrk
 * 4.1. Pure.
 */
#ifndef CLI_AS_WRK_UNITS_H
#define CLI_AS_WRK_UNITS_H

struct strbuf;

enum {
    UNITS_TEXT_BYTES = 64,
};

/* Each fills `text`, two digits behind the point unless said. */
void units_metric(double n, char text[static UNITS_TEXT_BYTES]);  /* 1.50k: k M G T */
void units_binary(double n, char text[static UNITS_TEXT_BYTES]);  /* 1.50K: K M G T of 1024 */
void units_time_us(double n, char text[static UNITS_TEXT_BYTES]); /* us ms s m */
void units_time_s(double n, char text[static UNITS_TEXT_BYTES]);  /* whole: s m */

/* Right-aligned in `width`, as in wrk's tables: a unit has two places, and a shorter one leaves
 * blanks behind it. */
void units_add(struct strbuf *out, int width, const char *text);

#endif
