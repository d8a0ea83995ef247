/* SPDX-License-Identifier: Apache-2.0
 *
 * The choice is tried once before anything begins, so that a refusal is the first thing said.
 */
#include "cli/poller_option.h"

#include "base/clock.h"
#include "base/util.h"
#include "cli/options.h"
#include "loop/loop.h"

int poller_option(const struct options *options, enum poller_kind *ret_kind, struct error *err)
{
    const char *name = options_text(options, "poller");
    enum poller_kind kind = POLLER_AUTO;
    if (name && poller_kind_parse(name, &kind, err) < 0)
        return -1;
    AUTO(loop_free) struct loop *loop = loop_new_on(clock_monotonic(), kind, err);
    if (!loop)
        return -1;
    *ret_kind = loop_poller(loop);
    return 0;
}
