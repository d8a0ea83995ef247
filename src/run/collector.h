/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the snapshots of all workers come together. Workers push (any thread, a lock held for a
 * pointer's time, once a second each); the run drains and merges on its own thread.
 */
#ifndef RUN_COLLECTOR_H
#define RUN_COLLECTOR_H

#include <stdbool.h>

struct collector;
struct error;
struct recorder;
struct registry;
struct snapshot;

/* `registry` is frozen, borrowed and outlives the collector. NULL and `err`. */
struct collector *collector_new(const struct registry *registry, struct error *err);
void collector_free(struct collector **collector);

/* Takes a snapshot until a drain gives it back to its recorder; without one (NULL) the drain frees
 * it. Any thread. */
void collector_push(struct collector *collector, struct recorder *recorder,
                    struct snapshot *snapshot);

/* `fn` sees each snapshot before it is merged, in the drain. NULL: nobody. */
void collector_listen(struct collector *collector,
                      void (*fn)(void *arg, const struct snapshot *snapshot), void *arg);

/* Readable when something was pushed or collector_wake() was called; for poll(2). */
int collector_fd(const struct collector *collector);
void collector_wake(struct collector *collector); /* any thread, async-signal-safe */

/* Merges all that was pushed; true when there was something. */
bool collector_drain(struct collector *collector);

/* Everything so far; valid for the collector's life, changes with each drain. */
const struct snapshot *collector_total(const struct collector *collector);

#endif
