/* SPDX-License-Identifier: Apache-2.0
 *
 * A wrk script that drives lanes (load/repeater.h): the bodies of a drop-in's repeater_ops for a
 * script that is dynamic, has a response() or a delay(). The drop-in's own ops call these with the
 * worker's wrk_thread and do their counting beside. lane->user is ours.
 *
 * A script that fails calls what wrk_lane_on_failure() was given, on the worker's thread; wrk ends
 * its process there. When it returns, the worker stops.
 */
#ifndef SCRIPT_WRK_WRK_LANE_H
#define SCRIPT_WRK_WRK_LANE_H

#include <stdbool.h>

#include "base/clock.h"

struct repeat_answer;
struct error;
struct http1_events;
struct lane;
struct wrk_script;
struct wrk_thread;

typedef void wrk_failure_fn(void *arg, const struct error *err);

/* Before the load; who hears of failures. */
void wrk_lane_on_failure(struct wrk_thread *thread, wrk_failure_fn *on_failure, void *arg);

/* repeater_ops.pause: delay(), ns. Of no use unless wrk_script_wants_delay(). */
nsec_t wrk_lane_pause(struct wrk_thread *thread, struct lane *lane);

/* repeater_ops.next: the message and how many answers it gets; leaves the target alone. */
void wrk_lane_next(struct wrk_thread *thread, struct lane *lane);

/* repeater_ops.on_answer: response(), for each answer that came whole. False once the script
 * stopped its thread (wrk.thread:stop()) or failed. */
bool wrk_lane_answer(struct wrk_thread *thread, struct lane *lane,
                     const struct repeat_answer *answer);

/* repeater_config.events: collects what response() gets; NULL when there is no response(). */
const struct http1_events *wrk_lane_events(const struct wrk_script *script);

#endif
