/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps a log from ever making a request wait: lines go into a bounded buffer, and one thread
 * writes them to the log's descriptor. When nobody reads at the other end and the buffer is full,
 * lines are dropped and counted; a line says so as soon as there is room again.
 */
#ifndef KENEYAPP_TELEMETRY_LOG_QUEUE_H
#define KENEYAPP_TELEMETRY_LOG_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct log;
struct log_queue;

/* From here on the lines of `log`, which is borrowed for the queue's life, go through the queue;
 * nothing else may use it meanwhile. `max_bytes` may wait. NULL with a sentence when the thread
 * cannot be started. */
MUST_CHECK struct log_queue *log_queue_new(struct log *log, size_t max_bytes, struct error *err);

/* Writes what waits, for one second at most; then the log writes by itself again. NULL-safe. */
void log_queue_free(struct log_queue **queue);

/* Lines dropped since the start. Any thread. */
uint64_t log_queue_dropped(struct log_queue *queue);

#endif
