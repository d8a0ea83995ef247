/* SPDX-License-Identifier: Apache-2.0
 *
 * Watches processes of this machine while a test runs: their CPU and memory beside those of the
 * whole host, read from /proc every half second on a thread of its own, never on an engine's.
 * Memory is resident memory: pages that several of the processes share count once for each.
 */
#ifndef OBSERVE_HOST_PROCESS_WATCH_H
#define OBSERVE_HOST_PROCESS_WATCH_H

#include <stddef.h>
#include <sys/types.h>

#include "observe/host/usage.h"

struct error;
struct process_watch;

/* A process counts with its threads and without its children: name each worker process of a server.
 * `count` may be 0, which watches the host alone. NULL and `err` (255) when one of them does not
 * exist. Ended by process_watch_stop(). */
struct process_watch *process_watch_start(const pid_t *pids, size_t count, struct error *err);

/* Takes a last sample, ends the thread and frees the watch. A process that ended keeps the CPU time
 * it was last seen with and counts in `gone`. NULL-safe: then all is 0. */
void process_watch_stop(struct process_watch **watch, struct host_usage *ret_usage);

#endif
