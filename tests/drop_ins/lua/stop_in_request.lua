-- path: /hello
-- counts: exact
local calls = 0
function request()
  calls = calls + 1
  if calls == 5 then wrk.thread:stop() end
  return wrk.format()
end
