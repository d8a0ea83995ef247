/* SPDX-License-Identifier: Apache-2.0
 *
 * One worker's recording: thread-local, no lock, no allocation but the first touch of a chunk.
 * recorder_cut() hands over everything since the last cut as a snapshot, by pointer; the consumer
 * gives it back with recorder_recycle() from any thread, and its memory is used again.
 */
#ifndef METRICS_RECORDER_H
#define METRICS_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/span.h"

struct registry;
struct snapshot;
struct tag_set;

/* A raw point, only for outputs that asked for them; called on the worker's thread. */
typedef void sample_fn(void *arg, uint32_t metric_id, const struct tag_set *tags, nsec_t wall_ns,
                       double value);

struct recorder;

/* `registry` is frozen, borrowed and outlives the recorder. `worker` is its number from 0. */
struct recorder *recorder_new(const struct registry *registry, uint32_t worker);

/* All snapshots must have come back. */
void recorder_free(struct recorder **recorder);

/* Adds one value to the metric and to every sub-metric that `tags` belongs to (NULL: none).
 * Counter: adds; gauge: sets; rate: non-zero counts; trend: records. NaN is dropped and counted. */
void recorder_add(struct recorder *recorder, uint32_t metric_id, const struct tag_set *tags,
                  double value);

/* One check(): counted by group path and name, for the summary's checks section, beside
 * recorder_add(METRIC_CHECKS). The spans need to live only during the call. */
void recorder_check(struct recorder *recorder, struct span group_path, struct span name, bool ok);

/* Raw points go to `fn` too (NULL: no more). */
void recorder_tap(struct recorder *recorder, sample_fn *fn, void *arg);

/* The work begins: the interval of the next cut starts here. */
void recorder_begin(struct recorder *recorder, nsec_t now_ns);

/* Everything since the last cut. Its interval starts where the last one ended; that of a first cut
 * without recorder_begin() is empty (start = end). Memory is that of the snapshots which the
 * consumer has not given back; they are reused, never freed. */
struct snapshot *recorder_cut(struct recorder *recorder, nsec_t now_ns);

/* Any thread; the snapshot is emptied here, off the worker's thread. */
void recorder_recycle(struct recorder *recorder, struct snapshot *snapshot);

#endif
