/* SPDX-License-Identifier: Apache-2.0
 *
 * One Lua state with the standard libraries and the `wrk` table, the main one's or a thread's.
 * Every call into it is protected: a script that fails leaves a sentence with the file and line of
 * the user's innermost function in `error`.
 */
#ifndef SCRIPT_WRK_SCRIPT_STATE_H
#define SCRIPT_WRK_SCRIPT_STATE_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/span.h"
#include "base/util.h"

struct wrk_script;
struct wrk_thread;

struct script_state {
    lua_State *L;
    struct wrk_script *script;
    struct wrk_thread *thread; /* NULL: the main state */
    struct error error;        /* of the last call that failed */
    bool is_loaded;            /* the script's file was read and is Lua */
    int connect_errno;         /* of the last wrk.connect() that failed, else 0 */
    struct error unresolved;   /* of the last lookup that failed */
    bool has_ended;            /* the last call failed because of it: wrk's process ends there */
};

/* Fills wrk.scheme, host, port, path and headers. -1 and state->error (no memory for a state). */
MUST_CHECK int script_state_init(struct script_state *state, struct wrk_script *script,
                                 struct wrk_thread *thread);
void script_state_done(struct script_state *state);

/* Runs the script's file. What it defined before it failed stays. */
MUST_CHECK int script_state_run_file(struct script_state *state, const char *path);

/* Calls the function below its `argument_count` arguments on the stack, which are taken off; 0 with
 * `result_count` results there, or -1 with none. */
MUST_CHECK int script_state_call(struct script_state *state, int argument_count, int result_count);

/* Pushes wrk.NAME. */
void script_state_push_wrk(struct script_state *state, const char *name);

/* Whether the global `name` is a function; pushes it then, and nothing otherwise. */
bool script_state_push_function(struct script_state *state, const char *name);
bool script_state_has_function(struct script_state *state, const char *name);

/* The state that a C function of this folder was made for (its first upvalue). */
struct script_state *script_state_of(lua_State *L);

/* Pushes `fn` as a function of this state. */
void script_state_push_c(struct script_state *state, lua_CFunction fn);

static inline void script_push_span(lua_State *L, struct span text)
{
    lua_pushlstring(L, text.ptr ? text.ptr : "", text.len);
}

#endif
