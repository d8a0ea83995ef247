-- path: /first/20/hello
-- counts: exact
function init()
  wrk.path = "/first/20/echo"
  wrk.method = "POST"
  wrk.body = "from init"
  wrk.headers["X-Init"] = "yes"
end
