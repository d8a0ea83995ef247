/* SPDX-License-Identifier: Apache-2.0
 *
 * What a run shows while it goes, as k6 shows it: the execution description first, then a line for
 * the test and one for each scenario, redrawn in place on a terminal, appended elsewhere.
 */
#ifndef RUN_PROGRESS_H
#define RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct control;
struct plan;
struct strbuf;

struct progress {
    const struct plan *plan;
    const struct control *control;
    bool terminal;  /* redraw in place, bars instead of percentages */
    size_t columns; /* of that terminal; 0: not known */
};

/* "scenarios: (100.00%) 1 scenario, …" and a line for each. */
void progress_describe(const struct progress *progress, const char *script, const char *outputs,
                       struct strbuf *out);

/* The state `elapsed_ns` after the start of the load. `ended`: the last one, with check marks, at
 * the end of the text. Else a terminal's cursor stays on the first line, so that what others print
 * replaces the progress, which the next call draws again below. */
void progress_draw(struct progress *progress, nsec_t elapsed_ns, bool ended, struct strbuf *out);

/* Takes from the terminal what was drawn in place. */
void progress_erase(const struct progress *progress, struct strbuf *out);

#endif
