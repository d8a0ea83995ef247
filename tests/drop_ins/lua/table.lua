-- path: /first/5/hello?a=1&b=%20#part
-- counts: exact
-- What every state begins with.
local function names(table)
  local list = {}
  for name, value in pairs(table) do list[#list + 1] = name .. ":" .. type(value) end
  _G.table.sort(list)
  return _G.table.concat(list, " ")
end
print(wrk.scheme, wrk.host, type(wrk.port), wrk.path, wrk.method, wrk.body, wrk.thread, wrk.addrs)
print(names(wrk))
print(names(_G))
print(next(wrk.headers), wrk.nothing)
function setup(thread) print("setup", type(thread), wrk.thread, #wrk.addrs, type(wrk.addrs[1])) end
function init() print("init", type(wrk.thread), wrk.addrs, wrk.headers.Host == "127.0.0.1:" .. wrk.port) end
