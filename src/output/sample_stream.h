/* SPDX-License-Identifier: Apache-2.0
 *
 * The way of raw samples from the workers to the outputs: one bounded ring per worker, one writer
 * thread that drains them all. A worker never waits and makes no system call for it; samples for
 * which there is no room are dropped and counted. Samples of one worker keep their order.
 *
 *   stream = sample_stream_new(outputs, output_count, worker_count, &err);
 *   each worker: sample_stream_tap(stream, worker, &fn, &arg), then recorder_tap(recorder, fn, arg)
 *   ... the run; all workers end ...
 *   sample_stream_close(&stream, &dropped, &err);   then free the workers' tag tables
 */
#ifndef OUTPUT_SAMPLE_STREAM_H
#define OUTPUT_SAMPLE_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/util.h"
#include "metrics/recorder.h"

struct error;
struct output;
struct sample_stream;

/* Takes over the outputs (the array itself is copied), also when it fails. NULL and `err`. */
struct sample_stream *sample_stream_new(struct output **outputs, size_t output_count,
                                        unsigned worker_count, struct error *err);

/* What recorder_tap() of worker `worker` (from 0) needs; used by that worker's thread alone, no
 * more after sample_stream_close() begins. */
void sample_stream_tap(struct sample_stream *stream, unsigned worker, sample_fn **ret_fn,
                       void **ret_arg);

/* Samples dropped so far; any thread. */
uint64_t sample_stream_dropped(const struct sample_stream *stream);

/* Writes out what is queued, closes the outputs, frees the stream. Call it when all workers have
 * ended and while their tag tables still live. 0, or -1 and `err`, the first thing that an output
 * could not write; samples that it did not get then are not counted as dropped. NULL-safe. */
MUST_CHECK int sample_stream_close(struct sample_stream **stream, uint64_t *ret_dropped,
                                   struct error *err);

#endif
