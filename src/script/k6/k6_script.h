/* SPDX-License-Identifier: Apache-2.0
 *
 * The k6 front end as the rest of the program sees it. A script is loaded once, on the main
 * thread: its init code runs in a throw-away engine that collects options, exports, opened files,
 * shared arrays, custom metrics and the compiled modules. From then on the script is read-only and
 * every virtual user instantiates the same bytecode in an engine of its own.
 *
 *   k6_script_load()      file -> script (registers custom metrics)
 *   k6_plan()             script + configuration layers -> plan       (k6_options.h)
 *   k6_front_end()        the vtable that workers drive
 *   k6_run_setup() ...    the calls of setup, teardown and handleSummary for worker_run_once()
 */
#ifndef SCRIPT_K6_K6_SCRIPT_H
#define SCRIPT_K6_K6_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/util.h"

struct error;
struct front_end;
struct k6_script;
struct log;
struct map;
struct registry;
struct vu;

/* What a script sees of the world. All borrowed; outlives the script. */
struct k6_env {
    const struct map *vars; /* __ENV: name to char* */
    struct log *log;     /* warnings of the first init, and its console unless that has its own */
    struct log *console; /* where console.log() goes; NULL: where warnings of its user go */
    size_t memory_limit; /* bytes of JavaScript memory of one user; 0: 256 MiB */
    bool allow_unsupported; /* calls that cannot work fail when they are made, not before */
};

/* Reads, compiles and runs the init code of the file at `path`. 0; or -1 and `err` with k6's exit
 * codes (107 exceptions and unresolvable modules, 255 missing file) and file:line:column. Custom
 * metrics go into `registry`, which stays borrowed: freeze it (thresholds) before users are made.
 */
int k6_script_load(const char *path, const struct k6_env *env, struct registry *registry,
                   struct k6_script **ret, struct error *err);
void k6_script_free(struct k6_script **script);

/* What the script exports. `exec` functions: any exported function by name. */
bool k6_script_has_export(const struct k6_script *script, struct span name);
const char *k6_script_options_json(const struct k6_script *script); /* "{}" when none */
const char *k6_script_path(const struct k6_script *script);         /* as given */

const struct front_end *k6_front_end(void);

/* For worker_run_once(); their argument is a struct script_call (load/host.h). */
void k6_run_setup(void *instance, struct vu *vu, void *call);
void k6_run_teardown(void *instance, struct vu *vu, void *call);
void k6_run_handle_summary(void *instance, struct vu *vu, void *call);

#endif
