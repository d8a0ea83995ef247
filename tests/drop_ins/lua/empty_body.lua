-- path: /first/20/echo
-- counts: exact
wrk.method = "PUT"
wrk.body = ""
