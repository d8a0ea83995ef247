-- path: /first/20/echo
-- counts: exact
function wrk.init(args)
  local message = "POST /first/20/echo HTTP/1.1\r\nX-Raw: 1\r\nContent-Length: 2\r\n\r\nhi"
  wrk.request = function() return message end
end
