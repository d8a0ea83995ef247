/* SPDX-License-Identifier: Apache-2.0
 *
 * A histogram as one of done()'s statistics objects. What the histogram rounds (0.1 %) is rounded
 * here too.
 */
#ifndef SCRIPT_WRK_HISTOGRAM_STATS_H
#define SCRIPT_WRK_HISTOGRAM_STATS_H

#include <stddef.h>

#include "script/wrk/wrk_script.h"

struct histogram;
struct histogram_row;

struct histogram_stats {
    const struct histogram *histogram;
    double factor;
    struct histogram_row *rows; /* ascending */
    size_t count, cap;
};

/* `histogram` is borrowed until histogram_stats_done(); its values are multiplied by `factor`. */
void histogram_stats_init(struct histogram_stats *stats, const struct histogram *histogram,
                          double factor);
void histogram_stats_done(struct histogram_stats *stats);

/* Borrows `stats`. */
struct wrk_stats histogram_stats_object(struct histogram_stats *stats);

#endif
