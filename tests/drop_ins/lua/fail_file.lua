-- counts: exact
-- What was there before stays.
wrk.headers["X-Before"] = "kept"
error("boom")
