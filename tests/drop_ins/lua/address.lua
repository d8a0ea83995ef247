-- args: -t2 -c2 -d1s
-- path: /hello
function setup(thread)
  print(thread.addr)
  local list = wrk.lookup("127.0.0.1", wrk.port)
  thread.addr = list[math.random(#list)]
end
function init() print(tostring(wrk.thread.addr)) end
