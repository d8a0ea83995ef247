/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses as Lua values, and what wrk makes of them: wrk.lookup() and wrk.connect(). Both block.
 */
#ifndef SCRIPT_WRK_ADDRESS_OBJECT_H
#define SCRIPT_WRK_ADDRESS_OBJECT_H

struct address;
struct lua_State;
struct script_state;

void address_object_open(struct script_state *state);

void address_object_push(struct lua_State *L, const struct address *address);

/* The address at `index`, valid while it is on the stack; NULL for anything else. */
const struct address *address_object_at(struct lua_State *L, int index);

void address_object_push_lookup(struct script_state *state);
void address_object_push_connect(struct script_state *state);

#endif
