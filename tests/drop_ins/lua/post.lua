-- path: /first/20/echo
-- counts: exact
wrk.method = "POST"
wrk.body = "name=value&other=\0\1"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["X-Number"] = 5
