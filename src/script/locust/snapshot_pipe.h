/* SPDX-License-Identifier: Apache-2.0
 *
 * A worker process' snapshots on their way to the run: frames on a descriptor, each a length
 * (4 bytes, little endian, of what follows), a type byte ('D' dictionary, first and once, or
 * 'S' snapshot) and the payload of docs/internals/snapshot-format.md.
 */
#ifndef SCRIPT_LOCUST_SNAPSHOT_PIPE_H
#define SCRIPT_LOCUST_SNAPSHOT_PIPE_H

struct registry;
struct snapshot;
struct snapshot_pipe;

/* Takes `fd` over and writes the dictionary. */
struct snapshot_pipe *snapshot_pipe_new(int fd, const struct registry *registry);

/* Waits until the reader took it. When the reader is gone, nothing is written any more: it says
 * itself that it lost a worker. */
void snapshot_pipe_write(struct snapshot_pipe *pipe, const struct snapshot *snapshot);

void snapshot_pipe_free(struct snapshot_pipe **pipe);

#endif
