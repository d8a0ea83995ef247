/* SPDX-License-Identifier: Apache-2.0
 *
 * A wrk script as a test: plan from the command line, script, done().
 */
#ifndef RUN_SOURCE_WRK_H
#define RUN_SOURCE_WRK_H

#include "base/util.h"

struct error;
struct plan;
struct run_totals;
struct source_config;
struct wrk_test;

/* config->arguments: the URL, then what the script's init() gets. Both results are the caller's. */
MUST_CHECK int source_wrk_load(const struct source_config *config, struct wrk_test **ret_test,
                               struct plan **ret_plan, struct error *err);

/* run_script.done; `script` is a struct wrk_test. */
int source_wrk_done(void *script, const struct run_totals *totals, struct error *err);

#endif
