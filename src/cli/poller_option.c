/* SPDX-License-Identifier: Apache-2.0
 *
 * The choice is tried once before anything begins, so that a refusal is the first thing said.
 */
#include "cli/poller_option.h"

#include <stdbool.h>

#include "base/clock.h"
#include "base/util.h"
#include "cli/options.h"
#include "loop/loop.h"

enum {
    WINS_FROM_CONNECTIONS = 1000, /* measured: docs/internals/io-uring.md */
};

static bool is_allowed(enum poller_kind kind, struct error *err)
{
    AUTO(loop_free) struct loop *loop = loop_new_on(clock_monotonic(), kind, err);
    return loop != NULL;
}

int poller_option(const struct options *options, unsigned connections, enum poller_kind *ret_kind,
                  struct error *err)
{
    const char *name = options_text(options, "poller");
    enum poller_kind kind = POLLER_AUTO;
    if (name && poller_kind_parse(name, &kind, err) < 0)
        return -1;
    if (kind == POLLER_AUTO && connections >= WINS_FROM_CONNECTIONS &&
        is_allowed(POLLER_IO_URING, NULL))
        kind = POLLER_IO_URING;
    else if (kind == POLLER_AUTO)
        kind = POLLER_EPOLL;
    if (!is_allowed(kind, err))
        return -1;
    *ret_kind = kind;
    return 0;
}
