/* SPDX-License-Identifier: Apache-2.0
 *
 * A distribution as the statistics object of a script's done().
 */
#ifndef CLI_AS_WRK_SCRIPT_STATS_H
#define CLI_AS_WRK_SCRIPT_STATS_H

#include "script/wrk/wrk_script.h"

struct distribution;

/* `d` is borrowed. */
struct wrk_stats script_stats(const struct distribution *d);

#endif
