-- counts: exact
print(#wrk.lookup("no-such-name.invalid", "80"))
