-- path: /first/20/lowercase
-- counts: exact
function response(status, headers, body)
  if shown then return end
  shown = true
  print(status, body, headers["content-length"], headers["Content-Length"])
end
