/* SPDX-License-Identifier: Apache-2.0
 *
 * A bench's line of progress.
 */
#include "cli/bench_progress.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/bench_options.h"
#include "load/duration.h"
#include "metrics/snapshot.h"

static const char TO_LINE_START[] = "\r\x1b[K";

void bench_progress_begin(struct bench_progress *progress, const struct bench_settings *settings)
{
    char time[64];
    *progress = (struct bench_progress){
        .is_shown = isatty(STDERR_FILENO),
        .duration_ns = settings->duration_ns,
        .requests = settings->requests,
    };
    if (progress->is_shown && settings->warmup_ns > 0)
        fprintf(stderr, "%swarming up for %s ...", TO_LINE_START,
                duration_format(settings->warmup_ns, time, sizeof(time)));
    else if (progress->is_shown)
        fprintf(stderr, "%sopening %u connections ...", TO_LINE_START, settings->connections);
}

void bench_progress_draw(const struct bench_progress *progress, const struct snapshot *total)
{
    const struct sink *requests = snapshot_metric(total, METRIC_HTTP_REQS);
    const struct sink *failed = snapshot_metric(total, METRIC_HTTP_REQ_FAILED);
    double seconds = (double)(total->end_ns - total->start_ns) / 1e9;
    double count = requests ? requests->sum : 0;
    if (!progress->is_shown || seconds <= 0)
        return;
    fprintf(stderr, "%s%.0f s", TO_LINE_START, seconds);
    if (progress->duration_ns != NSEC_NEVER)
        fprintf(stderr, " of %.0f s", (double)progress->duration_ns / 1e9);
    fprintf(stderr, ", %.0f", count);
    if (progress->requests)
        fprintf(stderr, " of %llu", (unsigned long long)progress->requests);
    fprintf(stderr, " requests, %.0f/s, %.0f failed", count / seconds, failed ? failed->sum : 0);
}

void bench_progress_end(const struct bench_progress *progress)
{
    if (progress->is_shown)
        fputs(TO_LINE_START, stderr);
}
