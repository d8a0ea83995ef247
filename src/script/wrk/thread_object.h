/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads as Lua values: thread.addr, :get(), :set() and :stop(). Values travel between states by
 * copy: nil, booleans, numbers, strings, and tables of these.
 */
#ifndef SCRIPT_WRK_THREAD_OBJECT_H
#define SCRIPT_WRK_THREAD_OBJECT_H

struct script_state;
struct wrk_thread;

void thread_object_open(struct script_state *state);

/* Pushes `thread` as a value of this state, which may be its own or the main one. */
void thread_object_push(struct script_state *state, struct wrk_thread *thread);

#endif
