/* SPDX-License-Identifier: Apache-2.0
 *
 * The state's stack begins with the error handler, at index HANDLER, for as long as the state
 * lives: protected calls cost no allocation.
 */
#include "script/wrk/script_state.h"

#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "script/wrk/prelude.h"
#include "script/wrk/wrk_private.h"

enum {
    HANDLER = 1,
    MAX_FRAMES = 200,
};

struct script_state *script_state_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

void script_state_push_c(struct script_state *state, lua_CFunction fn)
{
    lua_pushlightuserdata(state->L, state);
    lua_pushcclosure(state->L, fn, 1);
}

/* Lua puts "where:line: " before the message of the function that failed; `err` has its own. */
static const char *without_place(lua_State *L, const char *message)
{
    char place[LUA_IDSIZE + 16];
    lua_Debug frame;
    for (int level = 1; level <= 2 && lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        int len = snprintf(place, sizeof(place), "%s:%d: ", frame.short_src, frame.currentline);
        if (strncmp(message, place, (size_t)len) == 0)
            return message + len;
    }
    return message;
}

/* The innermost function that a file holds: the user's, not the prelude's. */
static void note_place(lua_State *L, struct error *err)
{
    lua_Debug frame;
    for (int level = 1; level < MAX_FRAMES && lua_getstack(L, level, &frame); level++) {
        lua_getinfo(L, "Sl", &frame);
        if (frame.source[0] == '@' && frame.currentline > 0) {
            error_at(err, frame.source + 1, frame.currentline, 0);
            return;
        }
    }
}

static int on_error(lua_State *L)
{
    struct script_state *state = script_state_of(L);
    const char *message = lua_tostring(L, 1);
    state->error = (struct error){0};
    if (message)
        error_set(&state->error, EXIT_SCRIPT_EXCEPTION, "%s", without_place(L, message));
    else
        error_set(&state->error, EXIT_SCRIPT_EXCEPTION, "(error object is a %s value)",
                  luaL_typename(L, 1));
    note_place(L, &state->error);
    return 1;
}

/* Errors that reach no handler (no memory, an error in the handler) are told by their text. */
int script_state_call(struct script_state *state, int argument_count, int result_count)
{
    lua_State *L = state->L;
    state->error.code = 0;
    state->has_ended = false;
    if (lua_pcall(L, argument_count, result_count, HANDLER) == 0)
        return 0;
    if (state->error.code == 0)
        error_set(&state->error, EXIT_SCRIPT_EXCEPTION, "%s",
                  lua_isstring(L, -1) ? lua_tostring(L, -1) : "the script failed");
    state->has_ended =
        state->unresolved.code && strcmp(state->error.message, state->unresolved.message) == 0;
    if (state->has_ended)
        state->error = state->unresolved;
    lua_pop(L, 1);
    return -1;
}

/* What luaL_loadfile() says of a file that cannot be read or is no Lua begins with its name. */
static void note_load_error(struct script_state *state, const char *path, const char *message)
{
    size_t len = strlen(path);
    int line = 0, used = 0;
    state->error = (struct error){0};
    if (strncmp(message, path, len) == 0 && sscanf(message + len, ":%d: %n", &line, &used) == 1)
        message += len + (size_t)used;
    error_set(&state->error, EXIT_SCRIPT_EXCEPTION, "%s", message);
    if (used)
        error_at(&state->error, path, line, 0);
}

int script_state_run_file(struct script_state *state, const char *path)
{
    state->is_loaded = luaL_loadfile(state->L, path) == 0;
    if (state->is_loaded)
        return script_state_call(state, 0, 0);
    const char *message = lua_tostring(state->L, -1);
    note_load_error(state, path, message ? message : "cannot be loaded");
    lua_pop(state->L, 1);
    return -1;
}

void script_state_push_wrk(struct script_state *state, const char *name)
{
    lua_getglobal(state->L, "wrk");
    if (!lua_istable(state->L, -1)) {
        lua_pop(state->L, 1);
        lua_pushnil(state->L);
        return;
    }
    lua_getfield(state->L, -1, name);
    lua_remove(state->L, -2);
}

bool script_state_push_function(struct script_state *state, const char *name)
{
    lua_getglobal(state->L, name);
    if (lua_isfunction(state->L, -1))
        return true;
    lua_pop(state->L, 1);
    return false;
}

bool script_state_has_function(struct script_state *state, const char *name)
{
    bool has = script_state_push_function(state, name);
    if (has)
        lua_pop(state->L, 1);
    return has;
}

/* An absent part stays nil. */
static void set_field(lua_State *L, const char *name, struct span text)
{
    if (!text.ptr)
        return;
    script_push_span(L, text);
    lua_setfield(L, -2, name);
}

static void set_headers(lua_State *L, const struct wrk_script_config *config)
{
    lua_getfield(L, -1, "headers");
    for (size_t i = 0; i < config->header_count; i++) {
        script_push_span(L, config->headers[i].name);
        script_push_span(L, config->headers[i].value);
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
}

/* Leaves the stack as it was: the handler, then whatever is being called. */
static int open_state(lua_State *L)
{
    struct script_state *state = lua_touserdata(L, 1);
    const struct wrk_script_config *config = &state->script->config;
    luaL_openlibs(L);
    prelude_open(state);
    lua_getglobal(L, "wrk");
    set_field(L, "scheme", config->scheme);
    set_field(L, "host", config->host);
    set_field(L, "port", config->port);
    set_field(L, "path", config->path);
    set_headers(L, config);
    return 0;
}

int script_state_init(struct script_state *state, struct wrk_script *script,
                      struct wrk_thread *thread)
{
    *state = (struct script_state){.script = script, .thread = thread, .L = luaL_newstate()};
    if (!state->L)
        return error_set(&state->error, EXIT_SCRIPT_EXCEPTION,
                         "there is no memory for one more Lua state");
    if (lua_cpcall(state->L, open_state, state) != 0)
        return error_set(&state->error, EXIT_SCRIPT_EXCEPTION, "%s", lua_tostring(state->L, -1));
    lua_settop(state->L, 0);
    script_state_push_c(state, on_error);
    return 0;
}

void script_state_done(struct script_state *state)
{
    if (state->L)
        lua_close(state->L);
    state->L = NULL;
}
