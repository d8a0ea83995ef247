-- counts: exact
function init() wrk.lookup("127.0.0.1", "no-such-service") end
