-- path: /hello
local calls = 0
function delay()
  calls = calls + 1
  if calls > 5 then error("boom") end
end
