-- counts: exact
wrk.host, wrk.port = "plain.example", nil
