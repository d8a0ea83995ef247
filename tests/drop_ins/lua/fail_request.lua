-- path: /hello
local calls = 0
function request()
  calls = calls + 1
  if calls > 5 then missing() end
  return wrk.format()
end
