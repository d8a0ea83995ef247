/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes one wrk script through its whole life against a listening socket that nobody serves: main
 * state, threads, a few calls of each function of the load, done().
 */
#ifndef TESTS_WRK_RIG_H
#define TESTS_WRK_RIG_H

#include <stddef.h>

#include "base/error.h"
#include "base/span.h"
#include "script/wrk/wrk_script.h"

struct rig {
    struct wrk_script *script; /* NULL when it could not be made */
    struct error error;        /* of what failed first; code 0: nothing did */
    char file[64];             /* the script */
    char port[8];
    int fd;
};

enum {
    RIG_THREADS = 2,
};

/* Writes `lua` to a file and listens. */
void rig_init(struct rig *rig, const char *lua);
void rig_done(struct rig *rig);

/* For http://127.0.0.1:PORT/path?q=1 with "-H X-Given: cli" and the arguments one, two. */
struct wrk_script_config rig_config(const struct rig *rig);

/* The script and its threads; rig->error. */
void rig_start(struct rig *rig, const struct wrk_script_config *config);

/* Each thread: request, delay, response, request; then done(). Stops at the first failure. */
void rig_load(struct rig *rig);

#endif
