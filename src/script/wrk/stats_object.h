/* SPDX-License-Identifier: Apache-2.0
 *
 * done()'s arguments as Lua values: the summary's table and statistics objects.
 */
#ifndef SCRIPT_WRK_STATS_OBJECT_H
#define SCRIPT_WRK_STATS_OBJECT_H

struct script_state;
struct wrk_stats;
struct wrk_summary;

void stats_object_open(struct script_state *state);

void stats_object_push(struct script_state *state, const struct wrk_stats *stats);
void stats_object_push_summary(struct script_state *state, const struct wrk_summary *summary);

#endif
