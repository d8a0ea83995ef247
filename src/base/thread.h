/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads that a part of the program runs for itself.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>

#include "base/util.h"

struct error;

/* pthread_create(3); pthread_join() is the caller's. 0, or -1 and `err`: `what` names the thread
 * there ("the log's thread"). */
MUST_CHECK int thread_start(pthread_t *ret_thread, void *(*run)(void *arg), void *arg,
                            const char *what, struct error *err);

/* The same for a thread that takes no signals: all are blocked in it. */
MUST_CHECK int thread_start_deaf(pthread_t *ret_thread, void *(*run)(void *arg), void *arg,
                                 const char *what, struct error *err);

#endif
