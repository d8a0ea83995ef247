-- counts: exact
local calls = 0
function request()
  calls = calls + 1
  if calls == 5 then
    request = function() return wrk.format("PUT", nil, nil, "second") end
  end
  return wrk.format()
end
