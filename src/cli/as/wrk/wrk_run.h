/* SPDX-License-Identifier: Apache-2.0
 *
 * One run of wrk or wrk2, from the options to the counts: without a script on the native path,
 * which knows no Lua, otherwise with the script's threads (script/wrk).
 *
 *   wrk_run_prepare()   the server is looked for, the messages made; a script's setup() and init()
 *   wrk_run_load()      the load; blocks until its end, or SIGINT
 *   wrk_run_finish()    a script's done()
 */
#ifndef CLI_AS_WRK_WRK_RUN_H
#define CLI_AS_WRK_WRK_RUN_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "cli/as/wrk/load.h"

struct error;
struct wrk_options;
struct wrk_script;

struct wrk_run {
    const struct wrk_options *options;
    unsigned threads;
    unsigned per_thread;    /* connections */
    struct wrk_load *loads; /* one a thread */

    /* After wrk_run_load(): */
    struct wrk_load sum;
    nsec_t duration_ns;
    uint64_t overdue; /* wrk2: arrivals without an answer whose latency counts nevertheless */

    /* private */
    struct arena arena;
    struct map hosts;      /* of the environment */
    struct map *addresses; /* one a thread: where the target's host is */
    struct strbuf message; /* without a script */
    struct wrk_script *script;
    const char *url; /* of the target */
    atomic_bool has_failed;
};

/* -1 and `err`, whose message is the line for stderr: exit code 1. `run` may be done either way. */
MUST_CHECK int wrk_run_prepare(struct wrk_run *run, const struct wrk_options *options,
                               struct error *err);
MUST_CHECK int wrk_run_load(struct wrk_run *run, struct error *err);
MUST_CHECK int wrk_run_finish(struct wrk_run *run, struct error *err);
void wrk_run_done(struct wrk_run *run);

#endif
