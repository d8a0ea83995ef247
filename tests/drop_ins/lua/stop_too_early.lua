-- counts: exact
-- Nothing runs yet that could be stopped.
function setup(thread) thread:stop() end
function init() wrk.thread:stop() end
