-- args: -t1 -c1 -d1s -H "A: command line" -H "B: command line" -H Bad:x
-- counts: exact
-- What -H gives is there before the script.
print(wrk.headers.A, wrk.headers.B, wrk.headers.Bad)
wrk.headers.A = "script"
