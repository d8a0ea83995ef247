/* SPDX-License-Identifier: Apache-2.0 */
#include "base/thread.h"

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
