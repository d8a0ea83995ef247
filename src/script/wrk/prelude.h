/* SPDX-License-Identifier: Apache-2.0
 *
 * The `wrk` table that every state begins with, and the types of its objects.
 */
#ifndef SCRIPT_WRK_PRELUDE_H
#define SCRIPT_WRK_PRELUDE_H

struct script_state;

/* Makes the global `wrk` and the metatables of addresses, threads and statistics. Inside of a
 * protected call. */
void prelude_open(struct script_state *state);

#endif
