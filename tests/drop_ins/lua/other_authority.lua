-- counts: exact
wrk.host, wrk.port, wrk.scheme = "::1", "99", "https"
