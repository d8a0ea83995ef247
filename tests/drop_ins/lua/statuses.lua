-- path: /first/21/mixed
-- counts: exact
local counts = {}
function setup(t) thread = t end
function response(status)
  counts[status] = (counts[status] or 0) + 1
  said = counts[200] .. " " .. (counts[404] or 0) .. " " .. (counts[500] or 0)
end
function done(summary) print(thread:get("said"), summary.errors.status) end
