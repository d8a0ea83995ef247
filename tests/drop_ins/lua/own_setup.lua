-- counts: exact
local standard = wrk.setup
function wrk.setup(thread)
  thread:set("mine", 7)
  standard(thread)
end
function init() print(mine) end
