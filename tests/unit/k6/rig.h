/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs one script the whole way, without a network: load, plan, setup, one worker with all its
 * users, teardown, handleSummary. What it logged is kept as text.
 */
#ifndef TESTS_K6_RIG_H
#define TESTS_K6_RIG_H

#include <stdint.h>

#include "base/error.h"
#include "base/map.h"
#include "base/strbuf.h"

struct rig_result {
    struct error error;    /* of loading, planning, setup, teardown or handleSummary */
    struct strbuf log;     /* raw messages, each with a line break */
    struct strbuf failed;  /* names of failed checks, one a line */
    struct strbuf summary; /* what handleSummary returned, as "target":"content" */
    uint64_t passes, fails, iterations;
};

void rig_run(const char *path, const struct map *env, struct rig_result *result);
void rig_result_done(struct rig_result *result);

#endif
