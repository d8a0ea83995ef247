-- path: /first/20/headers/1
-- counts: exact
local count = 0
function request()
  count = count + 1
  wrk.headers["X-Count"] = count
  return wrk.format(nil, "/first/20/headers/" .. count % 3)
end
