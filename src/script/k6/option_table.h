/* SPDX-License-Identifier: Apache-2.0
 *
 * Every option name that k6 knows, and how it gets into a plan. Not here: what says how long to
 * run and with how many users (option_scenarios.h).
 */
#ifndef SCRIPT_K6_OPTION_TABLE_H
#define SCRIPT_K6_OPTION_TABLE_H

#include <jansson.h>
#include <stdbool.h>

struct error;
struct log;
struct plan;

/* Applies all members of `options`. Unknown names are warned about; those that k6 knows but that
 * have no effect here are errors, or warnings with `allow_unsupported`. 0, or -1 with `err`. */
int option_table_apply(const json_t *options, bool allow_unsupported, struct plan *plan,
                       struct log *log, struct error *err);

/* `options` with every name that k6 knows, absent ones null: exec.test.options. A new object. */
json_t *option_table_complete(const json_t *options);

#endif
