-- path: /first/12/hello
-- counts: exact
-- What an answer brings goes into the next requests.
local path, method = "/first/12/cookie", "GET"
function request() return wrk.format(method, path) end
function response(status, headers, body)
  if headers["Set-Cookie"] and not wrk.headers["X-Token"] then
    wrk.headers["X-Token"] = headers["Set-Cookie"]
    path, method = "/first/12/echo", "POST"
    wrk.body = "status " .. status .. ", " .. #body .. " bytes"
  end
end
