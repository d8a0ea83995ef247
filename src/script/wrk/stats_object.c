/* SPDX-License-Identifier: Apache-2.0
 *
 * A statistics object holds a copy of `struct wrk_stats`; what that borrows lives as long as
 * done() runs.
 */
#include "script/wrk/stats_object.h"

#include <string.h>

#include "script/wrk/script_state.h"
#include "script/wrk/wrk_script.h"

static const char TYPE[] = "wrk.stats";

static const struct wrk_stats *check(lua_State *L)
{
    return luaL_checkudata(L, 1, TYPE);
}

static int percentile(lua_State *L)
{
    const struct wrk_stats *stats = check(L);
    lua_pushnumber(L, stats->ops->percentile(stats->arg, luaL_checknumber(L, 2)));
    return 1;
}

static int index_of(lua_State *L)
{
    const struct wrk_stats *stats = check(L);
    const char *name = luaL_checkstring(L, 2);
    if (strcmp(name, "min") == 0)
        lua_pushnumber(L, stats->ops->min(stats->arg));
    else if (strcmp(name, "max") == 0)
        lua_pushnumber(L, stats->ops->max(stats->arg));
    else if (strcmp(name, "mean") == 0)
        lua_pushnumber(L, stats->ops->mean(stats->arg));
    else if (strcmp(name, "stdev") == 0)
        lua_pushnumber(L, stats->ops->stdev(stats->arg));
    else if (strcmp(name, "percentile") == 0)
        lua_pushcfunction(L, percentile);
    else
        return 0;
    return 1;
}

static int length_of(lua_State *L)
{
    const struct wrk_stats *stats = check(L);
    lua_pushnumber(L, (lua_Number)stats->ops->count(stats->arg));
    return 1;
}

/* stats(i): 0, 0 for an i that is none. */
static int call(lua_State *L)
{
    const struct wrk_stats *stats = check(L);
    lua_Number i = lua_tonumber(L, 2);
    double value = 0, count = 0;
    if (i >= 1 && i < (lua_Number)stats->ops->count(stats->arg) + 1)
        stats->ops->at(stats->arg, (size_t)i - 1, &value, &count);
    lua_pushnumber(L, value);
    lua_pushnumber(L, count);
    return 2;
}

void stats_object_open(struct script_state *state)
{
    lua_State *L = state->L;
    luaL_newmetatable(L, TYPE);
    lua_pushcfunction(L, index_of);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, length_of);
    lua_setfield(L, -2, "__len");
    lua_pushcfunction(L, call);
    lua_setfield(L, -2, "__call");
    lua_pop(L, 1);
}

void stats_object_push(struct script_state *state, const struct wrk_stats *stats)
{
    struct wrk_stats *object = lua_newuserdata(state->L, sizeof(*object));
    *object = *stats;
    luaL_getmetatable(state->L, TYPE);
    lua_setmetatable(state->L, -2);
}

static void set_number(lua_State *L, const char *name, uint64_t value)
{
    lua_pushnumber(L, (lua_Number)value);
    lua_setfield(L, -2, name);
}

void stats_object_push_summary(struct script_state *state, const struct wrk_summary *summary)
{
    lua_State *L = state->L;
    lua_newtable(L);
    set_number(L, "duration", summary->duration_us);
    set_number(L, "requests", summary->requests);
    set_number(L, "bytes", summary->bytes);
    lua_newtable(L);
    set_number(L, "connect", summary->errors.connect);
    set_number(L, "read", summary->errors.read);
    set_number(L, "write", summary->errors.write);
    set_number(L, "status", summary->errors.status);
    set_number(L, "timeout", summary->errors.timeout);
    lua_setfield(L, -2, "errors");
}
