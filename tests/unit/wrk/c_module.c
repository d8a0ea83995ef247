/* SPDX-License-Identifier: Apache-2.0
 *
 * A Lua module in C, as a wrk script may require one: it is linked with nothing and finds Lua in
 * the program that loads it.
 */
#include <lauxlib.h>
#include <lua.h>

__attribute__((visibility("default"))) int luaopen_c_module(lua_State *L);

static int twice(lua_State *L)
{
    lua_pushnumber(L, 2 * luaL_checknumber(L, 1));
    return 1;
}

int luaopen_c_module(lua_State *L)
{
    lua_newtable(L);
    lua_pushcfunction(L, twice);
    lua_setfield(L, -2, "twice");
    return 1;
}
