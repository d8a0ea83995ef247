/* SPDX-License-Identifier: Apache-2.0
 *
 * The seconds of a bench.
 */
#include "run/bench_intervals.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "metrics/snapshot.h"
#include "output/hdr_log.h"

static const struct series_line {
    enum builtin_metric metric;
    const char *tag;
} LINES[] = {
    {METRIC_HTTP_REQ_DURATION, NULL},
    {METRIC_HTTP_REQ_DURATION_UNCORRECTED, "uncorrected"},
    {METRIC_HTTP_REQ_SEND_LATENESS, "lateness"},
};

struct interval {
    int64_t number; /* seconds since the first one's start, rounded */
    nsec_t start_ns, end_ns;
    struct histogram trends[COUNT_OF(LINES)];
};

struct bench_intervals {
    struct hdr_log *log;
    bool is_open_model; /* a sample of the second and third line was there */
    bool has_begun;
    nsec_t begin_ns;
    struct interval *open; /* not written yet, by number */
    size_t count;
};

struct bench_intervals *bench_intervals_new(struct hdr_log *log)
{
    struct bench_intervals *intervals = NEW(struct bench_intervals);
    intervals->log = log;
    return intervals;
}

/* The rest behind the last whole second, when nothing came in it. */
static bool is_nothing(const struct interval *interval)
{
    uint64_t samples = 0;
    for (size_t i = 0; i < COUNT_OF(LINES); i++)
        samples += interval->trends[i].count;
    return samples == 0 && interval->end_ns - interval->start_ns < NSEC_PER_SEC / 2;
}

static void write_interval(struct bench_intervals *intervals, struct interval *interval)
{
    nsec_t start_ns = MAX_OF(interval->start_ns - intervals->begin_ns, 0);
    bool nothing = is_nothing(interval);
    for (size_t i = 0; i < COUNT_OF(LINES); i++) {
        if (!nothing && (!LINES[i].tag || intervals->is_open_model))
            hdr_log_add(intervals->log, LINES[i].tag, start_ns,
                        interval->end_ns - interval->start_ns, &interval->trends[i]);
        histogram_done(&interval->trends[i]);
    }
}

/* Those before `number`, which are at the front. */
static void write_before(struct bench_intervals *intervals, int64_t number)
{
    size_t done = 0;
    while (done < intervals->count && intervals->open[done].number < number)
        write_interval(intervals, &intervals->open[done++]);
    intervals->count -= done;
    memmove(intervals->open, intervals->open + done, intervals->count * sizeof(*intervals->open));
}

static struct interval *find(struct bench_intervals *intervals, int64_t number,
                             const struct snapshot *snapshot)
{
    size_t at = 0;
    while (at < intervals->count && intervals->open[at].number < number)
        at++;
    if (at < intervals->count && intervals->open[at].number == number)
        return &intervals->open[at];
    intervals->open = GROW_ARRAY(intervals->open, intervals->count + 1);
    struct interval *interval = &intervals->open[at];
    memmove(interval + 1, interval, (intervals->count++ - at) * sizeof(*interval));
    *interval = (struct interval){number, snapshot->start_ns, snapshot->end_ns, {{0}}};
    for (size_t i = 0; i < COUNT_OF(LINES); i++)
        histogram_init(&interval->trends[i]);
    return interval;
}

static void begin(struct bench_intervals *intervals, nsec_t start_ns)
{
    if (intervals->has_begun)
        return;
    intervals->has_begun = true;
    intervals->begin_ns = start_ns;
    hdr_log_begin(intervals->log, clock_wall() - (clock_now(clock_monotonic()) - start_ns));
}

void bench_intervals_add(struct bench_intervals *intervals, const struct snapshot *snapshot)
{
    if (snapshot->end_ns == snapshot->start_ns)
        return;
    begin(intervals, snapshot->start_ns);
    nsec_t since_ns = snapshot->start_ns - intervals->begin_ns + NSEC_PER_SEC / 2;
    struct interval *interval = find(intervals, since_ns / NSEC_PER_SEC, snapshot);
    interval->start_ns = MIN_OF(interval->start_ns, snapshot->start_ns);
    interval->end_ns = MAX_OF(interval->end_ns, snapshot->end_ns);
    for (size_t i = 0; i < COUNT_OF(LINES); i++) {
        const struct sink *sink = snapshot_metric(snapshot, LINES[i].metric);
        if (!sink)
            continue;
        histogram_merge(&interval->trends[i], &sink->trend);
        intervals->is_open_model = intervals->is_open_model || LINES[i].tag;
    }
    write_before(intervals, interval->number - 1);
}

void bench_intervals_free(struct bench_intervals **ptr)
{
    struct bench_intervals *intervals = TAKE(*ptr);
    if (!intervals)
        return;
    write_before(intervals, INT64_MAX);
    free(intervals->open);
    free(intervals);
}
