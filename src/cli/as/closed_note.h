/* SPDX-License-Identifier: Apache-2.0
 *
 * What a closed model could not see (report/stall.h says why). The drop-ins of closed-model tools
 * print what those tools print, and say this on stderr. Pure.
 */
#ifndef CLI_AS_CLOSED_NOTE_H
#define CLI_AS_CLOSED_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct strbuf;

struct closed_run {
    unsigned connections;
    nsec_t duration_ns;
    uint64_t answers;
    nsec_t median_ns, max_ns; /* of the answers' latencies */
    uint64_t slow_answers;    /* those that took closed_note_bound_ns(median_ns) or longer */
    double slow_ns;           /* their latencies added up */
    const char *remedy;       /* what measures it: "keneyperf bench --rate RATE", never NULL */
};

/* stall_bound_ms() in whole ns. */
nsec_t closed_note_bound_ns(nsec_t median_ns);

/* Adds one line that begins with "keneyperf: " when connections spent one part in a thousand of the
 * run or more in stalls that are a tenth or less as frequent among the answers. False: nothing to
 * say. */
bool closed_note(struct strbuf *out, const struct closed_run *run);

#endif
