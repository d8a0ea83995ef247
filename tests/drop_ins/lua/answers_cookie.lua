-- path: /first/20/cookie
-- counts: exact
-- Of two of a name the last counts.
function response(status, headers)
  if not shown then print(headers["Set-Cookie"]) end
  shown = true
end
