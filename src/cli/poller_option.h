/* SPDX-License-Identifier: Apache-2.0
 *
 * --poller of `bench` and `run`.
 */
#ifndef CLI_POLLER_OPTION_H
#define CLI_POLLER_OPTION_H

#include "loop/poller_kind.h"

struct error;
struct options;

/* What the loops of this run are to be made over: never POLLER_AUTO. `connections` is how many each
 * of them will keep busy, 0 when nobody knows. 0, or -1 and `err` for an unknown name and for
 * io_uring where the kernel refuses it. */
int poller_option(const struct options *options, unsigned connections, enum poller_kind *ret_kind,
                  struct error *err);

#endif
