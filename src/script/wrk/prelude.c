/* SPDX-License-Identifier: Apache-2.0
 *
 * What of wrk's API is written in Lua: LuaJIT compiles it together with the script.
 */
#include "script/wrk/prelude.h"

#include "script/wrk/address_object.h"
#include "script/wrk/script_state.h"
#include "script/wrk/stats_object.h"
#include "script/wrk/thread_object.h"

static const char PRELUDE[] =
    "local lookup, connect = ...\n"
    "local sformat, concat, pairs, type = string.format, table.concat, pairs, type\n"
    "wrk = { method = 'GET', headers = {}, lookup = lookup, connect = connect }\n"
    "local wrk = wrk\n"
    "\n"
    "function wrk.resolve(host, service)\n"
    "  local reachable = {}\n"
    "  for _, address in ipairs(wrk.lookup(host, service)) do\n"
    "    if wrk.connect(address) then reachable[#reachable + 1] = address end\n"
    "  end\n"
    "  wrk.addrs = reachable\n"
    "end\n"
    "\n"
    "function wrk.setup(thread)\n"
    "  thread.addr = wrk.addrs[1]\n"
    "  if type(setup) == 'function' then setup(thread) end\n"
    "end\n"
    "\n"
    "local function authority()\n"
    "  local host, port = wrk.host, wrk.port\n"
    "  if host:find(':', 1, true) then host = '[' .. host .. ']' end\n"
    "  return port and host .. ':' .. port or host\n"
    "end\n"
    "\n"
    "function wrk.init(args)\n"
    "  if not wrk.headers.Host then wrk.headers.Host = authority() end\n"
    "  if type(init) == 'function' then init(args) end\n"
    "  local message = wrk.format()\n"
    "  wrk.request = function() return message end\n"
    "end\n"
    "\n"
    "function wrk.format(method, path, headers, body)\n"
    "  headers, body = headers or wrk.headers, body or wrk.body\n"
    "  if not headers.Host then headers.Host = wrk.headers.Host end\n"
    "  headers['Content-Length'] = body and #tostring(body)\n"
    "  local lines = { sformat('%s %s HTTP/1.1', method or wrk.method, path or wrk.path) }\n"
    "  for name, value in pairs(headers) do\n"
    "    lines[#lines + 1] = sformat('%s: %s', name, value)\n"
    "  end\n"
    "  lines[#lines + 1] = ''\n"
    "  lines[#lines + 1] = body or ''\n"
    "  return concat(lines, '\\r\\n')\n"
    "end\n";

void prelude_open(struct script_state *state)
{
    lua_State *L = state->L;
    address_object_open(state);
    thread_object_open(state);
    stats_object_open(state);
    if (luaL_loadbuffer(L, PRELUDE, sizeof(PRELUDE) - 1, "=wrk") != 0)
        lua_error(L);
    address_object_push_lookup(state);
    address_object_push_connect(state);
    lua_call(L, 2, 0);
}
