-- path: /first/20/nothing
-- counts: exact
function response(status, headers, body)
  if not shown then print(status, type(body), #body) end
  shown = true
end
