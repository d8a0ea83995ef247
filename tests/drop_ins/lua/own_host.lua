-- counts: exact
wrk.headers["Host"] = "other.example"
wrk.headers["host"] = "a.second.one"
