/* SPDX-License-Identifier: Apache-2.0
 *
 * What a closed model could not see.
 */
#include "cli/as/closed_note.h"

#include "base/strbuf.h"
#include "base/util.h"
#include "report/stall.h"

nsec_t closed_note_bound_ns(nsec_t median_ns)
{
    return MAX_OF(STALL_MEDIANS * median_ns, STALL_LEAST_MS * NSEC_PER_MSEC);
}

bool closed_note(struct strbuf *out, const struct closed_run *run)
{
    if (run->slow_answers == 0 || run->connections == 0 || run->duration_ns <= 0)
        return false;
    double stalled_s = run->slow_ns / 1e9 / run->connections;
    double of_time = stalled_s * 1e9 / (double)run->duration_ns;
    double of_answers = (double)run->slow_answers / (double)run->answers;
    if (of_time < STALL_LEAST_SHARE || of_answers > of_time / 10)
        return false;
    strbuf_addf(out,
                "keneyperf: stalls hide in these figures: each connection waited %.2f s of %.2f s "
                "for answers that took up to %.2f s and make up %.2g %% of the latencies; requests "
                "that would have come meanwhile were not sent. %s measures them\n",
                stalled_s, (double)run->duration_ns / 1e9, (double)run->max_ns / 1e9,
                of_answers * 100, run->remedy);
    return true;
}
