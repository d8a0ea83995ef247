/* SPDX-License-Identifier: Apache-2.0
 *
 * Durations as k6 reads them: Go's syntax ("1h2m3.5s", "300ms", "10us") with a leading "Nd" for
 * days; a bare number is milliseconds.
 */
#ifndef LOAD_DURATION_H
#define LOAD_DURATION_H

#include "base/clock.h"
#include "base/span.h"

/* 0, or -1 for malformed or overflowing text. Negative durations are malformed. */
MUST_CHECK int duration_parse(struct span text, nsec_t *ret_ns);

/* As Go prints them: "1m30s", "2.5s", "100ms", "0s"; into `buf`, returns it. */
const char *duration_format(nsec_t ns, char *buf, size_t size);

#endif
