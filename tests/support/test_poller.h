/* SPDX-License-Identifier: Apache-2.0
 *
 * The poller that a test program's loops run on: KENEYPERF_TEST_POLLER, as the suite sets it for
 * the second run of a program; without it what loop_new() takes.
 */
#ifndef TESTS_SUPPORT_TEST_POLLER_H
#define TESTS_SUPPORT_TEST_POLLER_H

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "loop/loop.h"

static inline enum poller_kind test_poller(void)
{
    enum poller_kind kind = POLLER_AUTO;
    const char *name = getenv("KENEYPERF_TEST_POLLER");
    if (name && poller_kind_parse(name, &kind, NULL) < 0)
        abort();
    return kind;
}

/* Ends the program as skipped where the kernel refuses that poller. */
static inline struct loop *test_loop_new(struct clock *clock)
{
    struct error err = {0};
    struct loop *loop = loop_new_on(clock, test_poller(), &err);
    if (!loop) {
        printf("skipped: %s\n", err.message);
        exit(77);
    }
    return loop;
}

#endif
