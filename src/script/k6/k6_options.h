/* SPDX-License-Identifier: Apache-2.0
 *
 * From k6 options to a plan. Options come in layers, each a JSON object with k6's option names;
 * a later layer overrides an earlier one: defaults < config file < the script's exported options
 * < K6_* environment < command line. A layer that says how long to run (duration, iterations,
 * stages, scenarios) wipes what lower layers said about that.
 */
#ifndef SCRIPT_K6_K6_OPTIONS_H
#define SCRIPT_K6_K6_OPTIONS_H

#include <stdbool.h>

struct error;
struct k6_script;
struct log;
struct plan;

/* JSON texts; NULL: the layer is empty. */
struct k6_layers {
    const char *script_path; /* of a test that is no k6 script */
    const char *config_file;
    const char *environment;
    const char *command_line;
    bool allow_unsupported; /* options that have no effect here are a warning, not an error */
};

/* `script` is NULL for a test that has no options or functions of its own.
 *
 * The consolidated and validated plan, unscaled; plan_free() it. NULL and `err` (104), which names
 * the option, what it holds and what it should. Warnings (unknown options) go to `log`. */
struct plan *k6_plan(const struct k6_script *script, const struct k6_layers *layers,
                     struct log *log, struct error *err);

#endif
