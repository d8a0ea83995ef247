/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody at a terminal sees while a bench goes: one line on standard error, drawn anew every
 * second and wiped at the end. Nothing where standard error is no terminal.
 */
#ifndef CLI_BENCH_PROGRESS_H
#define CLI_BENCH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct bench_settings;
struct snapshot;

struct bench_progress {
    bool is_shown;
    nsec_t duration_ns;
    uint64_t requests;
};

void bench_progress_begin(struct bench_progress *progress, const struct bench_settings *settings);
void bench_progress_draw(const struct bench_progress *progress, const struct snapshot *total);
void bench_progress_end(const struct bench_progress *progress);

#endif
