-- path: /hello
-- counts: exact
local answers = 0
function response()
  answers = answers + 1
  if answers == 5 then wrk.thread:stop() end
end
