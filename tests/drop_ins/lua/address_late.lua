-- counts: exact
-- Too late: the connection is there.
local calls = 0
function request()
  calls = calls + 1
  if calls == 5 then wrk.thread.addr = wrk.lookup("127.0.0.1", 1)[1] end
  return wrk.format()
end
