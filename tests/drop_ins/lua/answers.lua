-- path: /first/20/chunked/trailer
-- counts: exact
-- Names in the server's spelling, the body without its framing.
function response(status, headers, body)
  if shown then return end
  shown = true
  local names = {}
  for name, value in pairs(headers) do names[#names + 1] = name .. "=" .. value end
  table.sort(names)
  print(status, #body, body)
  print(table.concat(names, "; "))
end
