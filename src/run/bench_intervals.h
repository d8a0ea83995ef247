/* SPDX-License-Identifier: Apache-2.0
 *
 * The seconds of a bench, all workers together, on their way into an HdrHistogram log
 * (docs/internals/hdr-log.md). Workers cut their seconds at slightly different moments; what began
 * within half a second of each other is one interval. One thread.
 */
#ifndef RUN_BENCH_INTERVALS_H
#define RUN_BENCH_INTERVALS_H

struct bench_intervals;
struct hdr_log;
struct snapshot;

/* `log` is borrowed. */
struct bench_intervals *bench_intervals_new(struct hdr_log *log);

/* One second of one worker; seconds that are complete are written. */
void bench_intervals_add(struct bench_intervals *intervals, const struct snapshot *snapshot);

/* Writes what is left. NULL-safe. */
void bench_intervals_free(struct bench_intervals **intervals);

#endif
