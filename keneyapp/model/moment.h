/* SPDX-License-Identifier: Apache-2.0
 *
 * Days and moments as people send them (RFC 3339, and its forms without seconds or zone), and as
 * the clinic keeps them: "2026-01-31" and "2026-01-31T09:00:00Z", always UTC, so that they order as
 * text. A moment without a zone is UTC; fractions of a second are dropped.
 */
#ifndef KENEYAPP_MODEL_MOMENT_H
#define KENEYAPP_MODEL_MOMENT_H

#include <stdint.h>

#include "base/span.h"

enum {
    MOMENT_BYTES = 32, /* of a buffer that holds one, with its NUL */
};

/* NULL for a day that exists (proleptic Gregorian calendar, years 1 to 9999) as YYYY-MM-DD; else
 * what is wrong with it, as the end of a sentence. Static. */
const char *moment_check_day(struct span text);

/* Reads YYYY-MM-DDTHH:MM[:SS[.f]][Z|+HH:MM] (`t` or a space do for `T`) into `ret`, as the clinic
 * keeps it. NULL, or what is wrong. Static. */
const char *moment_read(struct span text, char ret[MOMENT_BYTES]);

/* Seconds since 1970 of a moment as the clinic keeps it; 0 when it is none. */
int64_t moment_seconds(struct span moment);

/* The reverse, "2026-01-31T09:00:00Z", for years 1 to 9999. */
void moment_write(int64_t seconds, char ret[MOMENT_BYTES]);

#endif
