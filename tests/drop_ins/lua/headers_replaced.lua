-- args: -t1 -c1 -d1s -H "A: command line"
-- counts: exact
wrk.headers = { Z = "only one" }
