/* SPDX-License-Identifier: Apache-2.0
 *
 * What the users of a test share: wrk_test.c makes it, wrk_user.c drives it.
 */
#ifndef SCRIPT_WRK_WRK_TEST_PRIVATE_H
#define SCRIPT_WRK_WRK_TEST_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/arena.h"
#include "http/url.h"
#include "metrics/histogram.h"
#include "script/wrk/wrk_script.h"
#include "script/wrk/wrk_test.h"

/* wrk's kinds of errors. */
enum wrk_error {
    WRK_ERROR_CONNECT,
    WRK_ERROR_READ,
    WRK_ERROR_WRITE,
    WRK_ERROR_STATUS,
    WRK_ERROR_TIMEOUT,
    WRK_ERROR_COUNT,
};

struct wrk_test {
    struct arena arena;
    struct wrk_script *script;
    struct url url;
    struct span base; /* "http://host:port" */
    _Atomic uint64_t answers, errors[WRK_ERROR_COUNT];
    _Atomic uint64_t said;  /* outcomes that were said, a bit each */
    pthread_mutex_t lock;   /* of what follows; each user takes it ten times a second */
    struct histogram rates; /* requests a second, of one user in about 100 ms */
};

#endif
