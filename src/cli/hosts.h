/* SPDX-License-Identifier: Apache-2.0
 *
 * --hosts NAME[:PORT]=IP[:PORT] and KENEYPERF_HOSTS, the same for every command.
 */
#ifndef CLI_HOSTS_H
#define CLI_HOSTS_H

#include "base/map.h"

struct arena;
struct error;
struct options;

/* Fills name to address text (in `arena`). -1 and `err` (255). */
MUST_CHECK int hosts_from_options(const struct options *options, struct arena *arena,
                                  struct map *hosts, struct error *err);

/* The same from KENEYPERF_HOSTS alone, for drop-ins, whose options are another tool's. */
MUST_CHECK int hosts_from_environment(struct arena *arena, struct map *hosts, struct error *err);

#endif
