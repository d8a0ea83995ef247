/* SPDX-License-Identifier: Apache-2.0
 *
 * get() and set() reach into another state, where nothing is protected by the caller's: what can
 * fail there (metamethods of the globals) runs in a protected call of its own.
 */
#include "script/wrk/thread_object.h"

#include <stdio.h>
#include <string.h>

#include "script/wrk/address_object.h"
#include "script/wrk/script_state.h"
#include "script/wrk/wrk_private.h"

static const char TYPE[] = "wrk.thread";

enum {
    MAX_DEPTH = 100, /* a table that holds itself has no end */
};

static struct wrk_thread *check(lua_State *L)
{
    return *(struct wrk_thread **)luaL_checkudata(L, 1, TYPE);
}

/* One get() or set(). */
struct transfer {
    lua_State *from, *to;
    const char *name;
    const char *problem; /* NULL: it worked */
    char text[80];
};

static int refuse(struct transfer *transfer, int type)
{
    if (type == LUA_TTABLE)
        snprintf(transfer->text, sizeof(transfer->text),
                 "cannot transfer a table that is nested more than %d deep", MAX_DEPTH);
    else
        snprintf(transfer->text, sizeof(transfer->text), "cannot transfer '%s' to thread",
                 lua_typename(transfer->from, type));
    transfer->problem = transfer->text;
    return -1;
}

static int copy(struct transfer *transfer, int index, int depth);

/* The table at the absolute `index`. */
static int copy_table(struct transfer *transfer, int index, int depth)
{
    lua_State *from = transfer->from, *to = transfer->to;
    if (depth == MAX_DEPTH)
        return refuse(transfer, LUA_TTABLE);
    lua_newtable(to);
    lua_pushnil(from);
    while (lua_next(from, index)) {
        int value = lua_gettop(from);
        if (copy(transfer, value - 1, depth + 1) < 0 || copy(transfer, value, depth + 1) < 0)
            return -1;
        lua_rawset(to, -3);
        lua_pop(from, 1);
    }
    return 0;
}

/* Pushes on `to` what is at the absolute `index` of `from`. */
static int copy(struct transfer *transfer, int index, int depth)
{
    lua_State *from = transfer->from, *to = transfer->to;
    size_t len;
    const char *text;
    luaL_checkstack(from, 4, "transfer");
    luaL_checkstack(to, 4, "transfer");
    switch (lua_type(from, index)) {
    case LUA_TNIL:
        lua_pushnil(to);
        return 0;
    case LUA_TBOOLEAN:
        lua_pushboolean(to, lua_toboolean(from, index));
        return 0;
    case LUA_TNUMBER:
        lua_pushnumber(to, lua_tonumber(from, index));
        return 0;
    case LUA_TSTRING:
        text = lua_tolstring(from, index, &len);
        lua_pushlstring(to, text, len);
        return 0;
    case LUA_TTABLE:
        return copy_table(transfer, index, depth);
    default:
        return refuse(transfer, lua_type(from, index));
    }
}

/* Protected in the thread's state; the value is on top of the caller's. */
static int set_there(lua_State *L)
{
    struct transfer *transfer = lua_touserdata(L, 1);
    if (copy(transfer, lua_gettop(transfer->from), 0) == 0)
        lua_setglobal(L, transfer->name);
    return 0;
}

static int get_there(lua_State *L)
{
    struct transfer *transfer = lua_touserdata(L, 1);
    int top = lua_gettop(transfer->to);
    lua_getglobal(L, transfer->name);
    if (copy(transfer, lua_gettop(L), 0) < 0)
        lua_settop(transfer->to, top);
    return 0;
}

/* Runs `fn` in the thread's state; raises what goes wrong in the caller's. */
static void run(lua_State *L, lua_State *there, lua_CFunction fn, struct transfer *transfer)
{
    char text[256];
    if (lua_cpcall(there, fn, transfer) != 0) {
        snprintf(text, sizeof(text), "%s", lua_tostring(there, -1));
        lua_pop(there, 1);
        luaL_error(L, "%s", text);
    }
    if (transfer->problem)
        luaL_error(L, "%s", transfer->problem);
}

static int get(lua_State *L)
{
    struct wrk_thread *thread = check(L);
    lua_State *there = thread->state.L;
    const char *name = luaL_checkstring(L, 2);
    struct transfer transfer = {.from = there, .to = L, .name = name};
    if (there == L)
        lua_getglobal(L, name);
    else
        run(L, there, get_there, &transfer);
    return 1;
}

static int set(lua_State *L)
{
    struct wrk_thread *thread = check(L);
    lua_State *there = thread->state.L;
    const char *name = luaL_checkstring(L, 2);
    struct transfer transfer = {.from = L, .to = there, .name = name};
    lua_settop(L, 3);
    if (there == L)
        lua_setglobal(L, name);
    else
        run(L, there, set_there, &transfer);
    return 0;
}

static int stop(lua_State *L)
{
    check(L)->is_stopped = true;
    return 0;
}

static int index_of(lua_State *L)
{
    static const struct {
        const char *name;
        lua_CFunction fn;
    } METHODS[] = {{"get", get}, {"set", set}, {"stop", stop}};
    struct wrk_thread *thread = check(L);
    const char *name = luaL_checkstring(L, 2);
    if (strcmp(name, "addr") == 0) {
        if (!thread->has_address)
            return 0;
        address_object_push(L, &thread->address);
        return 1;
    }
    for (size_t i = 0; i < COUNT_OF(METHODS); i++) {
        if (strcmp(name, METHODS[i].name) == 0) {
            lua_pushcfunction(L, METHODS[i].fn);
            return 1;
        }
    }
    return 0;
}

static int new_index(lua_State *L)
{
    struct wrk_thread *thread = check(L);
    const char *name = luaL_checkstring(L, 2);
    if (strcmp(name, "addr") != 0)
        return luaL_error(L, "cannot set '%s' on thread; use thread:set(\"%s\", value)", name,
                          name);
    const struct address *address = address_object_at(L, 3);
    if (!address)
        return luaL_error(L, "thread.addr must be an address of wrk.lookup(), not a %s",
                          luaL_typename(L, 3));
    thread->address = *address;
    thread->has_address = true;
    return 0;
}

void thread_object_open(struct script_state *state)
{
    luaL_newmetatable(state->L, TYPE);
    lua_pushcfunction(state->L, index_of);
    lua_setfield(state->L, -2, "__index");
    lua_pushcfunction(state->L, new_index);
    lua_setfield(state->L, -2, "__newindex");
    lua_pop(state->L, 1);
}

void thread_object_push(struct script_state *state, struct wrk_thread *thread)
{
    struct wrk_thread **object = lua_newuserdata(state->L, sizeof(struct wrk_thread *));
    *object = thread;
    luaL_getmetatable(state->L, TYPE);
    lua_setmetatable(state->L, -2);
}
