/* SPDX-License-Identifier: Apache-2.0
 *
 * SIGINT and SIGTERM, whatever the run is doing at that moment: a thread of their own waits for
 * them, because the run's own thread may be inside of setup(). The first calls back, the second
 * ends the process at once with exit code 105. One at a time per process.
 */
#ifndef RUN_SIGNALS_H
#define RUN_SIGNALS_H

struct error;
struct signals;

/* From now on the signals are blocked in the calling thread and in those that it starts. `fn` runs
 * once, on the signals' thread. NULL and `err`. */
struct signals *signals_watch(void (*fn)(void *arg), void *arg, struct error *err);

/* Did the first signal come? Any thread. */
int signals_taken(const struct signals *signals);

/* Back to what it was before; `fn` does not run any more. NULL-safe. */
void signals_unwatch(struct signals **signals);

#endif
