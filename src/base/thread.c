/* SPDX-License-Identifier: Apache-2.0 */
#include "base/thread.h"

#include <signal.h>
#include <string.h>

#include "base/error.h"

int thread_start(pthread_t *ret_thread, void *(*run)(void *arg), void *arg, const char *what,
                 struct error *err)
{
    int failed = pthread_create(ret_thread, NULL, run, arg);
    if (!failed)
        return 0;
    return error_set(err, EXIT_INVALID_CONFIG,
                     "%s could not be started: %s; raise the limit on threads (ulimit -u)", what,
                     strerror(failed));
}

int thread_start_deaf(pthread_t *ret_thread, void *(*run)(void *arg), void *arg, const char *what,
                      struct error *err)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = thread_start(ret_thread, run, arg, what, err);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}
