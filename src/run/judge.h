/* SPDX-License-Identifier: Apache-2.0
 *
 * Judges a run: the script's thresholds while it goes and at its end, and the OpenSLO file at its
 * end. Knows no socket and no script; what it needs are snapshots and facts.
 */
#ifndef RUN_JUDGE_H
#define RUN_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "report/summary.h"

struct control;
struct error;
struct judge;
struct log;
struct plan;
struct registry;
struct run_config;
struct snapshot;
struct threshold_set;
struct verdict;
struct run_facts;

/* Puts all series that thresholds and objectives name into the registry. NULL and `err`
 * (104). */
struct judge *judge_new(const struct run_config *config, struct error *err);
void judge_free(struct judge **judge);

/* Every 2 s of the test (calls in between do nothing): aborts it when a threshold says so. */
void judge_while_running(struct judge *judge, struct control *control, const struct snapshot *total,
                         nsec_t elapsed_ns);

/* The final word; `elapsed_ns` is the whole test, setup and teardown included. */
void judge_finally(struct judge *judge, const struct snapshot *total, nsec_t elapsed_ns,
                   const struct run_facts *facts);

const struct threshold_set *judge_set(const struct judge *judge);

/* After judge_finally(). */
bool judge_passed(const struct judge *judge);
const struct summary_threshold *judge_thresholds(const struct judge *judge, size_t *ret_count);
const struct verdict *judge_verdict(const struct judge *judge); /* NULL without an OpenSLO file */

/* Says which thresholds were crossed, in k6's words. */
void judge_log_crossed(const struct judge *judge, struct log *log);

#endif
