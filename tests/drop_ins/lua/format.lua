-- counts: exact
local function show(...)
  local lines = {}
  for line in (wrk.format(...) .. "\r\n"):gmatch("(.-)\r\n") do lines[#lines + 1] = line end
  local first, last = table.remove(lines, 1), table.remove(lines)
  table.sort(lines)
  print(first, table.concat(lines, "|"), last)
end
function init()
  local headers = { A = "1" }
  show()
  show("PUT", "/x")
  show(nil, nil, headers, "body")
  print(headers.Host ~= nil, headers["Content-Length"])
  show(nil, nil, headers)
  print(headers["Content-Length"])
  show(nil, nil, { ["Content-Length"] = 99, Host = "h" }, "")
  show(5, 6, { B = true }, 8)
  wrk.body, wrk.method = "kept", "PATCH"
  show()
  wrk.body, wrk.method = nil, "GET"
end
