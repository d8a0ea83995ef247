/* SPDX-License-Identifier: Apache-2.0
 *
 * A locustfile as a test: starts the user's Python, which loads the file and says what it found,
 * and makes the plan from that. The interpreter then waits for the load to begin.
 */
#ifndef RUN_SOURCE_LOCUST_H
#define RUN_SOURCE_LOCUST_H

#include <jansson.h>

struct bridge;
struct error;
struct log;
struct plan;
struct registry;
struct source_config;

/* The interpreter and the plan, the caller's to free. Declares all series in `registry`, those of
 * thresholds and objectives included, since the workers must know them from the start. 0, or -1 and
 * `err`: 107 when the file is wrong, 104 when the options are, 255 without a Python to run it. */
int source_locust_load(const struct source_config *config, struct registry *registry,
                       struct bridge **ret_bridge, struct plan **ret_plan, struct error *err);

/* What the interpreter may say at any time: {"type": "log", "level": ..., "text": ...} goes to
 * `log`; nothing happens for other messages. */
void source_locust_log(const json_t *message, struct log *log);

#endif
