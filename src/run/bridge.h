/* SPDX-License-Identifier: Apache-2.0
 *
 * The user's Python as a child process, with what it and this program tell each other
 * (docs/internals/run.md; the other end is python/locust/_keneyperf/main.py). It runs in a process
 * group of its own, so that a terminal's Ctrl-C is this program's to hand on, and does not outlive
 * this program.
 */
#ifndef RUN_BRIDGE_H
#define RUN_BRIDGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "run/frames.h"

struct error;
struct map;
struct python;

struct bridge {
    pid_t pid;
    int pid_fd;                   /* readable once the process has ended */
    struct frame_reader control;  /* both ways */
    struct frame_reader *streams; /* one a worker: dictionary and snapshots */
    int *stream_numbers;          /* of the other ends, in the child */
    unsigned stream_count;
    pid_t *worker_pids; /* once the interpreter has named them; its own may be one */
    size_t worker_count;
    bool reaped;
    int status; /* of waitpid(2), once reaped */
};

/* Starts the interpreter; `env` (name to char*) is its whole environment. NULL and `err`. */
struct bridge *bridge_start(const struct python *python, const struct map *env, unsigned streams,
                            struct error *err);

/* Kills the child and what it started, if they are still there. */
void bridge_free(struct bridge **bridge);

/* -1 when nobody listens any more. */
int bridge_send(struct bridge *bridge, struct span json);

/* Waits for the next frame of the control connection; STEP_MORE: it was closed. */
enum step bridge_wait_frame(struct bridge *bridge, struct frame *ret_frame);

/* Waits for the child's end, at most so long. */
bool bridge_reap(struct bridge *bridge, int timeout_ms);

/* The child and its whole process group, at once. */
void bridge_kill(struct bridge *bridge);

/* "was killed by signal 9 (Killed)", "ended with exit code 1"; once reaped. Returns `buf`. */
const char *bridge_end_text(const struct bridge *bridge, char *buf, size_t size);

/* The same for others: `signal` 0: none. */
const char *bridge_death_text(int signal, int exit_code, char *buf, size_t size);

#endif
